import { ProblemError } from '../domain/errors.ts';
import { formatDate, formatInstant } from '../domain/canonical.ts';
import type { Problem } from '../domain/problem.ts';
import type { Readings } from './readings.ts';

/** How many conflicts are reported one by one. */
const shownConflicts = 50;

export const describeStart = (readings: Readings, at: number): string =>
  readings.kind === 'bills' ? formatDate(readings.starts[at] ?? 0) : formatInstant(readings.starts[at] ?? 0);

/**
 * The order of the readings by time, each moment once. Equal readings of one moment are dropped with a warning; different
 * ones throw a `ProblemError` that names both lines.
 */
export function orderByTime(
  readings: Readings,
  files: readonly string[],
): { readonly rows: readonly number[]; readonly findings: readonly Problem[] } {
  const { starts, ends, energies, lines } = readings;
  const rows = [...starts.keys()].sort(
    (a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || (ends[a] ?? 0) - (ends[b] ?? 0) || a - b,
  );
  const kept: number[] = [];
  const conflicts: Problem[] = [];
  let conflictCount = 0;
  let dropped = 0;
  let firstDropped: number | undefined;
  const fileOf = (row: number): string => files[readings.files[row] ?? 0] ?? '';
  for (const row of rows) {
    const last = kept.at(-1);
    if (last === undefined || starts[last] !== starts[row]) {
      kept.push(row);
      continue;
    }
    if (energies[last] === energies[row] && ends[last] === ends[row]) {
      dropped += 1;
      firstDropped ??= row;
      continue;
    }
    conflictCount += 1;
    if (conflicts.length >= shownConflicts) continue;
    const elsewhere = fileOf(last) === fileOf(row) ? '' : ` of ${fileOf(last)}`;
    conflicts.push({
      severity: 'error',
      code: 'meter.duplicate-differs',
      message: `${describeStart(readings, row)} has ${String(energies[row])} here and ${String(energies[last])} on line ${String(lines[last])}${elsewhere} (kWh or therms): two meters in one file? Use select, or remove one`,
      file: fileOf(row),
      line: lines[row] ?? 0,
      data: { conflicts: conflictCount },
    });
  }
  const [first, ...rest] = conflicts;
  if (first !== undefined) {
    if (conflictCount > conflicts.length) {
      const message = `${String(conflictCount - conflicts.length)} more moments have two different values`;
      rest.push({ severity: 'error', code: 'file.more-problems', message, file: first.file ?? '' });
    }
    throw new ProblemError([first, ...rest]);
  }
  if (firstDropped === undefined) return { rows: kept, findings: [] };
  const finding: Problem = {
    severity: 'warning',
    code: 'meter.duplicate-dropped',
    message: `${String(dropped)} rows repeat an earlier one with the same value; each is used once, the first is ${describeStart(readings, firstDropped)}`,
    file: fileOf(firstDropped),
    line: lines[firstDropped] ?? 0,
    data: { rows: dropped },
  };
  return { rows: kept, findings: [finding] };
}
