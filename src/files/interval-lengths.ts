import type { Zone } from '../domain/zone.ts';
import { hourMs, isDayLong } from './cadence.ts';
import type { MeterTable } from './meter-table.ts';
import type { NumberColumn } from './packed-numbers.ts';
import { PackedNumbers } from './packed-numbers.ts';
import { isAscending, sortRows } from './sort-rows.ts';

/** Rows looked at for the first line of those that are shorter: files are seldom that much out of order. */
const searchedRows = 1000;

/** Rows that are shorter than the cadence: how many, and the first line among the earliest of them. */
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
 * Lengths of rows without an end: a cadence, or until the next row where that comes first. NaN where a row has no start.
 * Rows out of order cost a sort, rows in order none.
 */
export function intervalLengths(
  table: MeterTable,
  walls: NumberColumn,
  starts: NumberColumn,
  cadenceMs: number,
  zone: Zone | undefined,
): { readonly lengths: NumberColumn; readonly shorter: Shorter | undefined } {
  const rows = isAscending(starts) ? undefined : sortRows(starts);
  const count = rows === undefined ? starts.length : rows.length;
  const packed = new PackedNumbers();
  // A length is a day and a bit at most: 32 bits hold its milliseconds, and no length is 0.
  const placed = rows === undefined ? undefined : new Int32Array(starts.length);
  let [shorterRows, line] = [0, Number.POSITIVE_INFINITY];
  let next = 0;
  for (let place = 0; place < count; place += 1) {
    const at = rows === undefined ? place : (rows[place] ?? 0);
    const start = starts.at(at);
    if (Number.isNaN(start)) {
      packed.push(Number.NaN);
      continue;
    }
    next = Math.max(next, place + 1);
    while (next < count && !(starts.at(rows === undefined ? next : (rows[next] ?? 0)) > start)) next += 1;
    const following =
      next < count ? starts.at(rows === undefined ? next : (rows[next] ?? 0)) : Number.POSITIVE_INFINITY;
    const stepMs = following - start;
    const usualMs = usualLength(table, at, walls.at(at), start, stepMs, cadenceMs, zone);
    if (stepMs < usualMs) {
      if (shorterRows < searchedRows) line = Math.min(line, table.lines.at(at));
      shorterRows += 1;
    }
    const lengthMs = Math.min(usualMs, stepMs);
    if (placed === undefined) packed.push(lengthMs);
    else placed[at] = lengthMs;
  }
  const lengths =
    placed === undefined ? packed : { length: placed.length, at: (at: number) => placed[at] || Number.NaN };
  return { lengths, shorter: shorterRows === 0 ? undefined : { rows: shorterRows, line } };
}
