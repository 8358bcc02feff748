import type { DateOrder } from '../time/stamp.ts';
import { readStamp } from '../time/stamp.ts';
import { monthNamed } from './month-names.ts';

/** A manner of writing times that `readStamp` does not read by itself, turned into one that it does. */
export interface StampForm {
  /** For `check --explain`. */
  readonly name: string;
  /** The cell as ISO text or the like; the cell itself where it is not of this form. */
  rewrite(cell: string): string;
}

const weekdays: ReadonlySet<string> = new Set(
  'mon monday montag mo lundi lun tue tues tuesday dienstag di mardi mar wed wednesday mittwoch mi mercredi mer thu thur thurs thursday donnerstag do jeudi jeu fri friday freitag fr vendredi ven sat saturday samstag sa samedi sam sun sunday sonntag so dimanche dim'.split(
    ' ',
  ),
);

const two = (text: string | number): string => String(text).padStart(2, '0');

function plain(cell: string): string {
  const text = cell.replace(/[\u00a0\u202f\u2009]/g, ' ').trim();
  const guarded = /^(?:="([^"]*)"|'(.*)|[\u201c\u201e](.*)[\u201c\u201d])$/.exec(text);
  return (guarded === null ? text : (guarded[1] ?? guarded[2] ?? guarded[3] ?? '')).trim();
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
const since = { from: 946_684_800, until: 4_102_444_800 } as const;

function epochSeconds(cell: string): string {
  const text = plain(cell);
  const seconds = /^\d{9,10}(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return seconds >= since.from && seconds < since.until ? isoOf(Math.round(seconds * 1000)) : cell;
}

function epochMilliseconds(cell: string): string {
  const text = plain(cell);
  const ms = /^\d{12,13}$/.test(text) ? Number(text) : 0;
  return ms >= since.from * 1000 && ms < since.until * 1000 ? isoOf(ms) : cell;
}

/** `202501311300` and `20250131130000` as a date and time; another cell as it is. */
export function compact(cell: string): string {
  const found = /^((?:19|20)\d\d)(\d\d)(\d\d)[ T_-]?(\d\d):?(\d\d)(?::?(\d\d))?$/.exec(plain(cell));
  if (found === null) return cell;
  const [, year, month, day, hour, minute, second = '00'] = found;
  return `${year ?? ''}-${month ?? ''}-${day ?? ''} ${hour ?? ''}:${minute ?? ''}:${second}`;
}

function monthName(cell: string): string {
  const text = plain(cell).replace(/^(\d{4})[-/ ](\p{L}{3,})[-/ ](\d{1,2})(?=$|[\sT,])/u, '$3-$2-$1');
  const dayFirst = /^(\d{1,2})[-/. ]*(?:de )?(\p{L}{3,})\.?[-/, ]*(?:de )?(\d{4}|\d{2})(?=$|[\sT,:])/u.exec(text);
  const monthFirst = dayFirst === null ? /^(\p{L}{3,})\.?[-/ ]*(\d{1,2})[-/, ]+(\d{4})(?=$|[\sT,])/u.exec(text) : null;
  const found = dayFirst ?? monthFirst;
  if (found === null) return cell;
  const [day, name] = dayFirst === null ? [found[2], found[1]] : [found[1], found[2]];
  const month = monthNamed(name ?? '');
  if (month === undefined) return cell;
  const year = found[3]?.length === 2 ? `20${found[3]}` : (found[3] ?? '');
  const rest = text.slice(found[0].length).replace(/^[\s,:T]+/, '');
  return `${year}-${two(month)}-${two(day ?? '')}${rest === '' ? '' : ` ${rest}`}`;
}

function withoutWeekday(cell: string): string {
  const isDay = (word: string): boolean => weekdays.has(word.toLowerCase());
  return plain(cell)
    .replace(/^(\p{L}{2,})\.?,?\s+/u, (all, word: string) => (isDay(word) ? '' : all))
    .replace(/[\s,]+\(?(\p{L}{2,})\.?\)?$/u, (all, word: string) => (isDay(word) ? '' : all));
}

const shortYear = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{2})(?=$|[\sT,])/;

function yearLast(cell: string): string {
  return plain(cell).replace(shortYear, '$1$2$3$220$4');
}

function yearFirst(cell: string): string {
  return plain(cell).replace(shortYear, '20$1-$3-$4');
}

/** Where a two-digit year stands: last, unless the last number changes more often than the first, as days do. */
function yearIsFirst(cells: readonly string[], order: DateOrder | undefined): boolean {
  if (order !== undefined) return order === 'ymd';
  const parts = cells.map((cell) => shortYear.exec(plain(cell)));
  const distinct = (at: number): number => new Set(parts.map((part) => part?.[at])).size;
  return parts.some((part) => Number(part?.[1] ?? 0) > 31) || distinct(4) > distinct(1);
}

/** `31.01.2024 13.15`, `31/01/2024 13h15`, `31.01.2024 13:15 Uhr`. Beside a date only: alone, `0.50` may be half an hour. */
function otherClock(cell: string): string {
  return plain(cell).replace(
    /^(\S*\d)[ T,]+(?:klo|kl\.?|um|à)?\s*(\d{1,2})[.:hH](\d{2})(?:[.:](\d{2}))?(?:\s*uhr)?$/i,
    (_, date: string, hour: string, minute: string, second = '00') => `${date} ${hour}:${minute}:${second}`,
  );
}

/** `2024.10.26. 0:15`, `2024. 10. 26.`, `26. 10. 2024 0:15`: full stops with spaces, or one behind the date. */
function fullStops(cell: string): string {
  return plain(cell)
    .replace(/^(\d{4})\.\s*(\d{1,2})\.\s*(\d{1,2})\.?(?=$|[\sT,])/, '$1.$2.$3')
    .replace(/^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\.?(?=$|[\sT,])/, '$1.$2.$3');
}

/** `2024年10月26日 0時15分`, the time of which may be missing, or be `0:15`. */
function japanese(cell: string): string {
  return plain(cell)
    .replace(/^(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日/, '$1-$2-$3 ')
    .replace(/(\d{1,2})時(?:\s*(\d{1,2})分)?$/, (_, hour: string, minute = '0') => `${hour}:${two(minute)}`)
    .trim();
}

const chained =
  (...steps: readonly ((cell: string) => string)[]) =>
  (cell: string): string =>
    steps.reduce((text, step) => step(text), cell);

function formsFor(cells: readonly string[], order: DateOrder | undefined): readonly StampForm[] {
  const short = yearIsFirst(cells.map(withoutWeekday), order)
    ? { name: 'two-digit years first', rewrite: chained(withoutWeekday, yearFirst) }
    : { name: 'two-digit years last', rewrite: chained(withoutWeekday, yearLast) };
  return [
    { name: 'quotes or guards around times', rewrite: plain },
    { name: 'times in seconds since 1970', rewrite: epochSeconds },
    { name: 'times in milliseconds since 1970', rewrite: epochMilliseconds },
    { name: 'times without separators', rewrite: compact },
    { name: 'weekdays beside dates', rewrite: withoutWeekday },
    { name: 'clocks like 13.15, 13h15 or 13:15 Uhr', rewrite: chained(withoutWeekday, otherClock) },
    { name: 'dates with full stops', rewrite: chained(withoutWeekday, fullStops, otherClock) },
    { name: 'dates like 2024年10月26日', rewrite: chained(withoutWeekday, japanese) },
    { name: 'months by name', rewrite: chained(withoutWeekday, monthName) },
    short,
  ];
}

const filled = (cells: readonly string[]): readonly string[] => cells.filter((cell) => cell.trim() !== '');

/** The form in which a column's times are written, by a sample of its cells; undefined where none is needed, or none fits. */
export function chooseForm(sample: readonly string[], order: DateOrder | undefined): StampForm | undefined {
  const cells = filled(sample);
  const reads = (cell: string): boolean => readStamp(cell, order)?.date !== undefined;
  const unread: string[] = [];
  for (const [at, cell] of cells.entries()) {
    if (readStamp(cell, order) === undefined) unread.push(cell);
    // Half of them can be read as they are: how the others fare makes no difference.
    else if ((at + 1 - unread.length) * 2 >= cells.length) return undefined;
  }
  const counted = formsFor(unread, order).map((form) => ({
    form,
    count: unread.filter((cell) => reads(form.rewrite(cell))).length,
  }));
  const best = counted.reduce((one, other) => (other.count > one.count ? other : one));
  return best.count * 2 > unread.length ? best.form : undefined;
}

/** True for a cell that holds a date, or a date and time, in any form that is read. */
export function holdsDate(cell: string, order: DateOrder | undefined): boolean {
  if (readStamp(cell, order)?.date !== undefined) return true;
  return (
    !/^\s*$/.test(cell) &&
    formsFor([cell], order).some((form) => readStamp(form.rewrite(cell), order)?.date !== undefined)
  );
}

/** The form of a column that holds the time of day alone: `HE 1`, `24`, `0115`; undefined where none is needed or fits. */
export function chooseClockForm(sample: readonly string[]): StampForm | undefined {
  const cells = filled(sample);
  const unread = cells.filter((cell) => readStamp(cell, undefined)?.timeMs === undefined);
  if (unread.length * 2 <= cells.length) return undefined;
  const numbers = cells.map((cell) =>
    Number(/^(?:he|hr?|hour|stunde)?\s*0*(\d{1,4})$/i.exec(plain(cell))?.[1] ?? Number.NaN),
  );
  if (numbers.filter((number) => Number.isNaN(number)).length * 10 > numbers.length) return undefined;
  const largest = Math.max(...numbers.filter((number) => !Number.isNaN(number)));
  // A 25th hour, or a 100th, is the doubled one of autumn: it is no time of day, and its rows stay unread.
  const inHours = largest <= 25;
  const rewrite = (cell: string): string => {
    const digits = /^(?:he|hr?|hour|stunde)?\s*(\d{1,4})$/i.exec(plain(cell))?.[1];
    if (digits === undefined) return cell;
    if (inHours) return Number(digits) <= 24 ? `${two(Number(digits))}:00` : cell;
    return digits.padStart(4, '0').replace(/^(\d\d)(\d\d)$/, '$1:$2');
  };
  return { name: inHours ? 'hours by number' : 'times of day without a colon', rewrite };
}

const between = /\s+(?:to|bis|until|through|thru|[-\u2013\u2014])\s+|\s*(?:\u2013|\u2014|\/(?=\d{4}-))\s*/i;

/** A hyphen with an end's time behind it, which one cell alone does not tell from an offset: `05:00-06:00`. */
const glued = /(?<=\d|\d\s?[ap]m?)\s*-\s*(?=(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m?)?)$)/i;

/** True for a column in which more times stand behind a hyphen than a zone has offsets: ends, not offsets. */
export function hasGluedEnds(cells: readonly string[]): boolean {
  const ends = cells.map((cell) => glued.exec(plain(cell))?.[1]).filter((end) => end !== undefined);
  return new Set(ends).size > 2 && ends.length * 10 >= cells.length * 9;
}

/**
 * Both ends of a field that has them in one: `2025-03-07 00:00 to 2025-03-07 01:00`, `00:00 - 00:30`; undefined for another.
 * `gluedEnds`: with `00:00-00:30`, too.
 */
export function splitRange(
  cell: string,
  order: DateOrder | undefined,
  gluedEnds = false,
): readonly [start: string, end: string] | undefined {
  const text = plain(cell);
  const parts = (gluedEnds ? text.replace(glued, ' - ') : text).split(between);
  const [start, end] = parts;
  if (parts.length !== 2 || start === undefined || end === undefined) return undefined;
  const reads = (text: string): boolean => readStamp(text, order) !== undefined || holdsDate(text, order);
  return reads(start) && reads(end) ? [start, end] : undefined;
}
