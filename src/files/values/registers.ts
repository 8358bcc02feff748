import { formatDate, formatInstant, isWritableEnergy, roundEnergy } from '../../domain/canonical.ts';
import type { Quality } from '../../domain/meter-data.ts';
import type { ReadingOptions } from '../../domain/site.ts';
import { toKwh } from '../../domain/units.ts';
import { dayMs, mostFrequent, stepsOf } from '../time/cadence.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { ProblemList } from '../problem-list.ts';
import { refuseUnclear, resolveColumn, wallsOf } from '../time/resolve-column.ts';
import type { MeterContext } from '../series/readings.ts';
import type { StampColumn } from '../time/stamp-column.ts';
import type { SettledFile } from '../series/settled-file.ts';

/** A meter's counts as columns of equal length, from all of its files, until the last one is read. */
export interface Counts {
  /** When the count stood there: an instant, and the local date as its midnight's wall time. */
  readonly instants: number[];
  readonly dates: number[];
  /** In the file's unit as written, and in kWh; NaN where the row says that there was no reading. */
  readonly written: number[];
  readonly kwh: number[];
  readonly qualities: Quality[];
  readonly files: number[];
  readonly lines: number[];
}

export function emptyCounts(): Counts {
  return { instants: [], dates: [], written: [], kwh: [], qualities: [], files: [], lines: [] };
}

/** Which stamp says when the count stood there: the only one, or the one that `stamp` chooses. */
function momentColumn(table: MeterTable, options: ReadingOptions, problems: ProblemList): StampColumn {
  if (table.ends === undefined || options.stamp === 'start') return table.starts;
  if (options.stamp === 'end') return table.ends;
  return problems.stop(
    'meter.stamp-ambiguous',
    "each count has a start and an end, and nothing says at which of the two the meter stood there; set stamp: start or stamp: end, or values: interval if they are each interval's energy",
  );
}

/** Appends a file's counts. Gives how many rows have one, for `check --explain`. */
export function addCounts(
  counts: Counts,
  { file, table, values, order, context, options, problems }: SettledFile,
): { readonly rows: number } {
  const column = momentColumn(table, options, problems);
  const walls = wallsOf(column, order);
  const resolved = resolveColumn(column, walls, context.zone, problems);
  refuseUnclear(table, resolved.unclear, problems);
  let rows = 0;
  for (let at = 0; at < values.numbers.length; at += 1) {
    const number = values.numbers.at(at);
    const instant = resolved.instants.at(at);
    const line = table.lines.at(at);
    if (problems.leavesOut(line)) continue;
    const kwh = toKwh(number, values.unit, 0);
    if (Number.isNaN(instant)) {
      if (Number.isNaN(number)) continue;
      const text = table.skipped.get(at) ?? new Date(walls.at(at)).toISOString().slice(0, 16).replace('T', ' ');
      const message = `"${text}" does not exist in ${context.zone?.name ?? 'the time zone'}: the clocks went forward over it; check timezone, or remove the count`;
      problems.badRow('meter.time-nonexistent', message, { line });
      continue;
    }
    if (!Number.isNaN(number) && !isWritableEnergy(kwh)) {
      const message = `${String(number)} ${values.unit} is no count of a meter; correct it`;
      problems.badRow('meter.value-out-of-range', message, { line });
      continue;
    }
    const naive = column.offsetMs(at) === undefined;
    const wall = naive || context.zone === undefined ? walls.at(at) : instant + context.zone.offsetMsAt(instant);
    counts.instants.push(instant);
    counts.dates.push(Math.floor(wall / dayMs) * dayMs);
    counts.written.push(values.written.at(at));
    counts.kwh.push(kwh);
    counts.qualities.push(table.qualities.at(at));
    counts.files.push(file);
    counts.lines.push(line);
    if (!Number.isNaN(number)) rows += 1;
  }
  return { rows };
}

/** Where and how a count is told of in a problem: `1500.2 on line 7`. */
export function describeCount(counts: Counts, at: number, files: readonly string[], beside?: number): string {
  const file = counts.files[at] ?? 0;
  const elsewhere = beside !== undefined && counts.files[beside] !== file ? ` of ${files[file] ?? ''}` : '';
  return `${String(counts.written[at])} on line ${String(counts.lines[at])}${elsewhere}`;
}

/** The moment of a count, as a problem names it. */
export function describeMoment(counts: Counts, at: number, kind: 'bills' | 'intervals'): string {
  return kind === 'bills' ? formatDate(counts.dates[at] ?? 0) : formatInstant(counts.instants[at] ?? 0);
}

/** The usual time between two counts: the most frequent one. Two days and more make bills of the differences. */
export function cadenceOf(counts: Counts, rows: readonly number[]): number | undefined {
  return mostFrequent(stepsOf(rows.map((at) => counts.instants[at] ?? 0)));
}

/** The energy between two counts in the canonical unit. */
export function energyBetween(kwh: number, context: MeterContext, options: ReadingOptions): number {
  return roundEnergy((options.sign === 'invert' ? -1 : 1) * context.fromKwh(kwh));
}
