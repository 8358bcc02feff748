import { parseJson } from './api-client.ts';

const zero = 0x30;
const quote = 0x22;
const colon = 0x3a;
const stampLength = '2025-01-01T00:05:00+00:00'.length;
/** Up to 15 digits a number holds exactly, and one division by a power of ten rounds as JSON.parse does. */
const mostDigits = 15;
const tens: readonly number[] = Array.from({ length: mostDigits + 1 }, (_, n) => Number(`1e${String(n)}`));

/** The points of an answer as numbers, in the answer's order. */
export class PlainPoints {
  length = 0;
  /** UTC milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Whether the value was imputed: 1 or 0; -1 where the answer does not say. */
  readonly imputed: Int8Array;

  constructor(most: number) {
    this.times = new Float64Array(most);
    this.values = new Float64Array(most);
    this.imputed = new Int8Array(most);
  }
}

/**
 * What `JSON.parse` makes of an answer of `/v3/historical`; but of one in the form the API writes, compact or with a space after
 * `:` and `,`, `data` is `PlainPoints`: no object and no string for each of nine thousand points. At the first thing in another
 * form all of it goes to `JSON.parse`. Undefined where it is no JSON.
 */
export function parseHistory(bytes: Uint8Array): unknown {
  const [compact, spaced] = ['', ' '].map((gap) => new HistoryBytes(bytes, gap));
  const reader = [compact, spaced].find((one) => one?.begins === true);
  const points = reader?.read();
  const rest = points === undefined ? undefined : reader?.rest();
  return points === undefined || rest === undefined ? parseJson(decode(bytes)) : { ...rest, data: points };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Reads one answer, with `gap` after each colon and comma. It is state: how far it has come. */
class HistoryBytes {
  readonly #bytes: Uint8Array;
  readonly #opening: Uint8Array;
  readonly #open: Uint8Array;
  readonly #valueKey: Uint8Array;
  readonly #updatedKey: Uint8Array;
  readonly #imputedKey: Uint8Array;
  readonly #comma: Uint8Array;
  #at = 0;
  #number = 0;

  constructor(bytes: Uint8Array, gap: string) {
    this.#bytes = bytes;
    this.#opening = Buffer.from(`{"data":${gap}[`);
    this.#open = Buffer.from(`{"point_time":${gap}"`);
    this.#valueKey = Buffer.from(`",${gap}"value":${gap}`);
    this.#updatedKey = Buffer.from(`,${gap}"last_updated":${gap}"`);
    this.#imputedKey = Buffer.from(`,${gap}"imputed_data_used":${gap}`);
    this.#comma = Buffer.from(`,${gap}`);
  }

  get begins(): boolean {
    return this.#is(this.#opening, 0);
  }

  /** All points; undefined where they are in another form. */
  read(): PlainPoints | undefined {
    const bytes = this.#bytes;
    const shortest = this.#open.length + stampLength + this.#valueKey.length + 3;
    const points = new PlainPoints(Math.ceil(bytes.length / shortest));
    const { times, values, imputed } = points;
    let [dayAt, midnight, length] = [-1, Number.NaN, 0];
    this.#at = this.#opening.length;
    if (bytes[this.#at] === 0x5d) {
      this.#at += 1;
      return points;
    }
    for (;;) {
      if (!this.#take(this.#open)) return undefined;
      const begun = this.#at;
      if (dayAt === -1 || !sameDay(bytes, begun, dayAt)) {
        const day = decode(bytes.subarray(begun, begun + 10));
        midnight = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
        dayAt = begun;
      }
      const time = midnight + clockOf(bytes, begun + 10);
      this.#at += stampLength;
      if (Number.isNaN(time) || !this.#take(this.#valueKey) || !this.#takeNumber()) return undefined;
      if (this.#take(this.#updatedKey) && !this.#skipText()) return undefined;
      let mark = -1;
      if (this.#take(this.#imputedKey)) {
        mark = this.#take(yes) ? 1 : this.#take(no) ? 0 : -1;
        if (mark === -1) return undefined;
      }
      if (bytes[this.#at] !== 0x7d) return undefined;
      times[length] = time;
      values[length] = this.#number;
      imputed[length] = mark;
      length += 1;
      this.#at += 1;
      if (this.#take(this.#comma)) continue;
      if (bytes[this.#at] !== 0x5d) return undefined;
      this.#at += 1;
      points.length = length;
      return points;
    }
  }

  /** What stands beside the points: undefined where it is no JSON, or has points too. */
  rest(): object | undefined {
    // Between the points and what follows stands a comma, or nothing follows.
    if (!this.#take(this.#comma) && this.#bytes[this.#at] !== 0x7d) return undefined;
    const value = parseJson(`{${decode(this.#bytes.subarray(this.#at))}`);
    return typeof value === 'object' && value !== null && !('data' in value) ? value : undefined;
  }

  #is(what: Uint8Array, at: number): boolean {
    const bytes = this.#bytes;
    for (let place = 0; place < what.length; place += 1) if (bytes[at + place] !== what[place]) return false;
    return true;
  }

  #take(what: Uint8Array): boolean {
    if (!this.#is(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  /** Passes over a text of plain characters and the quote after it. */
  #skipText(): boolean {
    for (;;) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      if (byte === quote) return true;
      if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false;
    }
  }

  /** Reads a number without an exponent. */
  #takeNumber(): boolean {
    const bytes = this.#bytes;
    const negative = bytes[this.#at] === 0x2d;
    const begun = negative ? this.#at + 1 : this.#at;
    let [at, value, point] = [begun, 0, -1];
    for (; ; at += 1) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else if (digit === -2 && point === -1) point = at;
      else break;
    }
    const whole = (point === -1 ? at : point) - begun;
    const fraction = point === -1 ? 0 : at - point - 1;
    if (whole < 1 || (point !== -1 && fraction < 1) || whole + fraction > mostDigits) return false;
    // JSON has no 01; what follows the digits is judged by whoever reads on.
    if (whole > 1 && bytes[begun] === zero) return false;
    if (fraction > 0) value /= tens[fraction] ?? 1;
    this.#number = negative ? -value : value;
    this.#at = at;
    return true;
  }
}

const yes: Uint8Array = Buffer.from('true');
const no: Uint8Array = Buffer.from('false');

function sameDay(bytes: Uint8Array, at: number, other: number): boolean {
  for (let place = 0; place < 10; place += 1) if (bytes[at + place] !== bytes[other + place]) return false;
  return true;
}

/** Milliseconds since midnight of `T00:05:00+00:00`, a space for the T too; NaN for any other form. */
function clockOf(bytes: Uint8Array, at: number): number {
  const between = bytes[at];
  if ((between !== 0x54 && between !== 0x20) || bytes[at + 3] !== colon || bytes[at + 6] !== colon) return Number.NaN;
  if (bytes[at + 9] !== 0x2b || bytes[at + 12] !== colon) return Number.NaN;
  if (twoDigits(bytes, at + 10) !== 0 || twoDigits(bytes, at + 13) !== 0) return Number.NaN;
  const [hours, minutes, seconds] = [twoDigits(bytes, at + 1), twoDigits(bytes, at + 4), twoDigits(bytes, at + 7)];
  return hours < 24 && minutes < 60 && seconds < 60 ? ((hours * 60 + minutes) * 60 + seconds) * 1000 : Number.NaN;
}

/** 100 and more where they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const [high, low] = [(bytes[at] ?? 0) - zero, (bytes[at + 1] ?? 0) - zero];
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : 100;
}
