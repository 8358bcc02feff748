/** The order in which a file writes day, month and year. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

const dayMs = 86_400_000;

/**
 * A date as written. `sure` ones have their month and day in place; of the others, `first` and `second` are the two small
 * numbers before the year, whose order the whole file decides.
 */
export interface WrittenDate {
  readonly sure: boolean;
  readonly year: number;
  readonly first: number;
  readonly second: number;
}

/** A date, a time of day or both, as one cell has it. */
export interface WrittenStamp {
  readonly date: WrittenDate | undefined;
  /** Milliseconds since midnight, up to 24:00; undefined for a date alone. */
  readonly timeMs: number | undefined;
  /** Minutes ahead of UTC; undefined for a naive time. */
  readonly offsetMinutes: number | undefined;
  /** True for a `Z`, which says nothing of where the clock hung. */
  readonly zulu: boolean;
}

const datePatterns = {
  yearFirst: /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|[T\s,])/,
  compact: /^((?:19|20)\d{2})(\d{2})(\d{2})(?=$|[T\s])/,
  yearLast: /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?=$|[T\s,])/,
} as const;

const timePattern =
  /^(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(?:([ap])(?:\.?\s?m\.?)?)?\s*(z|[+-]\d{2}(?::?\d{2})?|[+-]\d:\d{2})?$/i;

const monthDays: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month of the Gregorian calendar; 0 for a month that is none. */
function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (monthDays[month] ?? 0) + (leap ? 1 : 0);
}

/** The wall time of a day's midnight, or NaN where there is no such day. */
export function wallOfDate(date: WrittenDate, order: DateOrder): number {
  const month = date.sure || order !== 'dmy' ? date.first : date.second;
  const day = date.sure || order !== 'dmy' ? date.second : date.first;
  return day >= 1 && day <= daysInMonth(date.year, month) ? Date.UTC(date.year, month - 1, day) : Number.NaN;
}

function readDate(text: string, order: DateOrder | undefined): { date: WrittenDate; length: number } | undefined {
  const yearFirst = datePatterns.yearFirst.exec(text);
  if (yearFirst !== null) {
    const date = { sure: true, year: Number(yearFirst[1]), first: Number(yearFirst[3]), second: Number(yearFirst[4]) };
    return { date, length: yearFirst[0].length };
  }
  const compact = datePatterns.compact.exec(text);
  if (compact !== null) {
    const date = { sure: true, year: Number(compact[1]), first: Number(compact[2]), second: Number(compact[3]) };
    return { date, length: compact[0].length };
  }
  const yearLast = datePatterns.yearLast.exec(text);
  if (yearLast === null || order === 'ymd') return undefined;
  const [first, second, year] = [Number(yearLast[1]), Number(yearLast[3]), Number(yearLast[4])];
  // Dots are written day first wherever they are written at all; a file that disagrees must say so with `dateOrder`.
  const known = order ?? (yearLast[2] === '.' ? 'dmy' : undefined);
  const date =
    known === undefined
      ? { sure: false, year, first, second }
      : { sure: true, year, first: known === 'dmy' ? second : first, second: known === 'dmy' ? first : second };
  return { date, length: yearLast[0].length };
}

function readTime(text: string): Omit<WrittenStamp, 'date'> | undefined {
  const found = timePattern.exec(text);
  if (found === null) return undefined;
  const [, hourText, minuteText = '0', secondText = '0', fraction = '', half, zone] = found;
  // An hour without minutes is a time of day only with AM or PM: `1 PM`.
  if (found[2] === undefined && half === undefined) return undefined;
  let hour = Number(hourText);
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (minute > 59 || second > 59) return undefined;
  const timeMs = (hour * 60 + minute) * 60_000 + second * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
  if (timeMs > dayMs) return undefined;
  if (zone === undefined) return { timeMs, offsetMinutes: undefined, zulu: false };
  if (zone.toLowerCase() === 'z') return { timeMs, offsetMinutes: 0, zulu: true };
  const digits = zone.slice(1).replace(':', '').padStart(2, '0');
  const offsetHours = Number(digits.length === 3 ? digits.slice(0, 1) : digits.slice(0, 2));
  const offsetRest = Number(digits.length > 2 ? digits.slice(-2) : 0);
  if (offsetHours > 14 || offsetRest > 59) return undefined;
  const offsetMinutes = (zone.startsWith('-') ? -1 : 1) * (offsetHours * 60 + offsetRest);
  return { timeMs, offsetMinutes, zulu: false };
}

/**
 * Reads a cell that holds a date, a time of day, or both: ISO 8601 with or without offset, `YYYY/MM/DD`, `YYYYMMDD`,
 * `1/31/2024 1:00 AM`, `1/31/2024 1 AM`, `31.01.2024 13:00`. Undefined for anything else, for a 25th hour and for a 30 February.
 * `order` fixes day and month where the manifest says so.
 */
export function readStamp(cell: string, order: DateOrder | undefined): WrittenStamp | undefined {
  const text = cell.replace(/[\u00a0\u202f\u2009]/g, ' ').trim();
  const found = readDate(text, order);
  if (found === undefined) {
    const time = readTime(text);
    return time === undefined ? undefined : { date: undefined, ...time };
  }
  const { date, length } = found;
  const possible = date.sure ? [wallOfDate(date, 'mdy')] : [wallOfDate(date, 'mdy'), wallOfDate(date, 'dmy')];
  if (possible.every((wall) => Number.isNaN(wall))) return undefined;
  const rest = text.slice(length).replace(/^[T\s,]+/, '');
  if (rest === '')
    return length === text.length ? { date, timeMs: undefined, offsetMinutes: undefined, zulu: false } : undefined;
  const time = readTime(rest);
  return time === undefined ? undefined : { date, ...time };
}

/** An instant as a stamp in UTC. */
export function stampOfInstant(instant: number): WrittenStamp & { readonly date: WrittenDate } {
  const day = new Date(instant);
  const date = { sure: true, year: day.getUTCFullYear(), first: day.getUTCMonth() + 1, second: day.getUTCDate() };
  return { date, timeMs: ((instant % dayMs) + dayMs) % dayMs, offsetMinutes: 0, zulu: true };
}
