import { dayMs, hourMs, minuteMs } from './cadence.ts';
import type { NumberColumn } from '../series/packed-numbers.ts';
import { isAscending } from '../series/sort-rows.ts';

/**
 * Wall times of a file that prints the midnight at the end of a day as 00:00 of that same day, after its 23:00 (before it
 * where the newest comes first): those midnights moved to the day's end. The column itself where the file does not.
 */
export function withLateMidnights(walls: NumberColumn, cadenceMs: number): NumberColumn {
  if (cadenceMs >= dayMs / 2 || isAscending(walls)) return walls;
  const [sameDay, nextDay] = [dayMs - cadenceMs, dayMs + cadenceMs];
  let [midnights, late] = [0, 0];
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    if (wall % dayMs !== 0) continue;
    midnights += 1;
    const before = at === 0 ? Number.NaN : walls.at(at - 1) - wall;
    const after = at === walls.length - 1 ? Number.NaN : walls.at(at + 1) - wall;
    const forward = before === sameDay && (Number.isNaN(after) || after >= nextDay);
    const backward = after === sameDay && (Number.isNaN(before) || before >= nextDay);
    if (forward || backward) late += 1;
  }
  if (late === 0 || late * 10 < midnights * 9) return walls;
  const moved: NumberColumn = {
    length: walls.length,
    at: (row) => {
      const wall = walls.at(row);
      return wall % dayMs === 0 ? wall + dayMs : wall;
    },
  };
  // Only what puts the whole file in order is evidence: rows that stand anyhow show nothing.
  let [rising, falling] = [true, true];
  for (let at = 1; at < moved.length; at += 1) {
    const step = moved.at(at) - moved.at(at - 1);
    rising &&= !(step < -2 * hourMs);
    falling &&= !(step > 2 * hourMs + cadenceMs);
  }
  return rising || falling ? moved : walls;
}

/**
 * Wall times of a file that stamps each interval with its last second or minute (`00:59`, `23:59:59`), moved on to the end
 * itself. Undefined where the file does not.
 */
export function endsOfLastMoments(walls: NumberColumn, cadenceMs: number): NumberColumn | undefined {
  if (cadenceMs < 5 * minuteMs || cadenceMs > dayMs || dayMs % cadenceMs !== 0 || walls.length < 2) return undefined;
  const first = walls.at(0);
  const short = [1000, minuteMs].find((ms) => (first + ms) % cadenceMs === 0);
  if (short === undefined) return undefined;
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    if (!Number.isNaN(wall) && (wall + short) % cadenceMs !== 0) return undefined;
  }
  return { length: walls.length, at: (row) => walls.at(row) + short };
}
