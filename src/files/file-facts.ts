import { roundEnergy } from '../domain/canonical.ts';
import type { FileFacts } from '../domain/meter-data.ts';
import type { Readings } from './readings.ts';

/** What the readings of one file come to: those in `readings` from `first` on. Times are as `readings` holds them. */
export function totalsFrom(readings: Readings, first: number): Pick<FileFacts, 'rows' | 'start' | 'end' | 'sum'> {
  let [start, end, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let row = first; row < readings.length; row += 1) {
    start = Math.min(start, readings.starts.at(row));
    end = Math.max(end, readings.end(row));
    sum += readings.energy(row);
  }
  const rows = readings.length - first;
  return { rows, start: rows === 0 ? 0 : start, end: rows === 0 ? 0 : end, sum: roundEnergy(sum) };
}
