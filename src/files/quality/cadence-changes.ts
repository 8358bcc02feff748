import type { Problem } from '../../domain/problem.ts';
import { dayMs, describeLength, isDayLong } from '../time/cadence.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** Steps of one length in a row that make a cadence; fewer are a gap or a slip. */
const steadySteps = 12;

interface Change {
  readonly at: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Where the distance between readings changes for good, in either direction, up to the next change: 60 to 15 minutes on a
 * date, and back. Days of 23 and 25 hours are days. Intervals only: bills have no cadence.
 */
export function findCadenceChanges(series: Series): readonly Problem[] {
  const { readings } = series;
  if (readings.kind === 'bills' || readings.gapless) return [];
  const changes: Change[] = [];
  let count = 0;
  let cadenceMs: number | undefined;
  let [runMs, runFrom, runLength] = [0, 0, 0];
  for (let at = 1; at < readings.length; at += 1) {
    const apart = readings.start(at) - readings.start(at - 1);
    const stepMs = isDayLong(apart) ? dayMs : apart;
    if (stepMs !== runMs) [runMs, runFrom, runLength] = [stepMs, at - 1, 0];
    runLength += 1;
    if (runLength !== steadySteps || runMs === cadenceMs) continue;
    if (cadenceMs !== undefined) {
      count += 1;
      if (changes.length < shownExamples) changes.push({ at: runFrom, fromMs: cadenceMs, toMs: runMs });
    }
    cadenceMs = runMs;
  }
  const [first] = changes;
  if (first === undefined) return [];
  const more = count === 1 ? '' : `, the first of ${String(count)} changes`;
  const message = `from ${showStart(series, first.at)} on the rows are ${describeLength(first.toMs)} apart, before that ${describeLength(first.fromMs)}${more}; if an interval's length is not the distance to the next, split the file or give each row an end`;
  const shown = changes.map(({ at, fromMs, toMs }) => ({
    start: showStart(series, at),
    line: readings.line(at),
    fromMs,
    toMs,
  }));
  return [warn(series, first.at, 'meter.cadence-change', message, { changes: count, examples: shown })];
}
