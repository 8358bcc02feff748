import type { ReadingOptions } from '../domain/site.ts';
import type { Zone } from '../domain/zone.ts';
import type { Columns } from './choose-columns.ts';
import { chooseColumns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { readRecords } from './csv-records.ts';
import { detectDelimiter, isHeader } from './dialect.ts';
import type { Header } from './meter-rows.ts';
import { isBlank, isRemark, Rows } from './meter-rows.ts';
import type { DecimalEvidence } from './number-cell.ts';
import type { OpenText } from './open-text.ts';
import type { ProblemList } from './problem-list.ts';
import type { StampColumn } from './stamp-column.ts';

/** Records searched for a header before giving up. */
const searchedRecords = 100;

/** A file's rows as written: cells become numbers and stamps, but nothing is decided that the whole file decides. */
export interface MeterTable {
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly headerLine: number | undefined;
  readonly columns: Columns;
  readonly starts: StampColumn;
  readonly ends: StampColumn | undefined;
  /** Values with `.` and with `,` as the decimal mark; both NaN where the cell says that there is none. */
  readonly points: readonly number[];
  readonly commas: readonly number[];
  readonly lines: readonly number[];
  readonly decimals: DecimalEvidence;
  /** Times that the zone's clocks skipped, by row, as they are written. */
  readonly skipped: ReadonlyMap<number, string>;
  /** Units of the unit column, each with the line it is first on. */
  readonly units: ReadonlyMap<string, number>;
}

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

/** Reads an opened file's rows. Bad rows are added to `problems`; throws `ProblemError` where reading on makes no sense. */
export async function readTable(
  text: OpenText,
  display: string,
  options: ReadingOptions,
  zone: Zone | undefined,
  problems: ProblemList,
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
    if (header !== undefined) rows = new Rows(header, options, zone, problems, () => !quotes);
    if (options.header === false) rows?.add(row);
    if (header === undefined && row.record >= searchedRecords) break;
  }
  if (header === undefined || rows === undefined) {
    const message = `no header was found in the first ${String(searchedRecords)} records: a row that names a column of times and a column of values; set header to its line, and columns.start and columns.value, or header: false and columns by number`;
    return problems.stop('meter.header-not-found', message);
  }
  const { starts, ends, points, commas, lines, decimals, units, skipped } = rows;
  return {
    delimiter,
    header: header.cells,
    headerLine: header.line,
    columns: header.columns,
    starts,
    ends,
    points,
    commas,
    lines,
    decimals,
    skipped,
    units,
  };
}
