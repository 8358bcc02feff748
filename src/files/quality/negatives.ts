import type { Problem } from '../../domain/problem.ts';
import { blockLength } from '../series/packed-numbers.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/**
 * Consumption below zero, which may be generation nobody spoke of (CalTRACK 2.3.5) or the wrong sign. Under
 * `sign: asis` somebody has said that the signs are right: an export meter is meant to be negative.
 */
export function findNegatives(series: Series): readonly Problem[] {
  const { readings, signsAreRight } = series;
  if (signsAreRight || (readings.tallyEnergies()?.least ?? -1) >= 0) return [];
  const examples: number[] = [];
  let count = 0;
  const block = new Float64Array(blockLength);
  for (let from = 0; from < readings.length; from += blockLength) {
    const read = readings.readEnergies(from, block);
    for (let at = 0; at < read; at += 1) {
      if ((block[at] ?? 0) >= 0) continue;
      count += 1;
      if (examples.length < shownExamples) examples.push(from + at);
    }
  }
  const [first] = examples;
  if (first === undefined) return [];
  const message = `${String(count)} of ${String(readings.length)} values are negative, the first on ${showStart(series, first)}; generation and export are, consumption is not (sign: invert turns them round, sign: asis says that they are right; CalTRACK 2.3.5)`;
  const shown = examples.map((at) => ({
    start: showStart(series, at),
    energy: readings.energy(at),
    line: readings.line(at),
  }));
  return [warn(series, first, 'meter.negative', message, { rows: count, examples: shown })];
}
