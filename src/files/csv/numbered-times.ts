import type { ReadingOptions } from '../../domain/site.ts';
import type { Columns } from './choose-columns.ts';
import { readStamp } from '../time/stamp.ts';
import { chooseForm } from './stamp-forms.ts';

/** A column that numbers the intervals of a day, beside one of dates: `Hour` 1 to 24, `Settlement Period` 1 to 48. */
export interface Numbered {
  readonly column: number;
  readonly name: string;
  /** `hour` where the name or the numbers speak of hours; else the numbers say how many a day has. */
  readonly kind: 'hour' | 'period';
  /** The number of the day's first interval, where the name says it. */
  readonly first: 0 | 1 | undefined;
}

/** A number of an interval as written. */
export interface IntervalNumber {
  readonly number: number;
  /** True for a number marked as that of autumn's second pass: `02*`, `2X`. */
  readonly again: boolean;
}

const periodName =
  /period|interval|half[ _-]?hour|(?:^|[^\p{L}])(?:hh|sp|slot|ti|he|hb|hr|hour|stunde|heure|hora|uur)(?=$|[^\p{L}])/iu;
const hourName = /hour|stunde|heure|hora|uur|(?:^|[^\p{L}])(?:he|hb|hr|h)(?=$|[^\p{L}])/iu;
const halfHourName = /half[ _-]?hour/i;
const cellPattern = /^(?:he|hour|hr?|stunde|sp|p)?\s*(0?\d{1,2}|[1-9]\d{2})\s*(\*|x|'|b|dst|\(dst\)|\(2\)|_2)?$/i;

/** `1`, `01`, `HE 1`, `02*`, `2X`; undefined for another cell. */
export function readIntervalNumber(cell: string): IntervalNumber | undefined {
  const found = cellPattern.exec(cell.replace(/[\u00a0\u202f]/g, ' ').trim());
  return found === null ? undefined : { number: Number(found[1]), again: found[2] !== undefined };
}

/** True where numbers count through days: mostly one more, or one less, than in the row before of the same date. */
function countsOn(dates: readonly string[], cells: readonly string[]): boolean {
  const numbers = cells.map((cell) => readIntervalNumber(cell)?.number);
  if (numbers.filter((number) => number === undefined).length * 10 > numbers.length) return false;
  let [pairs, steps, larger] = [0, 0, 0];
  for (const [at, number] of numbers.entries()) {
    larger = Math.max(larger, number ?? 0);
    const before = numbers[at - 1];
    if (at === 0 || dates[at] !== dates[at - 1] || number === undefined || before === undefined) continue;
    pairs += 1;
    if (Math.abs(number - before) === 1) steps += 1;
  }
  return pairs >= 2 && steps * 10 >= pairs * 8 && larger <= 300;
}

/** The column of interval numbers; undefined where times are written in another manner, or the manifest says what they are. */
export function findNumbered(
  header: readonly string[],
  columns: Columns,
  sample: readonly (readonly string[])[],
  options: ReadingOptions,
): Numbered | undefined {
  const { start, time, end, endTime, value, added, unit, quality, meter } = columns;
  if (end !== undefined || endTime !== undefined || options.stamp !== undefined) return undefined;
  const used = new Set([start, value, ...added, unit, quality, meter]);
  const named = [...header.keys()].filter((at) => !used.has(at) && periodName.test(header[at] ?? ''));
  const candidates = time === undefined ? named : [time];
  if (candidates.length === 0) return undefined;
  const cellsOf = (column: number): readonly string[] => sample.map((cells) => cells[column] ?? '');
  const form = chooseForm(cellsOf(start), options.dateOrder);
  const isDate = (cell: string): boolean => {
    const stamp = readStamp(form?.rewrite(cell) ?? cell, options.dateOrder);
    return stamp?.date !== undefined && (stamp.timeMs ?? 0) === 0 && stamp.offsetMinutes === undefined;
  };
  const rows = sample.filter((cells) => isDate(cells[start] ?? ''));
  if (rows.length * 10 < sample.length * 9) return undefined;
  const dates = rows.map((cells) => (cells[start] ?? '').trim());
  const column = candidates.find((at) =>
    countsOn(
      dates,
      rows.map((cells) => cells[at] ?? ''),
    ),
  );
  if (column === undefined) return undefined;
  const name = (header[column] ?? '').trim();
  const isHour = hourName.test(name) && !halfHourName.test(name);
  const ends = /end|bis|(?:^|[^\p{L}])he(?=$|[^\p{L}])/iu.test(name) && !/period|interval/i.test(name);
  const begins = /begin|start|from|von|(?:^|[^\p{L}])hb(?=$|[^\p{L}])/iu.test(name);
  return { column, name, kind: isHour ? 'hour' : 'period', first: ends ? 1 : begins ? 0 : undefined };
}

/** Intervals of a day that numbers up to the largest one count: 24, 48, 96, 144 or 288; undefined where they fit none. */
export function intervalsOfDay({ kind, name }: Numbered, count: number): number | undefined {
  if (kind === 'hour') return 24;
  if (/settlement|half[ _-]?hour/i.test(name)) return 48;
  return [24, 48, 96, 144, 288].find((usual) => count >= usual - usual / 24 && count <= usual + usual / 24);
}
