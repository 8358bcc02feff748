import type { ReadingOptions } from '../../domain/site.ts';
import { type Channel, chooseChannel } from './channels.ts';
import type { CsvRecord } from '../csv/csv-records.ts';
import { readRecords } from '../csv/csv-records.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { Nem12Days } from './nem12-days.ts';
import type { OpenText } from '../open-text.ts';
import type { ProblemList } from '../problem-list.ts';

/** Record indicators, and those that may stand right before each (AEMO Meter Data File Format, NEM12). */
const before: ReadonlyMap<string, readonly string[]> = new Map([
  ['100', ['', '900']],
  ['200', ['', '100', '300', '400', '500']],
  ['300', ['200', '300', '400', '500']],
  ['400', ['300', '400']],
  ['500', ['300', '400', '500']],
  ['900', ['100', '300', '400', '500']],
]);

/** True for a file that begins as NEM12 or NEM13 does, with or without its 100 record. */
export function looksLikeNem(head: string): boolean {
  return /^\s*"?(?:100"?\s*,\s*"?NEM1[23]\b|200"?\s*,\s*"?[A-Z0-9]{10,11}"?\s*,(?:[^,\r\n]*,){5}\s*"?[A-Za-z]+"?\s*,\s*"?(?:5|15|30)"?\s*(?:,|\r|\n|$))/.test(
    head,
  );
}

const cellOf = (row: CsvRecord, at: number): string => (row.cells[at] ?? '').trim();

function toChannel(row: CsvRecord): Channel {
  const [nmi, register, suffix, serial, unit, minutes] = [1, 3, 4, 6, 7, 8].map((at) => cellOf(row, at));
  const names = new Map([
    ['nmi', nmi ?? ''],
    ['nmisuffix', suffix ?? ''],
    ['suffix', suffix ?? ''],
    ['registerid', register ?? ''],
  ]);
  return {
    names,
    unit: unit ?? '',
    description: `{ NMI: "${nmi ?? ''}", suffix: "${suffix ?? ''}" } (register ${register || 'unnamed'}, meter ${serial || 'unnamed'}, ${unit ?? ''}, ${minutes ?? ''} minutes)`,
    line: row.line,
  };
}

/**
 * Reads an AEMO NEM12 file: one series of it, in the fixed time of the market (UTC+10) or in the meter's own `timezone`.
 * Bad rows are added to `problems`; throws `ProblemError` where reading on makes no sense.
 */
export async function readNem12Table(
  text: OpenText,
  display: string,
  options: ReadingOptions,
  problems: ProblemList,
): Promise<MeterTable> {
  const channels = await surveyChannels(text, display, problems);
  const keys = [...channels.keys()];
  const chosen = keys[chooseChannel([...channels.values()], options, 'a NEM12 file', problems)] ?? '';
  const days = new Nem12Days(options.timezone === undefined, problems);
  let reads = false;
  for await (const rows of records(text, display)) {
    for (const row of rows) {
      const kind = cellOf(row, 0);
      if (kind === '200') {
        days.close();
        reads = keyOf(row) === chosen;
        if (reads) days.begin(cellOf(row, 7), Number(cellOf(row, 8)), row);
      } else if (reads && kind === '300') days.addDay(row);
      else if (reads && kind === '400') days.addEvent(row);
      else days.close();
    }
  }
  days.close();
  const others = keys.filter((key) => key !== chosen);
  return days.table.finish({
    layout: 'nem12',
    encoding: text.encoding,
    delimiter: ',',
    headerLine: undefined,
    startName: 'IntervalDate',
    valueName: `the series ${chosen.replace('\n', ' ')}`,
    stampSays: 'start',
    endsAreTimes: false,
    unitInName: undefined,
    refusedUnit: undefined,
    register: false,
    inferred: [
      'NEM12',
      `NMI and suffix ${chosen.replace('\n', ' ')}`,
      ...(others.length === 0 ? [] : [`not read: ${others.map((key) => key.replace('\n', ' ')).join(', ')}`]),
      options.timezone === undefined
        ? 'times are UTC+10 all year, the time of the market, without daylight saving'
        : `times are those of ${options.timezone}, as the manifest says`,
    ],
  });
}

const keyOf = (row: CsvRecord): string => `${cellOf(row, 1)}\n${cellOf(row, 4)}`;

async function* records(text: OpenText, display: string): AsyncGenerator<readonly CsvRecord[]> {
  for await (const rows of readRecords(text.chunks(), ',', 'lf', display)) {
    yield rows.filter((row) => row.cells.some((cell) => cell.trim() !== ''));
  }
}

/** A series goes on under another register when its meter is changed: then the register does not name it. */
function noteChannel(channels: Map<string, Channel>, row: CsvRecord): void {
  const channel = toChannel(row);
  const known = channels.get(keyOf(row));
  if (known === undefined) channels.set(keyOf(row), channel);
  else if (known.names.get('registerid') !== channel.names.get('registerid')) {
    channels.set(keyOf(row), { ...known, names: new Map([...known.names].filter(([name]) => name !== 'registerid')) });
  }
}

/** Reads the file for its series and its order: nothing is read twice that is out of order, cut off, or another format. */
async function surveyChannels(
  text: OpenText,
  display: string,
  problems: ProblemList,
): Promise<ReadonlyMap<string, Channel>> {
  const channels = new Map<string, Channel>();
  let last = '';
  let lastRow: CsvRecord | undefined;
  for await (const rows of records(text, display)) {
    for (const row of rows) {
      problems.records.note(row.line, row.record);
      const kind = cellOf(row, 0);
      const at = { line: row.line, record: row.record, column: 1 };
      if (kind === '250' || (kind === '100' && cellOf(row, 1).toUpperCase() === 'NEM13')) {
        const message =
          'this is a NEM13 file, readings of accumulation meters months apart, which is not read; ask for NEM12 interval data, or write its reads as bills: start_date,end_date,energy_kwh';
        problems.stop('meter.nem13-unsupported', message, at);
      }
      const allowed = before.get(kind);
      if (allowed === undefined) {
        const message = `"${kind.slice(0, 20)}" begins no record of NEM12 (100, 200, 300, 400, 500, 900); the file was edited or is cut here: export it again`;
        return problems.stop('meter.nem12-record', message, at);
      }
      if (!allowed.includes(last)) {
        const message = `a ${kind} record cannot follow ${last === '' ? 'the beginning of the file' : `a ${last} record`}; lines are missing or moved: export the file again`;
        problems.stop('meter.nem12-order', message, at);
      }
      if (kind === '200' && last === '') {
        const message = 'the file begins without its 100 record; lines before this one may be missing';
        problems.warning('meter.nem12-header-missing', message, { line: row.line });
      }
      if (kind === '200') noteChannel(channels, row);
      last = kind;
      lastRow = row;
    }
  }
  if (last !== '900') {
    const message = 'the file ends without its 900 record: it is cut off after this line; export it again';
    problems.stop('meter.nem12-cut', message, { line: lastRow?.line ?? 1, record: lastRow?.record ?? 1 });
  }
  if (channels.size === 0)
    problems.stop('meter.no-rows', 'the file has no 200 record, so no readings; export it again', {
      line: lastRow?.line ?? 1,
    });
  return channels;
}
