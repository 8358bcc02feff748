import type { ReadingOptions } from '../domain/site.ts';
import type { Zone } from '../domain/zone.ts';
import { chooseColumns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { readRecords } from './csv-records.ts';
import { detectDelimiter, isHeader } from './dialect.ts';
import type { Header } from './meter-rows.ts';
import { isBlank, isRemark, Rows } from './meter-rows.ts';
import type { OpenText } from './open-text.ts';
import { readPlainRows } from './plain-lane.ts';
import type { ProblemList } from './problem-list.ts';
import type { MeterTable, TableBuilder } from './meter-table.ts';

/** Records searched for a header before giving up. */
const searchedRecords = 100;

const delimiterNames: ReadonlyMap<string, string> = new Map([
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
]);

function findHeader(row: CsvRecord, options: ReadingOptions, problems: ProblemList): Header | undefined {
  const cells = options.header === false ? row.cells.map(() => '') : row.cells;
  if (
    typeof options.header === 'number' ? row.line < options.header : options.header === undefined && !isHeader(cells)
  ) {
    return undefined;
  }
  const columns = chooseColumns(cells, options);
  if (!('found' in columns)) return { cells, line: options.header === false ? undefined : row.line, columns };
  if (options.header === undefined && !columns.found) return undefined;
  return problems.stop(columns.code, columns.message, { line: row.line, record: row.record });
}

/** Reads the rows of an opened CSV file that has one row an interval or a bill. Bad rows are added to `problems`; throws `ProblemError` where reading on makes no sense. `plainPath` is the file again, for the fast lane; without it, csv-parse reads all. */
export async function readCsvTable(
  text: OpenText,
  display: string,
  options: ReadingOptions,
  zone: Zone | undefined,
  problems: ProblemList,
  plainPath: string | undefined,
): Promise<MeterTable> {
  const delimiter = detectDelimiter(text.head, options);
  const lineEnd = text.head.includes('\r') && !text.head.includes('\n') ? 'cr' : 'lf';
  let quotes = false;
  async function* watched(): AsyncGenerator<string> {
    for await (const piece of text.chunks()) {
      quotes ||= piece.includes('"');
      yield piece;
    }
  }
  let header: Header | undefined;
  let rows: Rows | undefined;
  let plain: TableBuilder | undefined;
  for await (const row of readRecords(watched(), delimiter, lineEnd, display)) {
    if (rows !== undefined) {
      if (
        header?.line !== undefined &&
        row.cells.length === header.cells.length &&
        row.cells.every((cell, at) => cell === header?.cells[at])
      ) {
        problems.stop(
          'meter.several-sections',
          'the header comes a second time: the file has several tables; split it into one file each',
          { line: row.line, record: row.record },
        );
      }
      rows.add(row);
      continue;
    }
    if (isBlank(row.cells) || isRemark(row.cells)) continue;
    header = findHeader(row, options, problems);
    if (header !== undefined) {
      rows = new Rows(header, options, zone, problems, () => !quotes);
      const begin = { header, line: row.line, delimiter, encoding: text.encoding };
      plain = plainPath === undefined ? undefined : await readPlainRows(plainPath, begin, options, zone);
      if (plain !== undefined) break;
    }
    if (options.header === false) rows?.add(row);
    if (header === undefined && row.record >= searchedRecords) break;
  }
  if (header === undefined || rows === undefined) {
    const message = `no header was found in the first ${String(searchedRecords)} records: a row that names a column of times and a column of values; set header to its line, and columns.start and columns.value, or header: false and columns by number`;
    return problems.stop('meter.header-not-found', message);
  }
  const { cells, line, columns } = header;
  const name = (column: number): string => (cells[column] ?? '').trim();
  const stamps = [columns.start, columns.time, columns.end, columns.endTime].filter((column) => column !== undefined);
  return (plain ?? rows.table).finish({
    layout: 'long',
    encoding: text.encoding,
    delimiter,
    headerLine: line,
    startName: name(columns.start),
    valueName: name(columns.value) === '' ? `column ${String(columns.value + 1)}` : `"${name(columns.value)}"`,
    stampSays: columns.stampSays,
    endsAreTimes: columns.end === undefined,
    unitInName: columns.unitInName,
    refusedUnit: columns.refusedUnit,
    register: columns.register,
    inferred: [
      delimiterNames.get(delimiter) ?? `"${delimiter}"`,
      line === undefined ? 'no header' : `header on line ${String(line)}`,
      `time in ${stamps.map((column) => `"${name(column)}"`).join(' and ')}`,
      `values in "${name(columns.value)}"`,
    ],
  });
}
