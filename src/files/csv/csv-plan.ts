import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Columns, NoColumns } from './choose-columns.ts';
import { chooseColumns } from './choose-columns.ts';
import { chooseByContent } from './content-columns.ts';
import { withClockColumn, withDateColumn, withStampColumn } from './clock-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { isHeader } from './dialect.ts';
import { recogniseColumn } from './header-names.ts';
import type { Header } from './csv-header.ts';
import { isBlank, isRemark } from './csv-header.ts';
import type { ProblemList } from '../problem-list.ts';
import { readNumber } from '../values/number-cell.ts';
import type { NamedZones } from '../time/named-zones.ts';
import { findRival, flowOf } from './rival-columns.ts';
import { findHalfDays } from './half-days.ts';
import { findNumbered, type Numbered } from './numbered-times.ts';
import { planTimes } from './row-times.ts';
import { chooseForm } from './stamp-forms.ts';
import { columnsByNumber, findUnitsRow } from './units-row.ts';
import { withUnitColumn } from './unit-cells.ts';
import { findUnreadIntervals } from './unread-columns.ts';
import { zonesInNames } from './zone-cells.ts';
import { chooseTariffs } from './tariff-columns.ts';
import type { WideHeader } from './wide-header.ts';
import { readWideHeader } from './wide-header.ts';

/** How the rows of a file are to be read, as its first records show it. */
export interface CsvPlan {
  /** Columns as `adapt` leaves them: a field with both ends has become two. */
  readonly header: Header;
  /** The header as written, by which its repetition is known; undefined where there is none. */
  readonly written: readonly string[] | undefined;
  /** Present for a day a row. */
  readonly wide: WideHeader | undefined;
  /** Present where numbers of the day's intervals stand in place of times. */
  readonly numbered: Numbered | undefined;
  /** Index, among the sampled records, of the first one below the header. */
  readonly from: number;
  /** Turns times into a form that is read; undefined where they are in one. */
  readonly adapt: ((row: CsvRecord) => CsvRecord) | undefined;
  /** True where ends that rows get by `adapt` are the first moment after. */
  readonly endsExclusive: boolean;
  /** Zones that the file names, to be held against the given one once it is read. */
  readonly zones: NamedZones | undefined;
  readonly said: readonly string[];
}

/** True for a column that holds something, and no number: `Register` with `Day` and `Night` in it. */
function holdsWords(rows: readonly CsvRecord[], column: number): boolean {
  const numbers = rows.map((row) => readNumber(row.cells[column] ?? '')).filter((number) => number !== undefined);
  return numbers.length > 0 && numbers.every(({ point, comma }) => Number.isNaN(point) && Number.isNaN(comma));
}

/** The columns less those of the count that the energy beside them is the difference of: `Meter Reading (kWh),Usage (kWh)`. */
function withoutCounts(header: readonly string[], columns: readonly number[]): readonly number[] {
  const isCount = (at: number): boolean => recogniseColumn(header[at] ?? '').register;
  const [energy, ...more] = columns.filter((at) => !isCount(at));
  if (energy === undefined || more.length > 0) return columns;
  const flow = flowOf(header[energy] ?? '');
  const isOwn = (at: number): boolean => [undefined, flow].includes(flowOf(header[at] ?? ''));
  return columns.every((at) => at === energy || isOwn(at)) ? [energy] : columns;
}

/** Settles which of several columns is the value by what they hold: words are none, and tariffs are parts of one. */
function settleValue(
  header: readonly string[],
  chosen: NoColumns,
  rows: readonly CsvRecord[],
  options: ReadingOptions,
): { readonly columns: Columns | NoColumns; readonly said: readonly string[] } {
  const worded = chosen.candidates?.filter((at) => !holdsWords(rows, at)) ?? [];
  const numeric = worded.length > 1 ? withoutCounts(header, worded) : worded;
  if (numeric.length === 1 && numeric.length < (chosen.candidates?.length ?? 0)) {
    const value = 1 + (numeric[0] ?? 0);
    return { columns: chooseColumns(header, { ...options, columns: { ...options.columns, value } }), said: [] };
  }
  const tariffs = chosen.candidates === undefined ? undefined : chooseTariffs(header, chosen.candidates, rows);
  if (tariffs === undefined) return { columns: chosen, said: [] };
  if ('found' in tariffs) return { columns: tariffs, said: [] };
  const columns = chooseColumns(header, { ...options, columns: { ...options.columns, value: tariffs.value + 1 } });
  return { columns, said: [tariffs.said] };
}

function planLong(
  row: CsvRecord | undefined,
  cells: readonly string[],
  columns: Columns,
  rows: readonly CsvRecord[],
  from: number,
  options: ReadingOptions,
  zone: Zone | undefined,
  said: readonly string[],
): CsvPlan {
  const data = rows.slice(from).filter((next) => !isBlank(next.cells) && !isRemark(next.cells));
  const sample = data.map((next) => next.cells);
  const { start, end, date, time } = options.columns ?? {};
  const timesGiven = [start, end, date, time].some((name) => name !== undefined);
  const clocked = timesGiven ? columns : withClockColumn(cells, columns, data);
  const whole = options.unit === undefined ? withUnitColumn(clocked, sample) : clocked;
  const halves = findHalfDays(cells, whole, sample);
  const numbered = halves === undefined ? findNumbered(cells, whole, sample, options) : undefined;
  const dated =
    numbered !== undefined
      ? { ...whole, time: undefined, stampSays: undefined }
      : timesGiven
        ? whole
        : withDateColumn(cells, withStampColumn(cells, whole, data), data);
  const times = planTimes(cells, dated, data, options, zone);
  const header: Header = { cells: times.header, line: row?.line, columns: times.columns };
  const written = row === undefined ? undefined : cells;
  const { adapt, endsExclusive } = times;
  const zones = numbered === undefined ? times.zones : zonesInNames(cells, [whole.start, numbered.column], zone);
  const what = numbered === undefined ? [] : [`intervals numbered in "${numbered.name}"`];
  return {
    header,
    written,
    wide: undefined,
    numbered,
    from,
    adapt,
    endsExclusive,
    zones,
    said: [...said, ...what, ...times.said],
  };
}

/** A header as a plan; undefined where this row is none. Stops where it is one with a fault. */
export function planAt(
  rows: readonly CsvRecord[],
  at: number,
  options: ReadingOptions,
  zone: Zone | undefined,
  problems: ProblemList,
): CsvPlan | undefined {
  const row = rows[at];
  if (row === undefined || isBlank(row.cells) || isRemark(row.cells)) return undefined;
  if (typeof options.header === 'number' && row.line < options.header) return undefined;
  const wide = options.layout === 'long' ? undefined : readWideHeader(row.cells, rows.slice(at + 1, at + 20), options);
  if (wide !== undefined) {
    const header: Header = { cells: row.cells, line: row.line, columns: wide.columns };
    const form = chooseForm(
      rows.slice(at + 1).map((next) => next.cells[wide.columns.start] ?? ''),
      options.dateOrder,
    );
    const adapt = (next: CsvRecord): CsvRecord => ({
      ...next,
      cells: next.cells.map((cell, column) => (column === wide.columns.start ? (form?.rewrite(cell) ?? cell) : cell)),
    });
    const said = [wide.said, ...(form === undefined ? [] : [form.name])];
    return {
      header,
      written: row.cells,
      wide,
      numbered: undefined,
      from: at + 1,
      adapt: form === undefined ? undefined : adapt,
      endsExclusive: false,
      zones: zonesInNames(row.cells, [wide.columns.start], zone),
      said,
    };
  }
  if (options.header === undefined && !isHeader(row.cells)) return undefined;
  const units = unitsBelow(rows, at, options);
  const names = units?.names ?? row.cells;
  const given = units === undefined ? options : columnsByNumber(row.cells, options);
  const from = 1 + (units?.at ?? at);
  const chosen = chooseColumns(names, given);
  const settled = 'found' in chosen ? settleValue(names, chosen, rows.slice(from), given) : undefined;
  const columns = settled?.columns ?? chosen;
  const rival =
    'found' in columns || settled !== undefined || options.columns?.value !== undefined
      ? undefined
      : (findUnreadIntervals(names, columns, sampled(rows.slice(from))) ?? findRival(names, columns, rows.slice(from)));
  if (rival !== undefined) problems.stop(rival.code, rival.message, { line: row.line, record: row.record });
  if (!('found' in columns)) {
    const said = [...(units === undefined ? [] : [`units on line ${String(units.line)}`]), ...(settled?.said ?? [])];
    return planLong(row, units?.cells ?? row.cells, columns, rows, from, options, zone, said);
  }
  if (options.header === undefined && !columns.found) return undefined;
  return problems.stop(columns.code, columns.message, { line: row.line, record: row.record });
}

const sampled = (rows: readonly CsvRecord[]): readonly (readonly string[])[] =>
  rows
    .filter((row) => !isBlank(row.cells) && !isRemark(row.cells))
    .slice(0, 20)
    .map((row) => row.cells);

/** The row of units below a header; a row that is a header, below one that is none, is none of units. */
function unitsBelow(rows: readonly CsvRecord[], at: number, options: ReadingOptions) {
  const units = findUnitsRow(rows, at);
  if (units === undefined) return undefined;
  const isWhole = (cells: readonly string[]): boolean =>
    !('found' in chooseColumns(cells, { ...options, columns: undefined }));
  return isWhole(rows[at]?.cells ?? []) || !isWhole(rows[units.at]?.cells ?? []) ? units : undefined;
}

/** Decides from a file's first records where its header is and how its rows are read. Throws `ProblemError` where that cannot be known. */
export function planCsv(
  rows: readonly CsvRecord[],
  options: ReadingOptions,
  zone: Zone | undefined,
  problems: ProblemList,
): CsvPlan {
  if (rows.every((row) => isBlank(row.cells)))
    return problems.stop('file.empty', 'the file holds nothing but blank lines; export it again');
  if (options.header === false) {
    const at = rows.findIndex((row) => !isBlank(row.cells) && !isRemark(row.cells));
    const cells = (rows[at]?.cells ?? []).map(() => '');
    const columns = chooseColumns(cells, options);
    if ('found' in columns) {
      const content = chooseByContent(rows, options);
      if (content !== undefined && !('found' in content)) {
        return planLong(undefined, cells, content.columns, rows, content.from, options, zone, content.said);
      }
      return problems.stop(columns.code, columns.message, rows[at] === undefined ? {} : { line: rows[at].line });
    }
    return planLong(undefined, cells, columns, rows, at, options, zone, []);
  }
  for (const at of rows.keys()) {
    const plan = planAt(rows, at, options, zone, problems);
    if (plan !== undefined) return plan;
  }
  const content = options.header === undefined ? chooseByContent(rows, options) : undefined;
  if (content !== undefined) {
    if ('found' in content) return problems.stop(content.code, content.message);
    const row = content.header;
    const cells = row?.cells ?? (rows[content.from]?.cells ?? []).map(() => '');
    return planLong(row, cells, content.columns, rows, content.from, options, zone, content.said);
  }
  const message = `no header was found in the first ${String(rows.length)} records: a row that names a column of times and a column of values; set header to its line, and columns.start and columns.value, or header: false and columns by number`;
  return problems.stop('meter.header-not-found', message);
}
