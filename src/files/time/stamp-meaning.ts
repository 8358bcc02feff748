import type { ReadingOptions } from '../../domain/site.ts';
import { dayMs } from './cadence.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { eachRun, type NumberColumn } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';

/** A stamp alone: is it the interval's start or its end? Option, then name, then the whole-day pattern; else the start. */
export function decideStamp(
  table: MeterTable,
  walls: NumberColumn,
  cadenceMs: number,
  options: ReadingOptions,
  problems: ProblemList,
): 'start' | 'end' {
  if (options.stamp !== undefined) return options.stamp;
  const { stampSays: says, startName: name } = table;
  if (table.starts.datesOnly) {
    if (says !== 'end') return 'start';
    return problems.stop(
      'meter.stamp-ambiguous',
      `"${name}" says end, but holds dates without a time: set stamp: start if a date names the day itself, stamp: end if it is the midnight after it`,
    );
  }
  const [first, last] = bounds(walls);
  const timeOf = (wall: number): number => ((wall % dayMs) + dayMs) % dayMs;
  const wholeDays = cadenceMs < dayMs && last - first >= dayMs - 2 * cadenceMs;
  const pattern =
    wholeDays && timeOf(first) === cadenceMs && timeOf(last) === 0
      ? 'end'
      : wholeDays && timeOf(first) === 0 && timeOf(last) === dayMs - cadenceMs
        ? 'start'
        : undefined;
  if (says !== undefined && pattern !== undefined && says !== pattern) {
    const day =
      pattern === 'end' ? "from the first interval's end to midnight" : "from midnight to the last interval's start";
    problems.stop(
      'meter.stamp-contradictory',
      `"${name}" says that times are interval ${says}s, but they run ${day}, as ${pattern}s do; set stamp to start or end`,
    );
  }
  return says ?? pattern ?? 'start';
}

/** First and last of values that may be too many to spread. */
function bounds(values: NumberColumn): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  eachRun(values, (first, step, count) => {
    const end = first + step * (count - 1);
    least = Math.min(least, first, end);
    most = Math.max(most, first, end);
  });
  return [least, most];
}
