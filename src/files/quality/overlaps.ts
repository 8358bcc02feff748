import type { Problem } from '../../domain/problem.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** Where a reading begins before the one before it ends: that time would be counted twice. */
export function findOverlaps(series: Series): readonly Problem[] {
  const { readings } = series;
  if (readings.gapless) return [];
  const examples: number[] = [];
  let [count, overlapMs, reached] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < readings.length; at += 1) {
    const start = readings.start(at);
    const end = readings.end(at);
    if (start < reached) {
      count += 1;
      overlapMs += Math.min(reached, end) - start;
      if (examples.length < shownExamples) examples.push(at);
    }
    if (end > reached) reached = end;
  }
  const [first] = examples;
  if (first === undefined) return [];
  const message = `${String(count)} ${readings.kind} begin before the one before them ends, the first on ${showStart(series, first)}: that time is counted twice`;
  const shown = examples.map((at) => ({ start: showStart(series, at), line: readings.line(at) }));
  return [warn(series, first, 'meter.overlap', message, { rows: count, overlapMs, examples: shown })];
}
