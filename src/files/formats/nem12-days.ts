import type { Quality } from '../../domain/meter-data.ts';
import type { CsvRecord } from '../csv/csv-records.ts';
import { TableBuilder } from '../series/meter-table.ts';
import { readNumber } from '../values/number-cell.ts';
import type { ProblemList } from '../problem-list.ts';
import { readStamp, type WrittenDate } from '../time/stamp.ts';

const dayMinutes = 1440;
const minuteMs = 60_000;

/** The time of the National Electricity Market: UTC+10 all year. */
const marketOffsetMinutes = 600;

/** Cells after the values: quality method, reason code, reason, update time, MSATS load time. */
const mostTrailing = 5;

/** What the first letter of a quality method says (AEMO Meter Data File Format); `N` is no reading at all. */
const methods: ReadonlyMap<string, Quality | 'none'> = new Map([
  ['A', 'measured'],
  ['E', 'estimated'],
  ['S', 'substituted'],
  ['F', 'substituted'],
  ['N', 'none'],
]);

interface Day {
  readonly row: CsvRecord;
  readonly date: WrittenDate;
  readonly values: readonly (number | undefined)[];
  readonly qualities: (Quality | 'none' | undefined)[];
  /** True when the day says V: its 400 records say the quality of each interval. */
  readonly varies: boolean;
}

/** Collects the days of one series of a NEM12 file. One a file: it is state, not a service. */
export class Nem12Days {
  readonly table = new TableBuilder();
  readonly #market: boolean;
  readonly #problems: ProblemList;
  #unit = '';
  #minutes = 30;
  #day: Day | undefined;

  /** `market`: times are those of the market; else naive, of the zone that the meter has. */
  constructor(market: boolean, problems: ProblemList) {
    this.#market = market;
    this.#problems = problems;
  }

  /** A 200 record of the series begins. */
  begin(unit: string, minutes: number, row: CsvRecord): void {
    if (![5, 15, 30].includes(minutes)) {
      const message = `"${(row.cells[8] ?? '').trim()}" is no interval length of NEM12 (5, 15 or 30 minutes); correct it, or export the file again`;
      this.#problems.stop('meter.nem12-record', message, {
        line: row.line,
        record: row.record,
        column: columnOf(row, 8),
      });
    }
    this.#unit = unit;
    this.#minutes = minutes;
  }

  /** A 300 record: the readings of one day. */
  addDay(row: CsvRecord): void {
    this.close();
    const count = dayMinutes / this.#minutes;
    const method = 2 + count;
    if (row.cells.length < method + 1 || row.cells.length > method + mostTrailing) {
      const message = `this day has ${String(row.cells.length)} cells; with intervals of ${String(this.#minutes)} minutes it must have ${String(count)} values and a quality method, ${String(method + 1)} to ${String(method + mostTrailing)} in all; export the file again`;
      this.#bad(row, Math.min(row.cells.length - 1, method), 'meter.nem12-count', message);
      return;
    }
    const dateCell = (row.cells[1] ?? '').trim();
    const date = /^\d{8}$/.test(dateCell) ? readStamp(dateCell, 'ymd')?.date : undefined;
    if (date === undefined) {
      this.#bad(row, 1, 'meter.time-unreadable', `"${dateCell.slice(0, 40)}" is no day; a NEM12 date is YYYYMMDD`);
      return;
    }
    const methodCell = (row.cells[method] ?? '').trim();
    const varies = /^V$/i.test(methodCell);
    const quality = methods.get(methodCell.slice(0, 1).toUpperCase());
    if (!varies && (quality === undefined || !/^[A-Z]\d{0,2}$/i.test(methodCell))) {
      const message = `"${methodCell.slice(0, 40)}" is no quality method (A, E.., S.., F.., N, V): is a value missing, or one too many? Export the file again`;
      this.#bad(row, method, 'meter.nem12-quality', message);
      return;
    }
    const values: (number | undefined)[] = [];
    for (let at = 0; at < count; at += 1) {
      const number = readNumber(row.cells[2 + at] ?? '');
      if (number !== undefined && Number.isNaN(number.point)) {
        const message = `"${(row.cells[2 + at] ?? '').slice(0, 40)}" is not a number; correct it, or export the file again`;
        this.#bad(row, 2 + at, 'meter.value-unreadable', message);
        return;
      }
      values.push(number?.point);
    }
    const qualities = values.map(() => (varies ? undefined : quality));
    this.#day = { row, date, values, qualities, varies };
  }

  /** A 400 record: the quality of some intervals of the day before it. */
  addEvent(row: CsvRecord): void {
    const day = this.#day;
    if (day === undefined) return;
    const [first, last] = [Number(row.cells[1]), Number(row.cells[2])];
    const quality = methods.get((row.cells[3] ?? '').trim().slice(0, 1).toUpperCase());
    const fits = Number.isInteger(first) && Number.isInteger(last) && first >= 1 && last >= first;
    if (!fits || last > day.values.length || (day.varies && quality === undefined)) {
      const message = `this record gives the intervals ${String(row.cells[1])} to ${String(row.cells[2])} the quality "${row.cells[3] ?? ''}"; the day above has intervals 1 to ${String(day.values.length)}, and a quality is A, E.., S.., F.. or N; export the file again`;
      this.#bad(row, fits && last <= day.values.length ? 3 : 1, 'meter.nem12-quality', message);
      this.#day = undefined;
      return;
    }
    // A day with one quality may be followed by events that only give its reasons.
    if (!day.varies) return;
    for (let at = first - 1; at < last; at += 1) {
      if (day.qualities[at] !== undefined) {
        const message = `interval ${String(at + 1)} has its quality from an earlier 400 record already; export the file again`;
        this.#bad(row, 1, 'meter.nem12-quality', message);
        // Without it the day's qualities are not known: its one problem is this.
        this.#day = undefined;
        return;
      }
      day.qualities[at] = quality;
    }
  }

  /** Ends the day: its readings become rows. */
  close(): void {
    const day = this.#day;
    this.#day = undefined;
    if (day === undefined) return;
    const unsaid = day.qualities.indexOf(undefined);
    if (unsaid !== -1) {
      const message = `the day's quality varies (V), but no 400 record gives that of interval ${String(unsaid + 1)}; lines are missing: export the file again`;
      this.#bad(day.row, 2 + day.values.length, 'meter.nem12-quality', message);
      return;
    }
    const { date, row } = day;
    const offset = { offsetMinutes: this.#market ? marketOffsetMinutes : undefined, zulu: false };
    for (const [at, value] of day.values.entries()) {
      const quality = day.qualities[at] ?? 'measured';
      const startMs = at * this.#minutes * minuteMs;
      this.table.push({
        start: { date, timeMs: startMs, ...offset },
        end: { date, timeMs: startMs + this.#minutes * minuteMs, ...offset },
        number: value === undefined || quality === 'none' ? undefined : { point: value, comma: value },
        unit: this.#unit,
        quality: quality === 'none' ? 'measured' : quality,
        line: row.line,
      });
    }
  }

  #bad(row: CsvRecord, at: number, code: string, message: string): void {
    const data = { cell: (row.cells[at] ?? '').slice(0, 200) };
    this.#problems.badRow(code, message, { line: row.line, record: row.record, column: columnOf(row, at), data });
  }
}

/** The 1-based character at which a cell begins; quotes are not counted. */
function columnOf(row: CsvRecord, at: number): number {
  return row.cells.slice(0, at).reduce((sum, cell) => sum + cell.length + 1, 1);
}
