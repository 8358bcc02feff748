import type { Zone } from '../../domain/zone.ts';
import { dayMs } from '../time/cadence.ts';
import type { OrderedReadings } from '../series/readings.ts';
import { startOfDay } from './series.ts';

/** How much of each local day a series of intervals covers. Days go by their wall midnight. */
export interface DailyCoverage {
  /** Wall midnight of the first day with a reading. */
  readonly firstWall: number;
  readonly days: number;
  /** Time covered on a day, milliseconds, however many readings overlap; 0 outside. */
  coveredMs(wall: number): number;
  /** 23, 24 or 25 hours. */
  lengthMs(wall: number): number;
  /** At least half of the day is covered (CalTRACK 2.2.2.1). */
  hasData(wall: number): boolean;
}

/** Sums up intervals, in order of time, by local day: one pass, eight bytes a day. */
export function coverDays(readings: OrderedReadings, zone: Zone | undefined): DailyCoverage {
  const wallOf = (instant: number): number => Math.floor((instant + (zone?.offsetMsAt(instant) ?? 0)) / dayMs) * dayMs;
  const firstWall = readings.length === 0 ? 0 : wallOf(readings.start(0));
  const covered: number[] = [];
  let day = 0;
  let [dayFrom, dayTo] = [startOfDay(zone, firstWall), startOfDay(zone, firstWall + dayMs)];
  let reached = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < readings.length; at += 1) {
    const end = readings.end(at);
    let from = Math.max(readings.start(at), reached);
    while (from < end) {
      if (from >= dayTo || from < dayFrom) {
        const wall = wallOf(from);
        day = Math.round((wall - firstWall) / dayMs);
        [dayFrom, dayTo] = [startOfDay(zone, wall), startOfDay(zone, wall + dayMs)];
      }
      const until = Math.min(end, dayTo);
      while (covered.length <= day) covered.push(0);
      covered[day] = (covered[day] ?? 0) + until - from;
      from = until;
    }
    if (end > reached) reached = end;
  }
  const coveredMs = (wall: number): number => covered[Math.round((wall - firstWall) / dayMs)] ?? 0;
  const lengthMs = (wall: number): number => startOfDay(zone, wall + dayMs) - startOfDay(zone, wall);
  return {
    firstWall,
    days: covered.length,
    coveredMs,
    lengthMs,
    hasData: (wall) => 2 * coveredMs(wall) >= lengthMs(wall),
  };
}
