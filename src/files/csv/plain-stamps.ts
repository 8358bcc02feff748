import type { DateOrder } from '../time/stamp.ts';
import { readStamp } from '../time/stamp.ts';
import { naive, noTime, packDate, zulu } from '../time/stamp-column.ts';

const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const dash = 0x2d;
const plus = 0x2b;
const slash = 0x2f;
const colon = 0x3a;
const dayMs = 86_400_000;

const monthDays: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(year: number, month: number, day: number): boolean {
  if (day < 1 || month < 1 || month > 12) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (monthDays[month] ?? 0) + (leap ? 1 : 0);
}

/** The number that two digits make; less than any where they are none. */
function pair(bytes: Buffer, at: number): number {
  const tensDigit = (bytes[at] ?? 0) - zero;
  const digit = (bytes[at + 1] ?? 0) - zero;
  return tensDigit >= 0 && tensDigit <= 9 && digit >= 0 && digit <= 9 ? 10 * tensDigit + digit : -1e9;
}

/**
 * Reads date and time cells from bytes, without a string where the cell is in one of the usual forms; any other goes to
 * `readStamp`, so that both give the same. It is state: the last cell read stands in its fields.
 */
export class StampScanner {
  /** As `packDate` gives it; 0 for a time alone. */
  date = 0;
  time = noTime;
  offset = naive;
  readonly #order: DateOrder | undefined;
  #valid = 0;
  #at = 0;
  #digits = 0;

  constructor(order: DateOrder | undefined) {
    this.#order = order;
  }

  /** Reads the cell in these bytes; false where it is neither date nor time. */
  read(bytes: Buffer, from: number, until: number): boolean {
    if (this.readIso(bytes, from, until) || this.#usual(bytes, from, until)) return true;
    const stamp = readStamp(bytes.toString('utf8', from, until), this.#order);
    if (stamp === undefined) return false;
    this.date = stamp.date === undefined ? 0 : packDate(stamp.date);
    this.time = stamp.timeMs ?? noTime;
    this.offset = stamp.zulu ? zulu : (stamp.offsetMinutes ?? naive);
    return true;
  }

  /**
   * Reads a cell of the form that most files have, `2025-01-31T13:00` with or without seconds and offset, every digit in its
   * place; false for any other, which `read` may still know.
   */
  readIso(bytes: Buffer, from: number, until: number): boolean {
    const between = bytes[from + 10];
    if (until - from < 16 || bytes[from + 4] !== dash || bytes[from + 7] !== dash || bytes[from + 13] !== colon)
      return false;
    if (between !== 0x54 && between !== space) return false;
    const century = pair(bytes, from);
    const year = pair(bytes, from + 2);
    const month = pair(bytes, from + 5);
    const day = pair(bytes, from + 8);
    const hour = pair(bytes, from + 11);
    const minute = pair(bytes, from + 14);
    let at = from + 16;
    let second = 0;
    if (at + 3 <= until && bytes[at] === colon) {
      second = pair(bytes, at + 1);
      at += 3;
    }
    const date = century * 1_000_000 + year * 10_000 + month * 100 + day;
    if (date !== this.#valid) {
      if (century < 10 || year < 0 || month < 0 || day < 0 || !isDay(century * 100 + year, month, day)) return false;
      this.#valid = date;
    }
    // 24:00 is for the other forms.
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    this.date = date;
    this.time = (hour * 60 + minute) * 60_000 + second * 1000;
    this.offset = naive;
    if (at === until) return true;
    const sign = bytes[at];
    if (at + 1 === until && sign === 0x5a) {
      this.offset = zulu;
      return true;
    }
    if (at + 6 !== until || (sign !== plus && sign !== dash) || bytes[at + 3] !== colon) return false;
    const hours = pair(bytes, at + 1);
    const minutes = pair(bytes, at + 4);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return false;
    this.offset = (sign === dash ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }

  #number(bytes: Buffer, until: number): number {
    let value = 0;
    const begun = this.#at;
    let at = begun;
    for (; at < until; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < zero || byte > nine) break;
      value = value * 10 + byte - zero;
    }
    this.#at = at;
    this.#digits = at - begun;
    return value;
  }

  #usual(bytes: Buffer, from: number, until: number): boolean {
    let end = until;
    while (from < end && bytes[from] === space) from += 1;
    while (from < end && bytes[end - 1] === space) end -= 1;
    this.#at = from;
    this.date = 0;
    this.time = noTime;
    this.offset = naive;
    const first = this.#number(bytes, end);
    const mark = bytes[this.#at];
    if (mark === colon) return this.#time(bytes, end, first);
    if (mark !== dash && mark !== slash && mark !== dot) return false;
    if (!this.#date(bytes, end, first, mark)) return false;
    if (this.#at === end) return true;
    if (bytes[this.#at] === 0x54) this.#at += 1;
    else if (bytes[this.#at] === space) while (bytes[this.#at] === space) this.#at += 1;
    else return false;
    const hour = this.#number(bytes, end);
    return bytes[this.#at] === colon && this.#time(bytes, end, hour);
  }

  #date(bytes: Buffer, end: number, first: number, mark: number): boolean {
    const firstDigits = this.#digits;
    this.#at += 1;
    const second = this.#number(bytes, end);
    if (this.#digits < 1 || this.#digits > 2 || this.#at >= end || bytes[this.#at] !== mark) return false;
    this.#at += 1;
    const third = this.#number(bytes, end);
    const thirdDigits = this.#digits;
    let packed: number;
    if (firstDigits === 4) {
      if (thirdDigits < 1 || thirdDigits > 2) return false;
      packed = first * 10_000 + second * 100 + third;
    } else {
      if (firstDigits < 1 || firstDigits > 2 || thirdDigits !== 4 || this.#order === 'ymd') return false;
      const order = this.#order ?? (mark === dot ? 'dmy' : undefined);
      packed = third * 10_000 + (order === 'dmy' ? second * 100 + first : first * 100 + second);
      if (order === undefined) packed = -packed;
    }
    this.date = packed;
    if (packed === this.#valid) return true;
    const digits = Math.abs(packed);
    const [year, month, day] = [Math.floor(digits / 10_000), Math.floor(digits / 100) % 100, digits % 100];
    // Years before 1000 are misprints, which `readStamp` may judge.
    if (year < 1000 || !(isDay(year, month, day) || (packed < 0 && isDay(year, day, month)))) return false;
    this.#valid = packed;
    return true;
  }

  /** What follows an hour, from its colon on. */
  #time(bytes: Buffer, end: number, hour: number): boolean {
    if (this.#digits < 1 || this.#digits > 2) return false;
    this.#at += 1;
    const minute = this.#number(bytes, end);
    if (this.#digits !== 2 || minute > 59) return false;
    let second = 0;
    if (this.#at < end && bytes[this.#at] === colon) {
      this.#at += 1;
      second = this.#number(bytes, end);
      if (this.#digits !== 2 || second > 59) return false;
      if (this.#at < end && bytes[this.#at] === dot) {
        this.#at += 1;
        if (this.#number(bytes, end) !== 0 || this.#digits < 1 || this.#digits > 9) return false;
      }
    }
    while (this.#at < end && bytes[this.#at] === space) this.#at += 1;
    let hours = hour;
    const half = this.#at < end ? (bytes[this.#at] ?? 0) : 0;
    if (half === 0x41 || half === 0x61 || half === 0x50 || half === 0x70) {
      const meridiem = bytes[this.#at + 1];
      if (hour < 1 || hour > 12 || this.#at + 2 > end || (meridiem !== 0x4d && meridiem !== 0x6d)) return false;
      hours = (hour % 12) + (half === 0x50 || half === 0x70 ? 12 : 0);
      this.#at += 2;
      while (this.#at < end && bytes[this.#at] === space) this.#at += 1;
    }
    this.time = (hours * 60 + minute) * 60_000 + second * 1000;
    if (this.time > dayMs) return false;
    return this.#at === end || this.#zone(bytes, end);
  }

  #zone(bytes: Buffer, end: number): boolean {
    const sign = bytes[this.#at];
    this.#at += 1;
    if (sign === 0x5a || sign === 0x7a) {
      this.offset = zulu;
      return this.#at === end;
    }
    if (sign !== plus && sign !== dash) return false;
    let hours = this.#number(bytes, end);
    let minutes = 0;
    if (this.#digits === 4) {
      minutes = hours % 100;
      hours = Math.floor(hours / 100);
    } else if (this.#digits !== 2) return false;
    else if (this.#at < end && bytes[this.#at] === colon) {
      this.#at += 1;
      minutes = this.#number(bytes, end);
      if (this.#digits !== 2) return false;
    }
    if (this.#at !== end || hours > 14 || minutes > 59) return false;
    this.offset = (sign === dash ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }
}
