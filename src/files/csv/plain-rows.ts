import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Columns } from './choose-columns.ts';
import type { Header } from './csv-header.ts';
import { TableBuilder } from '../series/meter-table.ts';
import { NumberScanner } from './plain-numbers.ts';
import { PlainPairs } from './plain-pairs.ts';
import { StampScanner } from './plain-stamps.ts';
import { readQuality } from '../values/quality-cell.ts';
import { qualityNumber } from '../series/readings.ts';
import { wallOfDate } from '../time/stamp.ts';
import type { PackedStamp } from '../time/stamp-column.ts';
import { naive, noTime } from '../time/stamp-column.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;

/** Clocks go forward in the small hours: only there a time can be missing, and only there it is looked for. */
const skippedBeforeMs = 4 * 3_600_000;

/** A column whose cells are nearly always the same: its text is made only where it changes. */
class RepeatedCell {
  #bytes = Buffer.alloc(0);
  #known = false;

  /** Undefined where the cell is as the one before it, its text otherwise. */
  changed(bytes: Buffer, from: number, until: number): string | undefined {
    if (this.#known && until - from === this.#bytes.length && this.#bytes.compare(bytes, from, until) === 0) {
      return undefined;
    }
    this.#bytes = Buffer.from(bytes.subarray(from, until));
    this.#known = true;
    return bytes.toString('utf8', from, until);
  }
}

/**
 * Reads rows from bytes into a table, giving exactly what `Rows` gives for the same rows. At the first thing it does not
 * know for certain it says so and is of no more use: the problem, if it is one, is found and told by the other lane.
 */
export class PlainRows {
  readonly table = new TableBuilder();
  readonly #starts: StampScanner;
  readonly #ends: StampScanner;
  readonly #numbers = new NumberScanner();
  /** For rows of nothing but a stamp and a number. */
  readonly #pairs: PlainPairs | undefined;
  readonly #hasEnds: boolean;
  readonly #bounds: Int32Array;
  readonly #header: Header;
  readonly #columns: Columns;
  readonly #delimiter: number;
  readonly #decimal: '.' | ',' | undefined;
  readonly #zone: Zone | undefined;
  readonly #unit = new RepeatedCell();
  readonly #quality = new RepeatedCell();
  readonly #meter = new RepeatedCell();
  /** Whether a row begins with its only stamp, how long that was last, and whether this row's is read already. */
  readonly #startsFirst: boolean;
  #startLength = 0;
  #startRead = false;
  #qualityNow = 0;
  #meterNow = '';
  #dateLookedAt = 0;
  #mayBeSkipped = false;

  constructor(header: Header, delimiter: number, options: ReadingOptions, zone: Zone | undefined) {
    this.#header = header;
    this.#columns = header.columns;
    this.#delimiter = delimiter;
    this.#decimal = options.decimal;
    this.#zone = zone;
    this.#starts = new StampScanner(options.dateOrder);
    this.#ends = new StampScanner(options.dateOrder);
    const { start, time } = header.columns;
    this.#startsFirst = start === 0 && time === undefined && [0x2c, 0x3b, 0x09, 0x7c].includes(delimiter);
    this.#hasEnds = (header.columns.end ?? header.columns.endTime) !== undefined;
    this.#bounds = new Int32Array(header.cells.length + 1);
    const isPair = this.#startsFirst && header.cells.length === 2 && header.columns.value === 1;
    if (isPair) this.#pairs = new PlainPairs(this.table, this.#starts, delimiter, (stamp) => this.#isOrdinary(stamp));
  }

  /**
   * Reads whole lines, each with its line end, the first of them line number `line`; `view` is of the same bytes. Gives the
   * number of the next; undefined to give up.
   */
  read(bytes: Buffer, view: DataView, from: number, until: number, line: number): number | undefined {
    let number = line;
    for (let begun = from; begun < until;) {
      if (this.#pairs !== undefined) {
        const rows = this.#pairs.read(bytes, view, begun, until, number, this.#startLength);
        number += rows;
        if (rows > 0) begun = this.#pairs.end;
        if (begun >= until) break;
      }
      const next = this.#line(bytes, begun, until, number);
      if (next === undefined) return undefined;
      begun = next;
      number += 1;
    }
    return number;
  }

  /** Reads one line; gives where the next begins, or undefined. */
  #line(bytes: Buffer, begun: number, until: number, line: number): number | undefined {
    const width = this.#header.cells.length;
    const delimiter = this.#delimiter;
    const bounds = this.#bounds;
    let cells = 0;
    let at = begun;
    bounds[0] = begun;
    if (this.#startsFirst) {
      // A row's stamp is mostly as long as the one before it: where it is, its bytes need not be looked through first.
      const end = begun + this.#startLength;
      this.#startRead = end < until && bytes[end] === delimiter && this.#starts.readIso(bytes, begun, end);
      if (this.#startRead) at = end;
    }
    for (; at < until; at += 1) {
      const byte = bytes[at];
      if (byte === delimiter) {
        cells += 1;
        if (cells >= width) return undefined;
        bounds[cells] = at + 1;
      } else if (byte === newline) break;
    }
    const end = at > begun && bytes[at - 1] === carriageReturn ? at - 1 : at;
    if (end > begun) {
      bounds[cells + 1] = end + 1;
      if (cells + 1 !== width || !this.#row(bytes, line)) return undefined;
    }
    return at + 1;
  }

  #from(column: number): number {
    return this.#bounds[column] ?? 0;
  }

  #until(column: number): number {
    return (this.#bounds[column + 1] ?? 0) - 1;
  }

  #text(bytes: Buffer, column: number | undefined): string {
    return column === undefined ? '' : bytes.toString('utf8', this.#from(column), this.#until(column));
  }

  #row(bytes: Buffer, line: number): boolean {
    const { start, time, value, unit, quality, meter } = this.#columns;
    const first = bytes[this.#from(0)] ?? 0;
    // A remark; white space of any kind may stand before it.
    if (first === hash || ((first <= 0x20 || first >= 0x80) && this.#text(bytes, 0).trimStart().startsWith('#')))
      return false;
    const begins = this.#starts;
    if (!this.#startRead) {
      if (!this.#stamp(bytes, begins, start, time)) return false;
      this.#startLength = this.#until(0) - this.#from(0);
    }
    if (!this.#end(bytes)) return false;
    const ends = this.#hasEnds ? this.#ends : undefined;
    if (!this.#value(bytes, value, line)) return false;
    this.#noteSkipped(begins, bytes);
    if (quality !== undefined) {
      const code = this.#quality.changed(bytes, this.#from(quality), this.#until(quality));
      const known = code === undefined ? undefined : readQuality(code, this.#header.cells[quality] ?? '');
      if (code !== undefined && known === undefined) return false;
      if (known !== undefined) this.#qualityNow = qualityNumber(known);
    }
    this.table.pushPacked(begins, ends, this.#numbers.point, this.#numbers.comma, this.#qualityNow, line);
    if (unit !== undefined) {
      const text = this.#unit.changed(bytes, this.#from(unit), this.#until(unit))?.trim() ?? '';
      if (text !== '') this.table.noteUnit(text, line);
    }
    if (meter !== undefined) {
      const text = this.#meter.changed(bytes, this.#from(meter), this.#until(meter))?.trim() ?? '';
      if (text !== '' && this.#meterNow !== '' && text !== this.#meterNow) return false;
      if (text !== '') this.#meterNow = text;
    }
    return true;
  }

  /** Reads a stamp into `stamps`; false where it has no date, or no time that there is a column for. */
  #stamp(bytes: Buffer, stamps: StampScanner, column: number, timeColumn: number | undefined): boolean {
    if (!stamps.read(bytes, this.#from(column), this.#until(column))) return false;
    if (timeColumn === undefined) return stamps.date !== 0;
    const { date } = stamps;
    if (!stamps.read(bytes, this.#from(timeColumn), this.#until(timeColumn)) || stamps.time === noTime) return false;
    if (stamps.date === 0) stamps.date = date;
    return stamps.date !== 0;
  }

  #end(bytes: Buffer): boolean {
    const { end, endTime, start } = this.#columns;
    const column = end ?? endTime;
    if (column === undefined) return true;
    const stamps = this.#ends;
    if (end !== undefined && endTime !== undefined) return this.#stamp(bytes, stamps, end, endTime);
    if (!stamps.read(bytes, this.#from(column), this.#until(column))) return false;
    return stamps.date !== 0 || this.#stamp(bytes, stamps, start, column);
  }

  #value(bytes: Buffer, column: number, line: number): boolean {
    const numbers = this.#numbers;
    if (!numbers.read(bytes, this.#from(column), this.#until(column))) return true;
    if (this.#decimal === ',') numbers.point = Number.NaN;
    if (this.#decimal === '.') numbers.comma = Number.NaN;
    const [pointFits, commaFits] = [!Number.isNaN(numbers.point), !Number.isNaN(numbers.comma)];
    if (!pointFits && !commaFits) return false;
    if (this.#decimal !== undefined || numbers.point === numbers.comma) return true;
    const { decimals } = this.table;
    const known = pointFits && commaFits ? decimals.either : pointFits ? decimals.point : decimals.comma;
    if (known === undefined)
      decimals.add({ point: numbers.point, comma: numbers.comma }, this.#text(bytes, column).trim(), line);
    return true;
  }

  #noteSkipped({ date, time, offset }: PackedStamp, bytes: Buffer): void {
    const zone = this.#zone;
    if (zone === undefined || time === noTime || time >= skippedBeforeMs || offset !== naive) return;
    if (!this.#mayBeSkippedOn(date, zone)) return;
    if (!midnightsOf(date).some((wall) => zone.instantsOf(wall + time).length === 0)) return;
    const cells = [this.#columns.start, this.#columns.time].map((column) => this.#text(bytes, column).trim());
    this.table.noteSkipped(cells.join(' ').trim());
  }

  /** True where no time of the stamp's date can be one that the clocks skipped. */
  #isOrdinary({ date, offset }: PackedStamp): boolean {
    return this.#zone === undefined || offset !== naive || !this.#mayBeSkippedOn(date, this.#zone);
  }

  #mayBeSkippedOn(date: number, zone: Zone): boolean {
    if (date !== this.#dateLookedAt) {
      this.#dateLookedAt = date;
      this.#mayBeSkipped = midnightsOf(date).some((wall) => zone.steadyOffsetMs(wall) === undefined);
    }
    return this.#mayBeSkipped;
  }
}

/** The midnights that a packed date may mean. */
function midnightsOf(date: number): readonly number[] {
  const digits = Math.abs(date);
  const [year, first, second] = [Math.floor(digits / 10_000), Math.floor(digits / 100) % 100, digits % 100];
  return (['mdy', 'dmy'] as const)
    .map((order) => wallOfDate({ sure: date > 0, year, first, second }, order))
    .filter((wall) => !Number.isNaN(wall));
}
