import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import { findSeries, type JsonSeries, memberOf } from './json-series.ts';
import { type JsonNode, readJson } from './json-text.ts';
import { Rows } from '../csv/meter-rows.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { OpenText } from '../open-text.ts';
import { compact } from '../csv/stamp-forms.ts';
import { findNamedOffset } from '../csv/named-offset.ts';
import type { ProblemList } from '../problem-list.ts';

/** A JSON text is held whole, so it must not be larger than this. */
const longestText = 64 * 1024 * 1024;

/** Numbers between these are seconds since 1970 (1990 to 2100); times a thousand, milliseconds. */
const [firstSecond, lastSecond] = [631_152_000, 4_102_444_800];

/** Names by which a list above says the unit of what is below it. */
const unitNames: ReadonlySet<string> = new Set(['unit', 'units', 'uom', 'energyunit', 'valueunit']);

async function wholeText(text: OpenText, problems: ProblemList): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of text.chunks()) {
    length += piece.length;
    if (length > longestText) {
      problems.stop(
        'meter.json-too-large',
        `the JSON is larger than ${String(longestText / 1024 / 1024)} MB, which is held in memory whole; export it in parts, or as CSV`,
      );
    }
    pieces.push(piece);
  }
  return pieces.join('');
}

/** A moment as text: with its offset where it is seconds or milliseconds since 1970, parted where it is `20250131130000`. */
function momentText(node: JsonNode): string {
  if (node === null || typeof node === 'object') return '';
  const number = typeof node === 'number' ? node : /^\d{9,13}$/.test(String(node)) ? Number(node) : Number.NaN;
  const seconds = number >= firstSecond * 1000 ? number / 1000 : number;
  return seconds >= firstSecond && seconds <= lastSecond
    ? new Date(seconds * 1000).toISOString()
    : compact(String(node));
}

const cellText = (node: JsonNode | undefined): string =>
  node === null || typeof node === 'object' ? '' : String(node ?? '');

/** Does a series fit what `select` says of the file around it? What it says of the readings themselves is for the rows. */
function fits(series: JsonSeries, select: ReadonlyMap<string, string>): boolean {
  return [...select].every(([name, value]) => {
    if (name === 'path') return series.path === value.trim();
    return series.keys.includes(name) || series.above.get(name) === value.trim();
  });
}

function chooseSeries(root: JsonNode, options: ReadingOptions, problems: ProblemList): JsonSeries {
  const { series, why } = findSeries(root, options);
  const select = new Map(Object.entries(options.select ?? {}));
  const fitting = series.filter((one) => fits(one, select));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const describe = (one: JsonSeries): string => {
    const above = [...one.above].filter(([, value]) => value.length < 30).slice(-3);
    const what = above.length === 0 ? '' : ` (${above.map(([name, value]) => `${name}: ${value}`).join(', ')})`;
    return `"${one.path}"${what}`;
  };
  if (fitting.length === 0) {
    const found =
      series.length > 0
        ? `none of its lists fits select: ${series.slice(0, 10).map(describe).join('; ')}`
        : (why?.message ??
          'no list of objects with a time and a value, of pairs of the two, or list of times beside one of values was found; set columns.start and columns.value to their keys, or to the path of one inside another: "total.solar"');
    return problems.stop(series.length === 0 && why !== undefined ? why.code : 'meter.json-no-readings', found);
  }
  return problems.stop(
    'meter.json-ambiguous',
    `${String(fitting.length)} lists may each be the readings: ${fitting.slice(0, 10).map(describe).join('; ')}; choose one with select: { path: "..." }, or by a value that stands beside it`,
    { line: fitting[1]?.list.line ?? 1 },
  );
}

/**
 * Reads a JSON file of an inverter portal or a metering platform: its one list of readings, wherever it is. Bad readings
 * are added to `problems`; throws `ProblemError` where reading on makes no sense.
 */
export async function readJsonTable(
  text: OpenText,
  options: ReadingOptions,
  zone: Zone | undefined,
  problems: ProblemList,
): Promise<MeterTable> {
  const series = chooseSeries(readJson(await wholeText(text, problems), problems), options, problems);
  const { columns, keys, header, list, above, path } = series;
  const ofRows = Object.entries(options.select ?? {}).filter(([name]) => keys.includes(name) && !above.has(name));
  const select = Object.fromEntries(ofRows.map(([name, value]) => [header[keys.indexOf(name)] ?? name, value]));
  const unit = [...above].findLast(([name]) => unitNames.has(name.toLowerCase().replace(/[^a-z]/g, '')))?.[1];
  // A unit that stands above the list stands beside each of its readings.
  const unitColumn = columns.unit ?? (unit === undefined ? undefined : keys.length);
  const rows = new Rows(
    {
      cells: unit === undefined ? header : [...header, 'unit'],
      line: undefined,
      columns: { ...columns, unit: unitColumn },
    },
    { options: { ...options, columns: undefined, select }, zone, problems, plain: () => false },
  );
  const moments = new Set([columns.start, columns.end, columns.time, columns.endTime]);
  const offset = findNamedOffset(header, columns, []);
  let previous = list.line;
  for (const [at, item] of list.items.entries()) {
    const line = item !== null && typeof item === 'object' ? item.line : previous;
    previous = line;
    problems.records.note(line, at + 1);
    if (item === null || typeof item !== 'object') {
      problems.badRow(
        'meter.row-too-short',
        'this item of the list is no reading; remove it, or export the file again',
        { line, record: at + 1 },
      );
      continue;
    }
    const values = item.kind === 'list' ? item.items : keys.map((key) => memberOf(item, key) ?? null);
    const cells = values.map((value, column) => (moments.has(column) ? momentText(value) : cellText(value)));
    // A list has no footer: what has no date is a bad reading.
    offset?.apply(cells);
    rows.add({ cells: unit === undefined ? cells : [...cells, unit], line, record: at + 1 }, true);
  }
  const name = (column: number): string => keys[column] ?? '';
  return rows.table.finish({
    layout: 'json',
    encoding: text.encoding,
    delimiter: '',
    headerLine: undefined,
    startName: name(columns.start),
    valueName: `"${name(columns.value)}"`,
    stampSays: columns.stampSays,
    endsAreTimes: columns.end === undefined,
    unitInName: columns.unitInName,
    refusedUnit: columns.refusedUnit,
    register: columns.register,
    inferred: [
      'JSON',
      `readings in ${path === '' ? 'the list itself' : `"${path}"`}`,
      `time in "${name(columns.start)}"`,
      `values in "${name(columns.value)}"`,
      ...(offset === undefined ? [] : [offset.said]),
    ],
  });
}
