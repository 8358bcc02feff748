import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import { countSteps, dayMs, describeLength, hourMs, isDayLong, LengthCounts, minuteMs } from './cadence.ts';
import { endsOfLastMoments, withLateMidnights } from './late-midnights.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { NumberColumn } from '../series/packed-numbers.ts';
import { PackedNumbers } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import type { ResolvedColumn } from './resolve-column.ts';
import { endInstant, refuseUnclear, resolveColumn, wallsOf } from './resolve-column.ts';
import { intervalLengths, type Shorter } from './interval-lengths.ts';
import type { DateOrder } from './stamp.ts';
import type { StampColumn } from './stamp-column.ts';
import { decideStamp } from './stamp-meaning.ts';

/** Start of each row as an instant, and its length; NaN where a row has none (and no value either, or a problem is recorded). */
export interface IntervalTimes {
  readonly starts: NumberColumn;
  /** Milliseconds. */
  readonly lengths: NumberColumn;
  readonly cadenceMs: number;
  readonly stamp: 'start' | 'end';
  /** Rows that are shorter than the cadence. */
  readonly shorter: Shorter | undefined;
  /** Rows of parts that keep to a longer cadence. */
  readonly longer: Shorter | undefined;
  /** Rows whose hour is a doubled one that the file has only once. */
  readonly once: readonly number[];
}

/** A column of which every number is so much less. */
function earlier(column: NumberColumn, ms: number): NumberColumn {
  return { length: column.length, at: (row) => column.at(row) - ms };
}

/** True when the file writes autumn's ends as the printed start plus the interval: a time twice that clocks showed once. */
function endsByWall(column: StampColumn, walls: NumberColumn, cadenceMs: number, zone: Zone): boolean {
  const seen = new Set<number>();
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    if (zone.changeAround(wall) === undefined || column.offsetMs(at) !== undefined) continue;
    if (seen.has(wall) && zone.instantsOf(wall).length === 1 && zone.instantsOf(wall - cadenceMs).length === 2) {
      return true;
    }
    seen.add(wall);
  }
  return false;
}

/** The walls near a clock change at which the file has a value. */
function wallsReadNearChanges(table: MeterTable, walls: NumberColumn, zone: Zone): ReadonlySet<number> {
  const read = new Set<number>();
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    if (zone.changeAround(wall) === undefined) continue;
    if (!Number.isNaN(table.points.at(at)) || !Number.isNaN(table.commas.at(at))) read.add(wall);
  }
  return read;
}

/**
 * Starts of rows stamped with their end. Autumn is printed in two manners: the clock as it stood at the end (01:00 twice)
 * or the printed start plus the interval (02:00 twice, which no clock showed twice); the second is known by that.
 */
function startsOfEnds(
  table: MeterTable,
  walls: NumberColumn,
  cadenceMs: number,
  zone: Zone | undefined,
  problems: ProblemList,
): ResolvedColumn {
  const column = table.starts;
  if (zone !== undefined && endsByWall(column, walls, cadenceMs, zone)) {
    return resolveColumn(column, earlier(walls, cadenceMs), zone, problems);
  }
  const resolved = resolveColumn(column, walls, zone, problems);
  if (zone === undefined) return { ...resolved, instants: earlier(resolved.instants, cadenceMs) };
  const read = wallsReadNearChanges(table, walls, zone);
  const dayLong = isDayLong(cadenceMs);
  const starts = new PackedNumbers();
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    let instant = resolved.instants.at(at);
    // Spring's missing 02:00, as the end of 01:00 to 02:00, is the moment of the change, unless 03:00 is there and is it.
    const change = Number.isNaN(instant) ? zone.transitionNear(wall) : undefined;
    const isChange = change !== undefined && wall === change.at + change.beforeMs;
    if (isChange && !read.has(change.at + change.afterMs)) instant = change.at;
    starts.push(dayLong && column.offsetMs(at) === undefined ? zone.startOfDay(wall - dayMs) : instant - cadenceMs);
  }
  return { ...resolved, instants: starts };
}

/** Times of rows that have a start and an end. */
function timesWithEnds(
  table: MeterTable,
  ends: StampColumn,
  order: DateOrder,
  zone: Zone | undefined,
  problems: ProblemList,
): IntervalTimes {
  const writtenWalls = wallsOf(table.starts, order);
  /** Starts that autumn's first pass counted on into the second: `02:00,01:15` begins at the second 01:00. */
  const countedOn = new Map<number, number>();
  const startWalls: NumberColumn = {
    length: writtenWalls.length,
    at: (at) => (countedOn.size === 0 ? undefined : countedOn.get(at)) ?? writtenWalls.at(at),
  };
  /** What is printed between a row's start and its end. */
  const printed = new PackedNumbers();
  const lengths = new LengthCounts();
  for (let at = 0; at < startWalls.length; at += 1) {
    const [start, end] = [startWalls.at(at), ends.wall(at, order)];
    let printedMs = (table.endsAreTimes && end + hourMs < start ? end + dayMs : end) - start;
    const change = printedMs < 0 && table.starts.offsetMs(at) === undefined ? zone?.transitionNear(start) : undefined;
    if (change !== undefined && start === change.at + change.beforeMs && change.afterMs < change.beforeMs) {
      countedOn.set(at, change.at + change.afterMs);
      printedMs = end - startWalls.at(at);
    }
    printed.push(printedMs);
    lengths.add(printed.at(at));
  }
  const written = lengths.mostFrequent ?? 0;
  const step = countSteps(startWalls).mostFrequent ?? written;
  // 00:59, 23:59:59, or the day itself: the last moment inside the interval, not the first one after it.
  const short = step - written;
  const inclusive =
    [1, 1000, minuteMs].includes(short) || (short === dayMs && table.starts.datesOnly && ends.datesOnly);
  const cadenceMs = inclusive ? step : written;
  // 14:00:01 to 14:30:00: the first moment after the one before, not the first one inside.
  const late = short === 1000 && startWalls.at(0) % minuteMs === short && ends.wall(0, order) % minuteMs === 0;
  const walls = late ? earlier(startWalls, short) : startWalls;
  const resolved = resolveColumn(table.starts, walls, zone, problems);
  const elapsed = new PackedNumbers();
  for (let at = 0; at < startWalls.length; at += 1) {
    const start = resolved.instants.at(at);
    const printedMs = printed.at(at) + (inclusive ? short : 0);
    const wall = walls.at(at) + printedMs;
    const offsetMs = ends.offsetMs(at);
    let lengthMs: number;
    if (offsetMs !== undefined) lengthMs = wall - offsetMs - start;
    else if (zone === undefined) lengthMs = printedMs;
    else {
      lengthMs = endInstant(wall, start, zone) - start;
      // The first 01:00 to 02:00 of autumn ends when the clock goes back, not two hours later.
      if (lengthMs !== cadenceMs && printedMs === cadenceMs && cadenceMs <= hourMs) lengthMs = cadenceMs;
    }
    // Spring's missing hour has no start, and so no length.
    elapsed.push(Number.isNaN(start) ? Number.NaN : lengthMs);
    if (elapsed.at(at) <= 0) {
      problems.badRow('meter.end-before-start', 'the end of this row is not after its start; correct it', {
        line: table.lines.at(at),
      });
    }
  }
  refuseUnclear(table, resolved.unclear, problems);
  const starts = resolved.instants;
  return {
    starts,
    lengths: elapsed,
    cadenceMs,
    stamp: 'start',
    shorter: undefined,
    longer: undefined,
    once: resolved.once,
  };
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
  const printedWalls = wallsOf(table.starts, order);
  const cadenceMs = givenMs ?? countSteps(printedWalls).mostFrequent;
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
  const saysStart = options.stamp === 'start' || (options.stamp === undefined && table.stampSays === 'start');
  const lastMoments = saysStart || table.starts.datesOnly ? undefined : endsOfLastMoments(printedWalls, cadenceMs);
  const walls =
    lastMoments ??
    (saysStart || table.starts.offsetMs(0) !== undefined ? printedWalls : withLateMidnights(printedWalls, cadenceMs));
  const stamp = lastMoments === undefined ? decideStamp(table, walls, cadenceMs, options, problems) : 'end';
  const resolved =
    stamp === 'end'
      ? startsOfEnds(table, walls, cadenceMs, zone, problems)
      : resolveColumn(table.starts, walls, zone, problems);
  refuseUnclear(table, resolved.unclear, problems);
  const startWalls = stamp === 'end' ? earlier(walls, cadenceMs) : walls;
  const measured = intervalLengths(table, startWalls, resolved.instants, cadenceMs, zone, givenMs !== undefined);
  return { ...measured, starts: resolved.instants, cadenceMs, stamp, once: resolved.once };
}
