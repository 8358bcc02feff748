import { roundEnergy } from '../domain/canonical.ts';
import type { FileFacts } from '../domain/meter-data.ts';
import type { Readings } from './readings.ts';

/**
 * What the readings of one file come to: those in `readings` from `first` on, only those of file number `file` where it is
 * given. Times are as `readings` holds them.
 */
export function totalsFrom(
  readings: Readings,
  first: number,
  file?: number,
): Pick<FileFacts, 'rows' | 'start' | 'end' | 'sum'> {
  let [rows, start, end, sum] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  const { starts } = readings;
  for (let row = first; row < readings.length; row += 1) {
    if (file !== undefined && readings.place(row).file !== file) continue;
    rows += 1;
    const begins = starts.at(row);
    const ends = begins + readings.durationMs(row);
    if (begins < start) start = begins;
    if (ends > end) end = ends;
    sum += readings.energy(row);
  }
  return { rows, start: rows === 0 ? 0 : start, end: rows === 0 ? 0 : end, sum: roundEnergy(sum) };
}
