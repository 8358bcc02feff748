import type { Zone } from '../../domain/zone.ts';
import { hourMs, isDayLong } from './cadence.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { NumberColumn } from '../series/packed-numbers.ts';
import { PackedNumbers } from '../series/packed-numbers.ts';
import { isAscending, isSteady, sortRows } from '../series/sort-rows.ts';
import type { SteadyRun } from './steady-runs.ts';
import { findSteadyRuns } from './steady-runs.ts';

/** Rows looked at for the first line of those that are shorter: files are seldom that much out of order. */
const searchedRows = 1000;

/** Rows that are shorter, or longer, than the cadence: how many, and the first line among the earliest of them. */
export interface Shorter {
  readonly rows: number;
  readonly line: number;
}

/** The length a row would have with no row after it: the cadence, but a day is as long as the zone makes it. */
function usualLength(
  table: MeterTable,
  at: number,
  wall: number,
  start: number,
  stepMs: number,
  cadenceMs: number,
  zone: Zone | undefined,
): number {
  if (cadenceMs <= hourMs) return cadenceMs;
  const naive = table.starts.offsetMs(at) === undefined && zone !== undefined;
  const changes = naive && zone.offsetMsAt(start) !== zone.offsetMsAt(start + cadenceMs + hourMs);
  if (Math.abs(stepMs - cadenceMs) <= hourMs && (changes || isDayLong(cadenceMs))) return stepMs;
  return naive ? zone.startOfDay(wall + cadenceMs) - zone.startOfDay(wall) : cadenceMs;
}

/**
 * Lengths of rows without an end: a cadence, or until the next row where that comes first; in a part of the file that keeps
 * to a longer cadence, that one, unless the length was `given`. NaN where a row has no start. Rows out of order cost a sort,
 * rows in order none.
 */
export function intervalLengths(
  table: MeterTable,
  walls: NumberColumn,
  starts: NumberColumn,
  cadenceMs: number,
  zone: Zone | undefined,
  given: boolean,
): { readonly lengths: NumberColumn; readonly shorter: Shorter | undefined; readonly longer: Shorter | undefined } {
  if (cadenceMs <= hourMs && isSteady(starts, cadenceMs)) {
    const lengths = new PackedNumbers();
    lengths.pushRun(cadenceMs, 0, starts.length);
    return { lengths, shorter: undefined, longer: undefined };
  }
  const rows = isAscending(starts) ? undefined : sortRows(starts);
  const count = rows === undefined ? starts.length : rows.length;
  const packed = new PackedNumbers();
  // A length is a day and a bit at most: 32 bits hold its milliseconds, and no length is 0.
  const placed = rows === undefined ? undefined : new Int32Array(starts.length);
  let [shorterRows, line] = [0, Number.POSITIVE_INFINITY];
  let next = 0;
  let following = Number.NaN;
  /** Looked for at the first step that is longer than the cadence. */
  let runs: readonly SteadyRun[] | undefined;
  let run = 0;
  let [longerRows, longerLine] = [0, 0];
  const startAt = (place: number): number => starts.at(rows === undefined ? place : (rows[place] ?? 0));
  for (let place = 0; place < count; place += 1) {
    const at = rows === undefined ? place : (rows[place] ?? 0);
    const start = next === place && place > 0 ? following : starts.at(at);
    if (Number.isNaN(start)) {
      if (placed === undefined) packed.push(Number.NaN);
      continue;
    }
    if (next <= place) next = place + 1;
    following = next < count ? startAt(next) : Number.POSITIVE_INFINITY;
    while (next < count && !(following > start)) {
      next += 1;
      following = next < count ? startAt(next) : Number.POSITIVE_INFINITY;
    }
    const stepMs = following - start;
    let usualMs = usualLength(table, at, cadenceMs > hourMs ? walls.at(at) : 0, start, stepMs, cadenceMs, zone);
    if (stepMs > usualMs && cadenceMs <= hourMs && !given) {
      if (next < count) runs ??= findSteadyRuns(count, startAt, place, cadenceMs);
      while ((runs?.[run]?.until ?? place + 1) <= place) run += 1;
      const steady = runs?.[run];
      if (steady !== undefined && steady.from <= place) {
        usualMs = steady.stepMs;
        if (longerRows === 0) longerLine = table.lines.at(at);
        longerRows += 1;
      }
    }
    if (stepMs < usualMs) {
      if (shorterRows < searchedRows) line = Math.min(line, table.lines.at(at));
      shorterRows += 1;
    }
    const lengthMs = Math.min(usualMs, stepMs);
    if (placed === undefined) packed.push(lengthMs);
    else placed[at] = lengthMs;
  }
  if (placed !== undefined) for (const lengthMs of placed) packed.push(lengthMs === 0 ? Number.NaN : lengthMs);
  return {
    lengths: packed,
    shorter: shorterRows === 0 ? undefined : { rows: shorterRows, line },
    longer: longerRows === 0 ? undefined : { rows: longerRows, line: longerLine },
  };
}
