import type { Quality } from '../domain/meter-data.ts';
import type { UnitName } from '../domain/units.ts';
import { DecimalEvidence, type WrittenNumber } from './number-cell.ts';
import type { WrittenDate, WrittenStamp } from './stamp.ts';
import { StampColumn } from './stamp-column.ts';

/** How a file lays its readings out (contract meter-files, "Shapes"). */
export type Layout = 'long';

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
  readonly unitInName: UnitName | undefined;
  readonly refusedUnit: string | undefined;
  /** True when the file says that the values are a meter's count, not an interval's energy. */
  readonly register: boolean;
  /** The sum that the file itself gives for its values, in their unit, and where it stands. */
  readonly controlTotal?: { readonly number: WrittenNumber; readonly line: number } | undefined;
  /** What was inferred, in words, for `check --explain`: `commas`, `header on line 3`. */
  readonly inferred: readonly string[];
}

/** A file's rows as written: cells have become numbers and stamps, but nothing is decided that the whole file decides. */
export interface MeterTable extends TableFacts {
  readonly starts: StampColumn;
  /** Present when every row has an end. */
  readonly ends: StampColumn | undefined;
  /** Values with `.` and with `,` as the decimal mark; both NaN where the cell says that there is none. */
  readonly points: readonly number[];
  readonly commas: readonly number[];
  readonly lines: readonly number[];
  readonly decimals: DecimalEvidence;
  /** Times that the zone's clocks skipped, by row, as they are written. */
  readonly skipped: ReadonlyMap<number, string>;
  readonly qualities: readonly Quality[];
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
  readonly #points: number[] = [];
  readonly #commas: number[] = [];
  readonly #lines: number[] = [];
  readonly #qualities: Quality[] = [];
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
    this.#points.push(number?.point ?? Number.NaN);
    this.#commas.push(number?.comma ?? Number.NaN);
    this.#lines.push(line);
    this.#qualities.push(quality ?? 'measured');
    const text = (unit ?? '').trim();
    if (text !== '' && !this.#units.has(text) && this.#units.size < 5) this.#units.set(text, line);
  }

  /** Keeps the text of the next row's time, which the zone's clocks skipped: a problem shows it as the file has it. */
  noteSkipped(text: string): void {
    this.#skipped.set(this.length, text);
  }

  finish(facts: TableFacts): MeterTable {
    return {
      ...facts,
      starts: this.#starts,
      ends: this.#ends.length === 0 ? undefined : this.#ends,
      points: this.#points,
      commas: this.#commas,
      lines: this.#lines,
      qualities: this.#qualities,
      decimals: this.decimals,
      skipped: this.#skipped,
      units: this.#units,
    };
  }
}
