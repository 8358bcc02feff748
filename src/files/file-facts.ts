import { roundEnergy } from '../domain/canonical.ts';
import type { FileFacts } from '../domain/meter-data.ts';
import { blockLength } from './series/packed-numbers.ts';
import type { Readings } from './series/readings.ts';
import { isAscending, isSteady } from './series/sort-rows.ts';

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
  if (first === 0 && file === undefined && isAscending(starts)) return totalsInOrder(readings);
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

/** The same for all readings, in order of time: the first begins first, and who ends last is known where all last the same. */
function totalsInOrder(readings: Readings): Pick<FileFacts, 'rows' | 'start' | 'end' | 'sum'> {
  const { length, starts, lengths } = readings;
  if (length === 0) return { rows: 0, start: 0, end: 0, sum: 0 };
  let end = Number.NEGATIVE_INFINITY;
  if (isSteady(lengths, 0)) end = readings.end(length - 1);
  else for (let row = 0; row < length; row += 1) end = Math.max(end, readings.end(row));
  const block = new Float64Array(blockLength);
  let sum = 0;
  for (let from = 0; from < length; from += blockLength) {
    const read = readings.readEnergies(from, block);
    for (let at = 0; at < read; at += 1) sum += block[at] ?? 0;
  }
  return { rows: length, start: starts.at(0), end, sum: roundEnergy(sum) };
}
