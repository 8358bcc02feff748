import type { ReadingOptions } from '../domain/site.ts';
import type { Zone } from '../domain/zone.ts';
import { dayMs, describeLength, hourMs, isDayLong, minuteMs, mostFrequent, stepsOf } from './cadence.ts';
import type { MeterTable } from './meter-table.ts';
import type { ProblemList } from './problem-list.ts';
import { endInstant, refuseUnclear, resolveColumn, wallsOf } from './resolve-column.ts';
import type { DateOrder } from './stamp.ts';
import type { StampColumn } from './stamp-column.ts';
import { decideStamp } from './stamp-meaning.ts';

/** Start and end of each row as instants; NaN where a row has none (and no value either, or a problem is recorded). */
export interface IntervalTimes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly cadenceMs: number;
  readonly stamp: 'start' | 'end';
  /** Rows that are shorter than the cadence. */
  readonly shorter: readonly number[];
  /** Rows whose hour is a doubled one that the file has only once. */
  readonly once: readonly number[];
}

function sortedDistinct(values: readonly number[]): readonly number[] {
  return [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
}

interface StampsAsStarts {
  readonly starts: readonly number[];
  readonly unclear: readonly number[];
  readonly once: readonly number[];
}

/**
 * Starts of rows stamped with their end. Autumn is printed in two manners: the clock as it stood at the end (01:00 twice)
 * or the printed start plus the interval (02:00 twice, which no clock showed twice); the second is known by that.
 */
function startsOfEnds(
  table: MeterTable,
  walls: readonly number[],
  cadenceMs: number,
  zone: Zone | undefined,
  problems: ProblemList,
): StampsAsStarts {
  const column = table.starts;
  const seen = new Set<number>();
  const byWall =
    zone !== undefined &&
    walls.some((wall, at) => {
      if (column.offsetMs(at) !== undefined) return false;
      const doubled = seen.has(wall);
      seen.add(wall);
      return doubled && zone.instantsOf(wall).length === 1 && zone.instantsOf(wall - cadenceMs).length === 2;
    });
  if (byWall) {
    const resolved = resolveColumn(
      column,
      walls.map((wall) => wall - cadenceMs),
      zone,
      problems,
    );
    return { ...resolved, starts: resolved.instants };
  }
  const resolved = resolveColumn(column, walls, zone, problems);
  const read = new Set(walls.filter((_, at) => !Number.isNaN(table.points[at]) || !Number.isNaN(table.commas[at])));
  const starts = resolved.instants.map((end, at) => {
    const wall = walls[at] ?? Number.NaN;
    // Spring's missing 02:00, as the end of 01:00 to 02:00, is the moment of the change, unless 03:00 is there and is it.
    const change = Number.isNaN(end) && zone !== undefined ? zone.transitionNear(wall) : undefined;
    const isChange = wall === (change?.at ?? Number.NaN) + (change?.beforeMs ?? 0);
    const instant = change !== undefined && isChange && !read.has(change.at + change.afterMs) ? change.at : end;
    if (!isDayLong(cadenceMs) || zone === undefined || column.offsetMs(at) !== undefined) return instant - cadenceMs;
    return zone.startOfDay(wall - dayMs);
  });
  return { ...resolved, starts };
}

/** Times of rows that have a start and an end. */
function timesWithEnds(
  table: MeterTable,
  ends: StampColumn,
  order: DateOrder,
  zone: Zone | undefined,
  problems: ProblemList,
): IntervalTimes {
  const startWalls = wallsOf(table.starts, order);
  const endWalls = wallsOf(ends, order).map((wall, at) =>
    table.endsAreTimes && wall + hourMs < (startWalls[at] ?? 0) ? wall + dayMs : wall,
  );
  const written = mostFrequent(endWalls.map((wall, at) => wall - (startWalls[at] ?? 0))) ?? 0;
  const step = mostFrequent(stepsOf(sortedDistinct(startWalls))) ?? written;
  // 00:59, 23:59:59, or the day itself: the last moment inside the interval, not the first one after it.
  const short = step - written;
  const inclusive =
    [1, 1000, minuteMs].includes(short) || (short === dayMs && table.starts.datesOnly && ends.datesOnly);
  const cadenceMs = inclusive ? step : written;
  const resolved = resolveColumn(table.starts, startWalls, zone, problems);
  const instants = endWalls.map((endWall, at) => {
    const start = resolved.instants[at] ?? Number.NaN;
    const wall = endWall + (inclusive ? short : 0);
    const offsetMs = ends.offsetMs(at);
    if (offsetMs !== undefined) return wall - offsetMs;
    if (zone === undefined) return start + wall - (startWalls[at] ?? 0);
    const elapsed = endInstant(wall, start, zone) - start;
    const printed = wall - (startWalls[at] ?? 0);
    // The first 01:00 to 02:00 of autumn ends when the clock goes back, not two hours later.
    return start + (elapsed !== cadenceMs && printed === cadenceMs && cadenceMs <= hourMs ? cadenceMs : elapsed);
  });
  for (const [at, end] of instants.entries()) {
    if (end <= (resolved.instants[at] ?? Number.NaN)) {
      problems.badRow('meter.end-before-start', 'the end of this row is not after its start; correct it', {
        line: table.lines[at] ?? 0,
      });
    }
  }
  refuseUnclear(table, resolved.unclear, problems);
  return { starts: resolved.instants, ends: instants, cadenceMs, stamp: 'start', shorter: [], once: resolved.once };
}

/** Where every row of an interval file begins and ends. Throws through `problems` where that cannot be known. */
export function intervalTimes(
  table: MeterTable,
  order: DateOrder,
  zone: Zone | undefined,
  options: ReadingOptions,
  givenMs: number | undefined,
  problems: ProblemList,
): IntervalTimes {
  if (table.ends !== undefined) return timesWithEnds(table, table.ends, order, zone, problems);
  const walls = wallsOf(table.starts, order);
  const cadenceMs = givenMs ?? mostFrequent(stepsOf(sortedDistinct(walls)));
  if (cadenceMs === undefined) {
    return problems.stop(
      'meter.interval-unknown',
      'one row alone does not say how long its interval is; set interval (for example PT1H)',
    );
  }
  if (cadenceMs > dayMs + hourMs) {
    const [code, message] =
      cadenceMs >= 25 * dayMs
        ? ([
            'meter.bill-end-missing',
            'the rows are a month apart, like bills, but have no end; a bill needs start_date and end_date',
          ] as const)
        : ([
            'meter.cadence-unsupported',
            `the rows are ${describeLength(cadenceMs)} apart: more than a day, less than a month; give each row a start and an end`,
          ] as const);
    problems.stop(code, message);
  }
  const stamp = decideStamp(table, walls, cadenceMs, options, problems);
  const resolved =
    stamp === 'end'
      ? startsOfEnds(table, walls, cadenceMs, zone, problems)
      : named(resolveColumn(table.starts, walls, zone, problems));
  refuseUnclear(table, resolved.unclear, problems);
  const startWalls = stamp === 'end' ? walls.map((wall) => wall - cadenceMs) : walls;
  return { ...lengths(table, startWalls, resolved.starts, cadenceMs, zone), cadenceMs, stamp, once: resolved.once };
}

function named(resolved: ReturnType<typeof resolveColumn>): StampsAsStarts {
  return { starts: resolved.instants, unclear: resolved.unclear, once: resolved.once };
}

/** Ends of rows without one: a cadence later, or at the next row where that comes first; a day is as long as the zone makes it. */
function lengths(
  table: MeterTable,
  walls: readonly number[],
  starts: readonly number[],
  cadenceMs: number,
  zone: Zone | undefined,
) {
  const byTime = [...starts.keys()]
    .filter((at) => !Number.isNaN(starts[at]))
    .sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  const ends = starts.map(() => Number.NaN);
  const shorter: number[] = [];
  let next = Number.POSITIVE_INFINITY;
  let following = Number.POSITIVE_INFINITY;
  for (const at of byTime.toReversed()) {
    const start = starts[at] ?? Number.NaN;
    if (start < next) [following, next] = [next, start];
    const step = following - start;
    let usual = cadenceMs;
    if (cadenceMs > hourMs) {
      const naive = table.starts.offsetMs(at) === undefined && zone !== undefined;
      const changes = naive && zone.offsetMsAt(start) !== zone.offsetMsAt(start + cadenceMs + hourMs);
      if (Math.abs(step - cadenceMs) <= hourMs && (changes || isDayLong(cadenceMs))) usual = step;
      else if (naive) usual = zone.startOfDay((walls[at] ?? 0) + cadenceMs) - zone.startOfDay(walls[at] ?? 0);
    }
    if (step < usual) shorter.push(at);
    ends[at] = start + Math.min(usual, step);
  }
  return { starts, ends, shorter: shorter.toReversed() };
}
