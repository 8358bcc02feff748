import { formatDate, formatInstant } from '../domain/canonical.ts';
import type { Problem } from '../domain/problem.ts';
import { describeLength } from './cadence.ts';
import type { OrderedReadings } from './readings.ts';

/** Readings to look at, in order of time, and the files they came from. */
interface Ordered {
  readonly readings: OrderedReadings;
  readonly files: readonly string[];
}

const describeStart = (readings: OrderedReadings, at: number): string =>
  readings.kind === 'bills' ? formatDate(readings.start(at)) : formatInstant(readings.start(at));

function warn(
  { readings, files }: Ordered,
  row: number,
  code: string,
  message: string,
  data: { readonly [key: string]: number | string },
): Problem {
  const file = files[readings.file(row)] ?? '';
  return { severity: 'warning', code, message, file, line: readings.line(row), data };
}

/** Where readings are missing between the first and the last, and where they overlap. One warning each, with the first extent. */
function noticeExtents(ordered: Ordered): readonly Problem[] {
  const { readings } = ordered;
  const { kind } = readings;
  const gaps = { count: 0, ms: 0, row: -1, from: 0, until: 0 };
  const overlaps = { count: 0, row: -1 };
  let reached = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < readings.length; row += 1) {
    const start = readings.start(row);
    if (reached !== Number.NEGATIVE_INFINITY && start > reached) {
      if (gaps.count === 0) Object.assign(gaps, { row, from: reached, until: start });
      gaps.count += 1;
      gaps.ms += start - reached;
    }
    if (start < reached) {
      if (overlaps.count === 0) overlaps.row = row;
      overlaps.count += 1;
    }
    reached = Math.max(reached, readings.end(row));
  }
  const found: Problem[] = [];
  const when = kind === 'bills' ? formatDate : formatInstant;
  if (gaps.count > 0) {
    const message = `${String(gaps.count)} ${gaps.count === 1 ? 'gap' : 'gaps'} with ${describeLength(gaps.ms)} missing in all; the first from ${when(gaps.from)} to ${when(gaps.until)}`;
    const data = { gaps: gaps.count, missingMs: gaps.ms, firstFrom: when(gaps.from), firstTo: when(gaps.until) };
    found.push(warn(ordered, gaps.row, 'meter.gap', message, data));
  }
  if (overlaps.count > 0) {
    const message = `${String(overlaps.count)} ${kind} begin before the one before them ends, the first on ${describeStart(readings, overlaps.row)}: that time is counted twice`;
    found.push(warn(ordered, overlaps.row, 'meter.overlap', message, { rows: overlaps.count }));
  }
  return found;
}

/** Plausibility of a meter's readings: gaps, overlaps, negative values. Warnings only. */
export function noticeQuality(ordered: Ordered): readonly Problem[] {
  const { readings } = ordered;
  const found = [...noticeExtents(ordered)];
  let negative = 0;
  let first: number | undefined;
  for (let row = 0; row < readings.length; row += 1) {
    if (readings.energy(row) >= 0) continue;
    negative += 1;
    first ??= row;
  }
  if (first !== undefined) {
    const message = `${String(negative)} of ${String(readings.length)} values are negative, the first on ${describeStart(readings, first)}; generation and export are, consumption is not (sign: invert turns them round)`;
    found.push(warn(ordered, first, 'meter.negative', message, { rows: negative }));
  }
  return found;
}
