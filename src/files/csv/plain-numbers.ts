import { readNumber } from '../values/number-cell.ts';

const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const comma = 0x2c;
const dash = 0x2d;
const plus = 0x2b;

/** Digits that a number holds exactly, and its tens: one division of such numbers rounds as reading the text does. */
export const mostDigits = 15;
export const tens: readonly number[] = Array.from({ length: mostDigits + 1 }, (_, n) => 10 ** n);

/** Reads value cells from bytes; any form but plain digits goes to `readNumber`. It is state: the last cell stands in its fields. */
export class NumberScanner {
  /** Under both readings of `.` and `,`; NaN where one does not fit. */
  point = Number.NaN;
  comma = Number.NaN;

  /** Reads the cell in these bytes; false where it says that there is no value. */
  read(bytes: Buffer, from: number, until: number): boolean {
    let end = until;
    while (from < end && bytes[from] === space) from += 1;
    while (from < end && bytes[end - 1] === space) end -= 1;
    this.point = Number.NaN;
    this.comma = Number.NaN;
    if (from === end) return false;
    if (this.#usual(bytes, from, end)) return true;
    const number = readNumber(bytes.toString('utf8', from, end));
    if (number === undefined) return false;
    this.point = number.point;
    this.comma = number.comma;
    return true;
  }

  #usual(bytes: Buffer, from: number, end: number): boolean {
    let at = from;
    const sign = bytes[at];
    if (sign === dash || sign === plus) at += 1;
    const begun = at;
    let markAt = -1;
    let value = 0;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= zero && byte <= nine) value = value * 10 + byte - zero;
      else if ((byte === dot || byte === comma) && markAt === -1) markAt = at;
      else return false;
    }
    if (markAt === -1) {
      if (end - begun < 1 || end - begun > mostDigits) return false;
      this.point = sign === dash ? -value : value;
      this.comma = this.point;
      return true;
    }
    const whole = markAt - begun;
    const fraction = end - markAt - 1;
    if (whole < 1 || fraction < 1 || whole + fraction > mostDigits) return false;
    const signed = sign === dash ? -value : value;
    const decimal = signed / (tens[fraction] ?? 1);
    // `1.234` under a decimal comma is a thousand and more: the point would stand before a group of three.
    const grouped = whole <= 3 && fraction === 3 && bytes[begun] !== zero ? signed : Number.NaN;
    const isPoint = bytes[markAt] === dot;
    this.point = isPoint ? decimal : grouped;
    this.comma = isPoint ? grouped : decimal;
    return true;
  }
}
