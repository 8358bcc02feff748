import type { WrittenDate } from '../time/stamp.ts';
import { readStamp } from '../time/stamp.ts';

/** A date, a time of day or both, as an event notice has them. A year of 0 is one that the text leaves out. */
export interface EventMoment {
  readonly date: WrittenDate | undefined;
  /** Milliseconds since midnight, up to 24:00. */
  readonly timeMs: number | undefined;
  /** Minutes ahead of UTC; undefined for a naive time. */
  readonly offsetMinutes: number | undefined;
  /** True for a `Z` or UTC, which says nothing of where the clock hung. */
  readonly zulu: boolean;
}

/** What one field may hold: a moment; two, `A to B`; or days and the window meant on each of them. */
export type EventField =
  | { readonly form: 'moment'; readonly moment: EventMoment }
  | {
      readonly form: 'span';
      readonly start: EventMoment;
      readonly end: EventMoment;
      /** True for days and a window: from the start's day to the end's, each has it. */
      readonly daily: boolean;
    };

/** Two times of day with a dash between, which may be a time and its offset. */
const timeToTime = /\d{1,2}:\d{2}(?::\d{2})?\s*[-–—]\s*\d{1,2}:\d{2}(?::\d{2})?$/;

type Time = Omit<EventMoment, 'date'>;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const monthName = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const monthFirst = new RegExp(
  `^${monthName}\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d|:)(?:,?\\s+(20\\d{2})(?!\\d|\\s*[-–]\\s*\\d))?`,
  'i',
);
const dayFirst = new RegExp(
  `^(\\d{1,2})(?:st|nd|rd|th|\\.)?\\s+${monthName}(?:,?\\s+(20\\d{2})(?!\\d|\\s*[-–]\\s*\\d))?`,
  'i',
);
const numeric = /^(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4}|(?:19|20)\d{6})(?=$|[T\s,])/;
const weekday = /^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+/i;

/** Abbreviations that are one offset, summer time included; `CT` or `PT` would be two. */
const offsetsByName: ReadonlyMap<string, number> = new Map([
  ['utc', 0], ['gmt', 0], ['est', -300], ['edt', -240], ['cst', -360], ['cdt', -300],
  ['mst', -420], ['mdt', -360], ['pst', -480], ['pdt', -420],
]); // prettier-ignore

function readTimeOfDay(text: string): Time | undefined {
  const named = /^(.*?)\s*\(?\b(utc|gmt|[ecmp][sd]t)\b\)?$/i.exec(text);
  const name = named?.[2]?.toLowerCase();
  const plain = (named?.[1] ?? text).trim();
  // `4 PM` has no minutes, `1300` no colon. Midnight may be either end of a day, and is refused.
  const full = plain
    .replace(/^(?:12(?::00)?\s*)?noon$/i, '12:00')
    .replace(/^(\d{1,2})\s*([ap])\.?m\.?$/i, '$1:00 $2m')
    .replace(/^(\d{1,2})(\d{2})(?:\s*(?:h|hrs|hours))?$/, '$1:$2');
  const stamp = readStamp(full, undefined);
  if (stamp === undefined || stamp.date !== undefined || stamp.timeMs === undefined) return undefined;
  const { timeMs, offsetMinutes, zulu } = stamp;
  if (name === undefined) return { timeMs, offsetMinutes, zulu };
  const known = offsetsByName.get(name) ?? 0;
  return offsetMinutes === undefined ? { timeMs, offsetMinutes: known, zulu: known === 0 } : undefined;
}

function readDatePart(text: string): { readonly date: WrittenDate; readonly rest: string } | undefined {
  const found = numeric.exec(text);
  if (found !== null) {
    const date = readStamp(found[0], undefined)?.date;
    return date === undefined ? undefined : { date, rest: text.slice(found[0].length) };
  }
  const [first, second] = [monthFirst.exec(text), dayFirst.exec(text)];
  const match = first ?? second;
  if (match === null) return undefined;
  const [name, day] = first === null ? [match[2], match[1]] : [match[1], match[2]];
  const month = months.findIndex((candidate) => candidate === name?.toLowerCase()) + 1;
  const date = { sure: true, year: Number(match[3] ?? 0), first: month, second: Number(day) };
  return { date, rest: text.slice(match[0].length) };
}

function readMoment(text: string): EventMoment | undefined {
  const stamp = readStamp(text, undefined);
  if (stamp !== undefined) return stamp;
  const plain = text
    .trim()
    .replace(weekday, '')
    .replace(/^(?:on|from|at)\s+/i, '');
  const dated = readDatePart(plain);
  const rest = (dated?.rest ?? plain).replace(/^[\s,T@]+/, '').replace(/^(?:at|from)\s+/i, '');
  if (dated !== undefined && rest === '') {
    return { date: dated.date, timeMs: undefined, offsetMinutes: undefined, zulu: false };
  }
  const time = readTimeOfDay(rest);
  return time === undefined ? undefined : { date: dated?.date, ...time };
}

/** `4-9 PM`: the first hour takes the half of the second, where that keeps it before the second. */
function withHalf(first: string, second: string): string {
  const half = /([ap])\.?m\.?/i.exec(second)?.[1];
  const hour = (text: string): number => Number(/^(\d{1,2})/.exec(text)?.[1] ?? Number.NaN) % 12;
  const bare = /^\d{1,2}(?::\d{2})?$/.test(first);
  return half !== undefined && bare && Number.parseInt(first, 10) <= 12 && hour(first) < hour(second)
    ? `${first} ${half}m`
    : first;
}

/** Where a text may be parted into its two ends: words first, then dashes that stand alone, then any dash. */
function* partings(text: string): Generator<readonly [string, string]> {
  for (const pattern of [/\s+(?:to|through|thru|until|till|bis)\s+/gi, /\s+[-–—]\s+/g, /\s*[–—-]\s*/g]) {
    for (const found of text.matchAll(pattern)) {
      yield [text.slice(0, found.index).trim(), text.slice(found.index + found[0].length).trim()];
    }
  }
}

const onlyDate = (moment: EventMoment): boolean => moment.date !== undefined && moment.timeMs === undefined;
const onlyTime = (moment: EventMoment): boolean => moment.date === undefined && moment.timeMs !== undefined;

/**
 * Reads one field of an event notice: `2024-08-17 16:00`, `August 17 at 4:00 PM`, `1300-2200`, `4-9 PM`,
 * `10/1/2020 15:00:00 through 22:00:00`, `August 17 through August 19, 4 PM to 9 PM` (the same window on each day).
 * Undefined for anything else. `10:00-12:00` is a window in a column of windows, else a time twelve hours behind UTC.
 */
export function readEventField(cell: string, isWindow: boolean): EventField | undefined {
  const text = cell.replaceAll(/[\s\u00a0\u202f\u2009]+/g, ' ').trim();
  const moment = isWindow && timeToTime.test(text) ? undefined : readMoment(text);
  if (moment !== undefined) return { form: 'moment', moment };
  for (const [left, right] of partings(text)) {
    const [start, end] = [readMoment(withHalf(left, right)), readMoment(right)];
    if (start !== undefined && end !== undefined && onlyDate(start) === onlyDate(end)) {
      return { form: 'span', start, end, daily: false };
    }
    // `August 17, 4-9 PM`: the half of the day stands after both.
    const dated = readDatePart(left.replace(weekday, ''));
    const early = dated === undefined ? undefined : readMoment(withHalf(dated.rest.replace(/^[\s,T@]+/, ''), right));
    if (dated !== undefined && early !== undefined && end !== undefined && onlyTime(early)) {
      return { form: 'span', start: { ...early, date: dated.date }, end, daily: false };
    }
    // Days, and after them the window: both are spans of their own.
    if (start === undefined || !onlyDate(start)) continue;
    const last = readDatePart(right.replace(weekday, ''));
    const window =
      last === undefined ? undefined : readEventField(last.rest.replace(/^[\s,:]+(?:from\s+)?/i, ''), true);
    if (last === undefined || window?.form !== 'span' || !onlyTime(window.start) || !onlyTime(window.end)) continue;
    return {
      form: 'span',
      start: { ...window.start, date: start.date },
      end: { ...window.end, date: last.date },
      daily: true,
    };
  }
  return undefined;
}
