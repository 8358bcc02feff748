import type { Problem } from '../../domain/problem.ts';
import { describeLength } from '../time/cadence.ts';
import { shownExamples, showTime, warn, type Series } from './series.ts';

interface Gap {
  readonly from: number;
  readonly to: number;
  /** The reading after it. */
  readonly at: number;
}

/** Keeps the longest gaps, longest first; of equal ones the earlier. */
function keepLongest(kept: Gap[], gap: Gap): void {
  const length = gap.to - gap.from;
  const last = kept.at(-1);
  if (kept.length === shownExamples && last !== undefined && last.to - last.from >= length) return;
  const place = kept.findIndex((other) => other.to - other.from < length);
  kept.splice(place === -1 ? kept.length : place, 0, gap);
  if (kept.length > shownExamples) kept.pop();
}

/**
 * Where readings are missing between the first and the last. Missing data is left missing and counts against the baseline
 * (CalTRACK 2.2.1.2, 2.2.1.3). The longest gaps are in the data, longest first.
 */
export function findGaps(series: Series): readonly Problem[] {
  const { readings } = series;
  if (readings.gapless) return [];
  const longest: Gap[] = [];
  let first: Gap | undefined;
  let [count, missingMs, reached] = [0, 0, Number.NaN];
  for (let at = 0; at < readings.length; at += 1) {
    const start = readings.start(at);
    const end = readings.end(at);
    if (start > reached) {
      const gap = { from: reached, to: start, at };
      first ??= gap;
      count += 1;
      missingMs += start - reached;
      keepLongest(longest, gap);
    }
    if (!(end <= reached)) reached = end;
  }
  if (first === undefined) return [];
  const when = (time: number): string => showTime(readings, time);
  const message = `${String(count)} ${count === 1 ? 'gap' : 'gaps'} with ${describeLength(missingMs)} missing in all; the first from ${when(first.from)} to ${when(first.to)}`;
  const data = {
    gaps: count,
    missingMs,
    firstFrom: when(first.from),
    firstTo: when(first.to),
    longest: longest.map(({ from, to, at }) => ({ from: when(from), to: when(to), line: readings.line(at) })),
  };
  return [warn(series, first.at, 'meter.gap', message, data)];
}
