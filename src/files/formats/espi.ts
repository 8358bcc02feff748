import type { ReadingOptions } from '../../domain/site.ts';
import { dayMs } from '../time/cadence.ts';
import { type Channel, chooseChannel } from './channels.ts';
import { type EspiBlock, type EspiEntry, EspiFeed } from './espi-feed.ts';
import { describeDirection, qualityOfCodes, scaled, unitOfUom } from './espi-units.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { TableBuilder } from '../series/meter-table.ts';
import type { OpenText } from '../open-text.ts';
import type { ProblemList } from '../problem-list.ts';
import { readElements } from './xml-elements.ts';

/** The `accumulationBehaviour` under which a value is the energy of its interval, whatever it looks like: delta data. */
const deltaBehaviour = '4';

/** `accumulationBehaviour` codes under which a value is a meter's count: bulk quantity, continuous cumulative, cumulative. */
const countBehaviours: ReadonlySet<string> = new Set(['1', '2', '3']);

/** Readings of one ReadingType at one usage point, from all blocks of it. */
interface Series {
  readonly type: EspiEntry;
  readonly title: string;
  readonly usagePoint: string;
  readonly blocks: EspiBlock[];
}

const noType: EspiEntry = { self: '', related: [], title: '', line: 1, facts: new Map() };

/** Finds for each block the ReadingType that says what its values are. */
function seriesOf(feed: EspiFeed, problems: ProblemList): readonly Series[] {
  const series = new Map<string, Series>();
  const [onlyType] = feed.readingTypes;
  if (onlyType === undefined) {
    problems.stop(
      'meter.espi-type-missing',
      'the file has no ReadingType, which says unit and direction of the readings; export it again, with all its parts',
    );
  }
  for (const block of feed.blocks) {
    if (block.readings.length === 0) continue;
    const meter = feed.meterReadings.find((entry) => entry.self !== '' && entry.self === block.up);
    const linked = feed.readingTypes.find((type) => type.self !== '' && meter?.related.includes(type.self) === true);
    const type = linked ?? (feed.readingTypes.length === 1 ? onlyType : undefined);
    if (type === undefined) {
      return problems.stop(
        'meter.espi-type-missing',
        `nothing links this IntervalBlock to one of the ${String(feed.readingTypes.length)} ReadingTypes (by the links of its MeterReading), so its unit is not known; export the file again, with all its parts`,
        { line: block.line },
      );
    }
    const usagePoint = /usagepoint\/([^/]+)/.exec(block.up)?.[1] ?? '';
    const key = `${usagePoint}\n${String(feed.readingTypes.indexOf(type))}`;
    const known = series.get(key);
    if (known === undefined)
      series.set(key, { type, title: type.title || meter?.title || '', usagePoint, blocks: [block] });
    else known.blocks.push(block);
  }
  return [...series.values()];
}

function toChannel({ type, title, usagePoint, blocks }: Series): Channel {
  const fact = (name: string): string => type.facts.get(name) ?? '';
  const { unit } = unitOfUom(fact('uom'), Number(fact('powerOfTenMultiplier') || 0));
  const names = new Map(
    ['flowDirection', 'uom', 'intervalLength', 'commodity', 'kind', 'accumulationBehaviour'].map(
      (name) => [name.toLowerCase(), fact(name)] as const,
    ),
  );
  names.set('title', title);
  names.set('usagepoint', usagePoint);
  const description = `{ flowDirection: "${fact('flowDirection')}", uom: "${fact('uom')}", intervalLength: "${fact('intervalLength')}", usagePoint: "${usagePoint}", title: ${JSON.stringify(title)} } (${describeDirection(fact('flowDirection'))}, ${unit === '' ? 'no unit' : unit})`;
  return { names, unit, description, line: blocks[0]?.line ?? 1 };
}

/** Pushes the readings of a series; those of one moment have no end, as a count has none. */
function pushReadings(series: Series, table: TableBuilder, unit: string, power: number, problems: ProblemList): void {
  const readings = series.blocks.flatMap((block) => block.readings);
  const typeLength = Number(series.type.facts.get('intervalLength') ?? Number.NaN);
  const ofMoments =
    readings.every(({ duration }) => !(duration > 0)) &&
    countBehaviours.has(series.type.facts.get('accumulationBehaviour') ?? '');
  const defaultQuality = series.type.facts.get('defaultQuality');
  for (const { start, duration, value, qualityCodes, line } of readings) {
    const seconds = Number.isNaN(duration) ? typeLength : duration;
    if (!ofMoments && !(seconds > 0)) {
      problems.badRow(
        'meter.end-before-start',
        'this reading has no duration, and its ReadingType no intervalLength; export the file again',
        { line },
      );
      continue;
    }
    const point = scaled(value, power);
    const codes = qualityCodes.length > 0 || defaultQuality === undefined ? qualityCodes : [defaultQuality];
    table.push({
      start: stampOf(start),
      end: ofMoments ? undefined : stampOf(start + seconds),
      number: Number.isNaN(point) ? undefined : { point, comma: point },
      unit,
      quality: qualityOfCodes(codes),
      line,
    });
  }
}

/** Seconds since 1970 as a stamp in UTC. */
function stampOf(seconds: number) {
  const ms = seconds * 1000;
  const day = new Date(Math.floor(ms / dayMs) * dayMs);
  const date = { sure: true, year: day.getUTCFullYear(), first: day.getUTCMonth() + 1, second: day.getUTCDate() };
  return { date, timeMs: ms - day.getTime(), offsetMinutes: 0, zulu: true };
}

/**
 * Reads a Green Button file (NAESB ESPI): one series of it. Times are seconds since 1970 in UTC, whatever its
 * LocalTimeParameters say. Bad readings are added to `problems`; throws `ProblemError` where reading on makes no sense.
 */
export async function readEspiTable(
  text: OpenText,
  options: ReadingOptions,
  problems: ProblemList,
): Promise<MeterTable> {
  const feed = new EspiFeed(problems);
  await readElements(text.chunks(), feed, problems);
  feed.finish();
  if (!feed.isFeed) {
    problems.stop(
      'meter.xml-unknown',
      'this XML is no Green Button feed (ESPI); export the file as Green Button or as CSV',
      { line: 1 },
    );
  }
  const series = seriesOf(feed, problems);
  if (series.length === 0) problems.stop('meter.no-rows', 'the file has no IntervalReading; export it again');
  const chosen = series[chooseChannel(series.map(toChannel), options, 'a Green Button file', problems)];
  const { type } = chosen ?? { type: noType };
  const fact = (name: string): string => type.facts.get(name) ?? '';
  const powerText = fact('powerOfTenMultiplier') || '0';
  if (!/^-?\d{1,2}$/.test(powerText)) {
    problems.stop(
      'meter.value-unreadable',
      `"${powerText.slice(0, 20)}" is no powerOfTenMultiplier; export the file again`,
      { line: type.line },
    );
  }
  const { unit, powerOfTen } = unitOfUom(fact('uom'), Number(powerText));
  const table = new TableBuilder();
  if (chosen !== undefined) pushReadings(chosen, table, unit, powerOfTen, problems);
  const direction = describeDirection(fact('flowDirection'));
  return table.finish({
    layout: 'espi',
    encoding: text.encoding,
    delimiter: '',
    headerLine: undefined,
    startName: 'timePeriod',
    valueName: 'IntervalReading',
    stampSays: 'start',
    endsAreTimes: false,
    endsExclusive: true,
    unitInName: undefined,
    refusedUnit: undefined,
    register: countBehaviours.has(fact('accumulationBehaviour')),
    delta: fact('accumulationBehaviour') === deltaBehaviour,
    inferred: [
      'Green Button (ESPI)',
      `${chosen?.title === '' || chosen === undefined ? '' : `"${chosen.title}", `}${direction}`,
      ...(series.length === 1 ? [] : [`${String(series.length - 1)} other series not read`]),
      'times are seconds since 1970 in UTC: timezone does not apply, and LocalTimeParameters are information only',
    ],
  });
}
