import { ProblemError } from '../../domain/errors.ts';
import { formatDate, formatInstant } from '../../domain/canonical.ts';
import type { DataKind } from '../../domain/meter-data.ts';
import type { Problem } from '../../domain/problem.ts';
import { keptErrors, notShown } from '../kept-errors.ts';
import type { OrderedReadings, Readings } from './readings.ts';
import { isAscending, sortRows } from './sort-rows.ts';

const describeStart = (kind: DataKind, start: number): string =>
  kind === 'bills' ? formatDate(start) : formatInstant(start);

/** All rows by start, then end, then place; undefined where that is the order they are in already, each moment once. */
function rowsByTime(readings: Readings): Uint32Array | undefined {
  const { starts } = readings;
  if (isAscending(starts, true)) return undefined;
  const rows = sortRows(starts);
  for (let from = 0; from < rows.length;) {
    const start = starts.at(rows[from] ?? 0);
    let until = from + 1;
    while (until < rows.length && starts.at(rows[until] ?? 0) === start) until += 1;
    if (until - from > 1) {
      const moment = [...rows.subarray(from, until)].sort((a, b) => readings.end(a) - readings.end(b) || a - b);
      rows.set(moment, from);
    }
    from = until;
  }
  return rows;
}

/**
 * The readings by time, each moment once. Equal readings of one moment are dropped with a warning; different ones throw a
 * `ProblemError` that names both lines.
 */
export function orderByTime(
  readings: Readings,
  files: readonly string[],
): { readonly ordered: OrderedReadings; readonly findings: readonly Problem[] } {
  const rows = rowsByTime(readings);
  if (rows === undefined) return { ordered: readings.inOrder(undefined), findings: [] };
  const { kind, starts } = readings;
  const conflicts: Problem[] = [];
  let conflictCount = 0;
  let dropped = 0;
  let firstDropped: number | undefined;
  let kept = 0;
  let last: number | undefined;
  const fileOf = (row: number): string => files[readings.place(row).file] ?? '';
  const lineOf = (row: number): number => readings.place(row).line;
  for (const row of rows) {
    if (last === undefined || starts.at(last) !== starts.at(row)) {
      // The kept rows take the place of those already looked at.
      rows[kept] = row;
      kept += 1;
      last = row;
      continue;
    }
    if (readings.energy(last) === readings.energy(row) && readings.end(last) === readings.end(row)) {
      dropped += 1;
      firstDropped ??= row;
      continue;
    }
    conflictCount += 1;
    if (conflicts.length >= keptErrors) continue;
    const elsewhere = fileOf(last) === fileOf(row) ? '' : ` of ${fileOf(last)}`;
    conflicts.push({
      severity: 'error',
      code: 'meter.duplicate-differs',
      message: `${describeStart(kind, starts.at(row))} has ${String(readings.energy(row))} here and ${String(readings.energy(last))} on line ${String(lineOf(last))}${elsewhere} (kWh or therms): two meters in one file? Use select, or remove one`,
      file: fileOf(row),
      line: lineOf(row),
      data: { conflicts: conflictCount },
    });
  }
  const [first, ...rest] = conflicts;
  if (first !== undefined) {
    if (conflictCount > conflicts.length) {
      const message = `${String(conflictCount - conflicts.length)} more moments have two different values`;
      const more = new Map([[first.code, conflictCount - conflicts.length]]);
      rest.push(notShown(first.file ?? '', message, more));
    }
    throw new ProblemError([first, ...rest]);
  }
  const ordered = readings.inOrder(rows.subarray(0, kept));
  if (firstDropped === undefined) return { ordered, findings: [] };
  const finding: Problem = {
    severity: 'warning',
    code: 'meter.duplicate-dropped',
    message: `${String(dropped)} rows repeat an earlier one with the same value; each is used once, the first is ${describeStart(kind, starts.at(firstDropped))}`,
    file: fileOf(firstDropped),
    line: lineOf(firstDropped),
    data: { rows: dropped },
  };
  return { ordered, findings: [finding] };
}
