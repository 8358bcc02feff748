import type { Problem } from '../../domain/problem.ts';
import { dayMs } from '../time/cadence.ts';
import { operationWall, showStart, showTime, startOfDay, warn, type DatedProblem, type Series } from './series.ts';

/** Readings other than zero before the asset was in operation (wattcarbon contract, solar audit). */
export function findBeforeOperation(series: Series): readonly Problem[] {
  const { readings, zone, subject } = series;
  const wall = operationWall(series);
  if (wall === undefined) return [];
  const began = readings.kind === 'bills' ? wall : startOfDay(zone, wall);
  let count = 0;
  let first: number | undefined;
  for (let at = 0; at < readings.length && readings.start(at) < began; at += 1) {
    if (readings.energy(at) === 0 || readings.end(at) > began) continue;
    count += 1;
    first ??= at;
  }
  if (first === undefined) return [];
  const date = subject.operationDate ?? '';
  const message = `${String(count)} readings that are not zero lie before operation began on ${date}, the first on ${showStart(series, first)}: check commencedOperationDate, or leave them out (wattcarbon contract, solar audit)`;
  return [warn(series, first, 'meter.before-operation', message, { rows: count, operationDate: date })];
}

/** Readings that end after today; holds until that day has come. A year that is impossible is mistyped (CalTRACK 2.3.1.2). */
export function findAfterToday(series: Series): readonly DatedProblem[] {
  const { readings, zone } = series;
  let [latest, at] = [Number.NEGATIVE_INFINITY, -1];
  // Where all last the same, the last one ends last.
  const least = readings.uniformMs === undefined ? 0 : readings.length - 1;
  for (let row = readings.length - 1; row >= least; row -= 1) {
    const end = readings.end(row);
    if (end > latest) [latest, at] = [end, row];
    // Starts are in order: an earlier row that ends later would have to span months.
    if (readings.start(row) < latest - 400 * dayMs) break;
  }
  if (at < 0) return [];
  const lastMoment = latest - 1;
  const wall = readings.kind === 'bills' || zone === undefined ? lastMoment : lastMoment + zone.offsetMsAt(lastMoment);
  const until = startOfDay(zone, Math.floor(wall / dayMs) * dayMs);
  const end = showTime(readings, latest);
  const message = `the readings go on until ${end}, which is after today: check the year and the order of day and month (CalTRACK 2.3.1.2)`;
  return [{ ...warn(series, at, 'meter.after-today', message, { end }), holds: { until } }];
}
