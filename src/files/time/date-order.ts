import { countSteps, dayMs, hourMs } from './cadence.ts';
import { wallsOf } from './resolve-column.ts';
import type { StampColumn } from './stamp-column.ts';

/** Steps between monthly bills. */
const monthMs = { least: 25 * dayMs, most: 35 * dayMs } as const;

interface Consistency {
  readonly possible: boolean;
  readonly ordered: boolean;
  /** Steps that break the regular rhythm, once sorted. */
  readonly breaks: number;
}

function consistencyOf(
  starts: StampColumn,
  ends: StampColumn | undefined,
  order: 'dmy' | 'mdy',
  rhythm: 'any' | 'days' = 'any',
): Consistency {
  const walls = wallsOf(starts, order);
  const endsFirst = ends !== undefined && !ends.datesOnly ? hourMs : 0;
  let [possible, rising, falling] = [true, true, true];
  for (let at = 0; at < walls.length; at += 1) {
    const step = at === 0 ? 0 : walls.at(at) - walls.at(at - 1);
    // A step back of an hour or so is autumn's doubled hour.
    rising &&= step >= -2 * hourMs;
    falling &&= step <= 2 * hourMs;
    possible &&= ends === undefined || ends.wall(at, order) >= walls.at(at) - endsFirst;
  }
  const steps = countSteps(walls);
  const usual = rhythm === 'days' ? dayMs : (steps.mostFrequent ?? 0);
  // Rows of one day that are told apart by their numbers are no break.
  const lengths = [...steps.counts].filter(([step]) => step !== 0 || rhythm === 'any');
  const monthly = rhythm === 'any' && lengths.every(([step]) => step >= monthMs.least && step <= monthMs.most);
  const breaks = lengths.reduce((sum, [step, count]) => sum + (step === usual ? 0 : count), 0);
  return { possible, ordered: rising || falling, breaks: monthly ? 0 : breaks };
}

/** The order that fits while the other does not, or under which the series is whole while the other tears it apart. */
function better(a: Consistency, b: Consistency): boolean {
  if (a.possible !== b.possible) return a.possible;
  if (a.ordered !== b.ordered) return a.ordered;
  return b.breaks >= 2 && 4 * a.breaks <= b.breaks;
}

/** True where day and month are the same number in every date: 01/01/2024. */
function isSameEitherWay(column: StampColumn): boolean {
  for (let at = 0; at < column.length; at += 1) {
    if (column.wall(at, 'dmy') !== column.wall(at, 'mdy')) return false;
  }
  return true;
}

/** The first row whose date is another one as day/month than as month/day; none where there is no such row. */
export function firstOpenDate(column: StampColumn): readonly number[] {
  for (let at = 0; at < column.length; at += 1) {
    if (!Object.is(column.wall(at, 'dmy'), column.wall(at, 'mdy'))) return [at];
  }
  return [];
}

/** The first row of a file that is out of order, unless the dates that can be turned round are. */
function mixedAt(starts: StampColumn, order: 'dmy' | 'mdy'): number | undefined {
  if (consistencyOf(starts, undefined, order).ordered) return undefined;
  const other = order === 'dmy' ? 'mdy' : 'dmy';
  let [rising, falling] = [true, true];
  let first: number | undefined;
  let previous = Number.NaN;
  for (let at = 0; at < starts.length; at += 1) {
    const [wall, turned] = [starts.wall(at, order), starts.wall(at, other)];
    if (!Number.isNaN(turned) && turned !== wall) first ??= at;
    const step = (Number.isNaN(turned) ? wall : turned) - previous;
    previous = Number.isNaN(turned) ? wall : turned;
    rising &&= !(step < -2 * hourMs);
    falling &&= !(step > 2 * hourMs);
  }
  return rising || falling ? first : undefined;
}

/**
 * Decides for the whole file whether day or month comes first: by numbers over 12, ends before their starts, ascending
 * order and contiguity, never row by row. Where both readings stay consistent, says so. `days`: each date is a day of
 * intervals, in one row or numbered in many, of which the next is the day after, not the month after as with bills.
 */
export function decideDateOrder(
  starts: StampColumn,
  ends: StampColumn | undefined,
  rhythm: 'any' | 'days' = 'any',
): 'dmy' | 'mdy' | { readonly code: string; readonly message: string } {
  const columns = [starts, ...(ends === undefined ? [] : [ends])].filter((column) => column.open);
  const orders = (['dmy', 'mdy'] as const).filter((order) =>
    columns.every((column) => column.possibleOrders.includes(order)),
  );
  const [order] = orders;
  if (order === undefined) {
    const message = 'some dates can only be day/month/year, others only month/day/year; correct the odd ones';
    return { code: 'meter.date-order-contradictory', message };
  }
  if (columns.length === 0) return 'mdy';
  if (orders.length === 1) {
    const line = mixedAt(starts, order);
    if (line === undefined) return order;
    const message = `some dates can only be ${order === 'mdy' ? 'month/day' : 'day/month'}, but row ${String(line + 1)} and others stand in order of time only as ${order === 'mdy' ? 'day/month' : 'month/day'} (a spreadsheet turns the days up to 12 round); correct the odd ones, or set dateOrder to ${order} if all are right`;
    return { code: 'meter.date-order-contradictory', message };
  }
  const [dmy, mdy] = [consistencyOf(starts, ends, 'dmy', rhythm), consistencyOf(starts, ends, 'mdy', rhythm)];
  if (better(dmy, mdy)) return 'dmy';
  if (better(mdy, dmy)) return 'mdy';
  if (columns.every(isSameEitherWay)) return 'mdy';
  const first = (chosen: 'dmy' | 'mdy'): string => new Date(starts.wall(0, chosen)).toISOString().slice(0, 10);
  const last = (chosen: 'dmy' | 'mdy'): string =>
    new Date(starts.wall(starts.length - 1, chosen)).toISOString().slice(0, 10);
  return {
    code: 'meter.date-order-ambiguous',
    message: `the dates may be day/month (${first('dmy')} to ${last('dmy')}) or month/day (${first('mdy')} to ${last('mdy')}), and both make sense; set dateOrder to dmy or mdy`,
  };
}
