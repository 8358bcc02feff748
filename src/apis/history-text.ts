import { parseJson } from './api-client.ts';

const zero = 48;
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
 * What `JSON.parse` makes of the text of an answer of `/v3/historical`; but of one in the form the API writes, compact or with
 * a space after `:` and `,`, `data` is `PlainPoints`: no object and no string for each of nine thousand points. At the first
 * thing in another form the whole text goes to `JSON.parse`. Undefined where it is no JSON.
 */
export function parseHistory(text: string): unknown {
  const gap = text.startsWith('{"data": ') ? ' ' : '';
  const opening = `{"data":${gap}[`;
  const read = text.startsWith(opening) ? readPoints(text, opening.length, gap) : undefined;
  const rest = read === undefined ? undefined : restAfter(text, read.end, gap);
  return read === undefined || rest === undefined ? parseJson(text) : { ...rest, data: read.points };
}

/** What stands beside the points: undefined where it is no JSON, or has points too. */
function restAfter(text: string, end: number, gap: string): object | undefined {
  const comma = `,${gap}`;
  const rest = text.startsWith(comma, end) ? `{${text.slice(end + comma.length)}` : `{${text.slice(end)}`;
  const value = parseJson(rest);
  return typeof value === 'object' && value !== null && !('data' in value) ? value : undefined;
}

function readPoints(
  text: string,
  from: number,
  gap: string,
): { readonly points: PlainPoints; readonly end: number } | undefined {
  const open = `{"point_time":${gap}"`;
  const valueKey = `",${gap}"value":${gap}`;
  const updatedKey = `,${gap}"last_updated":${gap}"`;
  const imputedKey = `,${gap}"imputed_data_used":${gap}`;
  const between = `,${gap}`;
  const points = new PlainPoints(Math.ceil(text.length / (open.length + stampLength + valueKey.length + 2)));
  const { times, values, imputed } = points;
  const number = { value: 0 };
  let [day, midnight] = ['', Number.NaN];
  let length = 0;
  let at = from;
  if (text[at] === ']') return { points, end: at + 1 };
  for (;;) {
    if (!text.startsWith(open, at)) return undefined;
    at += open.length;
    if (day === '' || !text.startsWith(day, at)) {
      day = text.slice(at, at + 10);
      midnight = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    }
    const time = midnight + clockOf(text, at + 10);
    at += stampLength;
    if (Number.isNaN(time) || !text.startsWith(valueKey, at)) return undefined;
    at = readNumber(text, at + valueKey.length, number);
    if (at === -1) return undefined;
    if (text.startsWith(updatedKey, at)) {
      const begun = at + updatedKey.length;
      at = text.indexOf('"', begun) + 1;
      if (at === 0 || !/^[ -[\]-~]*$/.test(text.slice(begun, at - 1))) return undefined;
    }
    let mark = -1;
    if (text.startsWith(imputedKey, at)) {
      at += imputedKey.length;
      mark = text.startsWith('true', at) ? 1 : text.startsWith('false', at) ? 0 : -1;
      if (mark === -1) return undefined;
      at += mark === 1 ? 4 : 5;
    }
    if (text[at] !== '}') return undefined;
    times[length] = time;
    values[length] = number.value;
    imputed[length] = mark;
    length += 1;
    at += 1;
    if (text.startsWith(between, at)) at += between.length;
    else if (text[at] === ']') {
      points.length = length;
      return { points, end: at + 1 };
    } else return undefined;
  }
}

/** Milliseconds since midnight of `T00:05:00+00:00`, a space for the T too; NaN for any other form. */
function clockOf(text: string, at: number): number {
  const between = text.charCodeAt(at);
  if ((between !== 0x54 && between !== 0x20) || !text.startsWith('+00:00', at + 9)) return Number.NaN;
  if (text.charCodeAt(at + 3) !== 0x3a || text.charCodeAt(at + 6) !== 0x3a) return Number.NaN;
  const [hours, minutes, seconds] = [twoDigits(text, at + 1), twoDigits(text, at + 4), twoDigits(text, at + 7)];
  return hours < 24 && minutes < 60 && seconds < 60 ? ((hours * 60 + minutes) * 60 + seconds) * 1000 : Number.NaN;
}

/** NaN where they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - zero, text.charCodeAt(at + 1) - zero];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Reads a number without an exponent into `into`; gives the place after it, -1 for any other form. */
function readNumber(text: string, from: number, into: { value: number }): number {
  const negative = text.charCodeAt(from) === 0x2d;
  const begun = negative ? from + 1 : from;
  let [at, value, point] = [begun, 0, -1];
  for (; ; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === -2 && point === -1) point = at;
    else break;
  }
  const whole = (point === -1 ? at : point) - begun;
  const fraction = point === -1 ? 0 : at - point - 1;
  if (whole < 1 || (point !== -1 && fraction < 1) || whole + fraction > mostDigits) return -1;
  // JSON has no 01.
  if (whole > 1 && text.charCodeAt(begun) === zero) return -1;
  const next = text.charCodeAt(at);
  if (next === 0x65 || next === 0x45) return -1;
  if (fraction > 0) value /= tens[fraction] ?? 1;
  into.value = negative ? -value : value;
  return at;
}
