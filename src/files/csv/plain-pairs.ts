import type { TableBuilder } from '../series/meter-table.ts';
import type { PackedStamp } from '../time/stamp-column.ts';
import { mostDigits, tens } from './plain-numbers.ts';
import type { StampScanner } from './plain-stamps.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const zero = 0x30;
const dot = 0x2e;
const dash = 0x2d;
const colon = 0x3a;

/** `2025-01-31T13:00`: a date of ten bytes, one between, and hours and minutes. */
const shortestStamp = 16;

/** Rows gathered before the table takes them. */
const mostRows = 1024;

/** After so many rows in a row that were no pair, no more are looked for. */
const mostMisses = 200;

/**
 * The inmost lane: rows of a stamp and a number, both in the form of the row before them, which most rows of most files are.
 * What is the same as in that row (the date, the offset) is compared and not read again, and runs of times are given to the
 * table as runs. A row in any other form is left to `PlainRows`.
 */
export class PlainPairs {
  readonly #table: TableBuilder;
  readonly #stamps: StampScanner;
  readonly #delimiter: number;
  readonly #isOrdinary: (stamp: PackedStamp) => boolean;
  readonly #values = new Float64Array(mostRows);
  #misses = 0;

  /** `isOrdinary` says of a stamp that no time of its date needs a look at the zone. */
  constructor(
    table: TableBuilder,
    stamps: StampScanner,
    delimiter: number,
    isOrdinary: (stamp: PackedStamp) => boolean,
  ) {
    this.#table = table;
    this.#stamps = stamps;
    this.#delimiter = delimiter;
    this.#isOrdinary = isOrdinary;
  }

  /**
   * Reads rows from `from`, where a line begins, which is number `line`, while they are pairs. The row before them was read
   * by `stamps`, a stamp of `length` bytes. Gives how many rows were read; `end` is then where they end.
   */
  read(bytes: Buffer, view: DataView, from: number, until: number, line: number, length: number): number {
    const { point, either } = this.#table.decimals;
    if (this.#misses > mostMisses || point === undefined || length < shortestStamp) return 0;
    const read = this.#read(bytes, view, from, until, line, length, either !== undefined);
    this.#misses = read === 0 ? this.#misses + 1 : 0;
    return read;
  }

  /** Where the rows last read end. */
  end = 0;

  #read(
    bytes: Buffer,
    view: DataView,
    from: number,
    until: number,
    line: number,
    length: number,
    groupsKnown: boolean,
  ): number {
    const values = this.#values;
    const delimiter = this.#delimiter;
    const stamps = this.#stamps;
    // No row is shorter than a stamp, a delimiter, a digit and a line end.
    const lastBegin = until - length - 3;
    let begin = from;
    let rows = 0;
    let [firstTime, step, expected, count] = [0, 0, 0, 0];
    let [year, month, day] = [0, 0, 0];
    let [date, offset, between, seconds, tail] = [0, 0, 0, false, 0];
    let known = false;
    for (; begin <= lastBegin && rows < mostRows;) {
      const stampEnd = begin + length;
      if (bytes[stampEnd] !== delimiter) break;
      let time: number;
      if (
        known &&
        view.getUint32(begin, true) === year &&
        view.getUint32(begin + 4, true) === month &&
        view.getUint16(begin + 8, true) === day &&
        bytes[begin + 10] === between
      ) {
        time = clockOf(bytes, begin + 11, seconds);
        if (time < 0 || (tail < length && !sameTail(bytes, begin + tail, stampEnd, from + tail))) break;
      } else {
        if (!stamps.readIso(bytes, begin, stampEnd) || !this.#isOrdinary(stamps)) break;
        if (known && stamps.offset !== offset) break;
        if (count > 0) {
          this.#table.pushTimes(date, firstTime, step, offset, count);
          count = 0;
        }
        ({ date, offset, time } = stamps);
        [year, month] = [view.getUint32(begin, true), view.getUint32(begin + 4, true)];
        day = view.getUint16(begin + 8, true);
        between = bytes[begin + 10] ?? 0;
        seconds = length > shortestStamp && bytes[begin + shortestStamp] === colon;
        tail = shortestStamp + (seconds ? 3 : 0);
        known = true;
      }
      let at = stampEnd + 1;
      let value = 0;
      let point = -1;
      const negative = bytes[at] === dash;
      if (negative) at += 1;
      const digitsFrom = at;
      let byte = bytes[at] ?? 0;
      for (;;) {
        const digit = byte - zero;
        if (digit >= 0 && digit <= 9) value = value * 10 + digit;
        else if (byte === dot && point === -1) point = at;
        else break;
        at += 1;
        byte = bytes[at] ?? 0;
      }
      const digits = at - digitsFrom - (point === -1 ? 0 : 1);
      const whole = point === -1 ? digits : point - digitsFrom;
      const fraction = digits - whole;
      if (whole < 1 || digits > mostDigits || (point !== -1 && fraction < 1)) break;
      // A number that a decimal comma would make another one is noted where it is met first.
      if (fraction === 3 && whole <= 3 && !groupsKnown && bytes[digitsFrom] !== zero) break;
      if (byte === carriageReturn) {
        at += 1;
        byte = bytes[at] ?? 0;
      }
      if (byte !== newline || at >= until) break;
      if (fraction > 0) value /= tens[fraction] ?? 1;
      values[rows] = negative ? -value : value;
      rows += 1;
      begin = at + 1;
      if (count === 0) [firstTime, step, count] = [time, 0, 1];
      else if (count === 1 || time === expected) {
        if (count === 1) step = time - firstTime;
        expected = time + step;
        count += 1;
      } else {
        this.#table.pushTimes(date, firstTime, step, offset, count);
        [firstTime, step, count] = [time, 0, 1];
      }
    }
    if (count > 0) this.#table.pushTimes(date, firstTime, step, offset, count);
    if (rows > 0) this.#table.pushPoints(values, rows, line);
    this.end = begin;
    return rows;
  }
}

/** Milliseconds since midnight of `13:00` or `13:00:00`; less than 0 where they are none. */
function clockOf(bytes: Buffer, at: number, seconds: boolean): number {
  const hour = pair(bytes, at);
  const minute = pair(bytes, at + 3);
  if (bytes[at + 2] !== colon || hour > 23 || minute > 59) return -1;
  if (!seconds) return (hour * 60 + minute) * 60_000;
  const second = pair(bytes, at + 6);
  if (bytes[at + 5] !== colon || second > 59) return -1;
  return (hour * 60 + minute) * 60_000 + second * 1000;
}

/** The number that two digits make; 1000 and more where they are none. */
function pair(bytes: Buffer, at: number): number {
  const tensDigit = (bytes[at] ?? 0) - zero;
  const digit = (bytes[at + 1] ?? 0) - zero;
  return tensDigit >= 0 && tensDigit <= 9 && digit >= 0 && digit <= 9 ? 10 * tensDigit + digit : 1000;
}

function sameTail(bytes: Buffer, at: number, end: number, other: number): boolean {
  let same = true;
  for (let byte = at; byte < end; byte += 1) same &&= bytes[byte] === bytes[other + byte - at];
  return same;
}
