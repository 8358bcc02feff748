import type { Quality } from '../../domain/meter-data.ts';
import type { UnitName } from '../../domain/units.ts';
import type { ControlTotal } from '../csv/control-total.ts';
import { DecimalEvidence, type WrittenNumber } from '../values/number-cell.ts';
import type { NumberColumn } from './packed-numbers.ts';
import { PackedNumbers } from './packed-numbers.ts';
import { qualityNumber, qualityOf } from './readings.ts';
import type { WrittenDate, WrittenStamp } from '../time/stamp.ts';
import type { PackedStamp } from '../time/stamp-column.ts';
import { StampColumn } from '../time/stamp-column.ts';

/** How a file lays its readings out (contract meter-files, "Shapes"). */
export type Layout = 'long' | 'wide' | 'nem12' | 'espi' | 'json';

/** What was found out about a file as a whole, besides its rows. */
export interface TableFacts {
  readonly layout: Layout;
  /** `utf-8`, `utf-16le`, `windows-1252` ... */
  readonly encoding: string;
  /** What stands between cells; empty where the format has none. Decides how a comma inside a number is read. */
  readonly delimiter: string;
  readonly headerLine: number | undefined;
  /** The names of the columns of times and of values, as the file writes them. */
  readonly startName: string;
  readonly valueName: string;
  /** What the name of the only stamp says of it. */
  readonly stampSays: 'start' | 'end' | undefined;
  /** True when ends are times of day, on the date of their start or the day after. */
  readonly endsAreTimes: boolean;
  /** True when the format itself says that an end is the first moment after, also for a lone bill. */
  readonly endsExclusive?: boolean | undefined;
  readonly unitInName: UnitName | undefined;
  readonly refusedUnit: string | undefined;
  /** True when the file says that the values are a meter's count, not an interval's energy. */
  readonly register: boolean;
  /** True when the file says that each value is the energy of its interval. */
  readonly delta?: boolean;
  /** The sum that the file itself gives for its values, and where it stands. */
  readonly controlTotal?: ControlTotal | undefined;
  /** What was inferred, in words, for `check --explain`: `commas`, `header on line 3`. */
  readonly inferred: readonly string[];
}

/** A file's rows as written: cells have become numbers and stamps, but nothing is decided that the whole file decides. */
export interface MeterTable extends TableFacts {
  readonly starts: StampColumn;
  /** Present when every row has an end. */
  readonly ends: StampColumn | undefined;
  readonly length: number;
  /**
   * Values with `.` and with `,` as the decimal mark; both NaN where the cell says that there is none. A mark that the
   * evidence has ruled out has no values at all.
   */
  readonly points: NumberColumn;
  readonly commas: NumberColumn;
  readonly lines: PackedNumbers;
  readonly decimals: DecimalEvidence;
  /** Times that the zone's clocks skipped, by row, as they are written. */
  readonly skipped: ReadonlyMap<number, string>;
  readonly qualities: { at(row: number): Quality };
  /** The same as `qualityNumber` has them. */
  readonly qualityNumbers: PackedNumbers;
  /** Units met in the rows, each with the line it is first on. */
  readonly units: ReadonlyMap<string, number>;
}

/** One reading as written. */
export interface WrittenRow {
  readonly start: WrittenStamp & { readonly date: WrittenDate };
  /** For every row of a table, or for none. */
  readonly end?: (WrittenStamp & { readonly date: WrittenDate }) | undefined;
  /** Undefined where the file says that there is no reading, which is not zero. */
  readonly number: WrittenNumber | undefined;
  readonly unit?: string | undefined;
  /** Where the file says nothing: measured. */
  readonly quality?: Quality | undefined;
  /** 1-based physical line. */
  readonly line: number;
}

/** Collects a file's rows, in the file's order, whatever its layout. One a file: it is state, not a service. */
export class TableBuilder {
  readonly #starts = new StampColumn();
  readonly #ends = new StampColumn();
  #points: PackedNumbers | undefined = new PackedNumbers();
  /** The same as points until a value differs. */
  #commas: PackedNumbers | undefined = this.#points;
  readonly #lines = new PackedNumbers();
  readonly #qualities = new PackedNumbers();
  readonly #units = new Map<string, number>();
  readonly #skipped = new Map<number, string>();
  /** Evidence on the decimal mark is added by the layout, which has the cell. */
  readonly decimals = new DecimalEvidence();

  get length(): number {
    return this.#lines.length;
  }

  push({ start, end, number, unit, quality, line }: WrittenRow): void {
    this.#starts.push(start);
    if (end !== undefined) this.#ends.push(end);
    this.#pushRest(
      number?.point ?? Number.NaN,
      number?.comma ?? Number.NaN,
      qualityNumber(quality ?? 'measured'),
      line,
    );
    const text = (unit ?? '').trim();
    if (text !== '') this.noteUnit(text, line);
  }

  /** Adds a row as numbers: NaN where there is no value, a quality as `qualityNumber` gives it. */
  pushPacked(
    start: PackedStamp,
    end: PackedStamp | undefined,
    point: number,
    comma: number,
    quality: number,
    line: number,
  ): void {
    this.#starts.pushPacked(start);
    if (end !== undefined) this.#ends.pushPacked(end);
    this.#pushRest(point, comma, quality, line);
  }

  /** Adds the starts of rows whose values `pushPoints` adds next: times of one date, a step apart, under one offset. */
  pushTimes(date: number, time: number, step: number, offset: number, count: number): void {
    this.#starts.pushRun(date, time, step, offset, count);
  }

  /** Adds values with a decimal point that is certain (`decimals.point`), on lines from `line` on. */
  pushPoints(values: Float64Array, count: number, line: number): void {
    this.#commas = undefined;
    this.#points?.pushAll(values, count);
    this.#lines.pushRun(line, 1, count);
    this.#qualities.pushRun(qualityNumber('measured'), 0, count);
  }

  /** Notes the unit of a row. The first five of a file are kept. */
  noteUnit(text: string, line: number): void {
    if (!this.#units.has(text) && this.#units.size < 5) this.#units.set(text, line);
  }

  #pushRest(point: number, comma: number, quality: number, line: number): void {
    this.#pushValue(point, comma);
    this.#lines.push(line);
    this.#qualities.push(quality);
  }

  /** A value that only one mark fits leaves the other without a use: where both are met, the file is refused. */
  #pushValue(point: number, comma: number): void {
    if (this.decimals.point !== undefined) this.#commas = undefined;
    else if (this.decimals.comma !== undefined) this.#points = undefined;
    else if (this.#points === this.#commas && !Object.is(point, comma)) this.#commas = copyOf(this.#points);
    this.#points?.push(point);
    if (this.#commas !== this.#points) this.#commas?.push(comma);
  }

  /** Keeps the text of the next row's time, which the zone's clocks skipped: a problem shows it as the file has it. */
  noteSkipped(text: string): void {
    this.#skipped.set(this.length, text);
  }

  finish(facts: TableFacts): MeterTable {
    const none: NumberColumn = { length: this.length, at: () => Number.NaN };
    return {
      ...facts,
      starts: this.#starts,
      ends: this.#ends.length === 0 ? undefined : this.#ends,
      length: this.length,
      points: this.#points ?? none,
      commas: this.#commas ?? none,
      lines: this.#lines,
      qualities: { at: (row) => qualityOf(this.#qualities.at(row)) },
      qualityNumbers: this.#qualities,
      decimals: this.decimals,
      skipped: this.#skipped,
      units: this.#units,
    };
  }
}

function copyOf(column: NumberColumn | undefined): PackedNumbers {
  const copy = new PackedNumbers();
  if (column === undefined) return copy;
  for (let at = 0; at < column.length; at += 1) copy.push(column.at(at));
  return copy;
}
