import { roundEnergy } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { hourMs } from '../time/cadence.ts';
import { blockLength } from '../series/packed-numbers.ts';
import { largestOf } from '../series/tally.ts';
import { quantiles, quantilesOfTally } from './order-statistic.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** CalTRACK 2.3.6: usage of more than this many interquartile ranges above the median is flagged and reviewed by a person. */
const allowedRanges = 3;

/** Energy an hour, of an energy and the milliseconds it took. */
const powerOf = (energy: number, ms: number): number => (energy * hourMs) / ms;

/** Reads the average power of readings, in energy an hour; without a look at each length where all are equal, as they mostly are. */
function powerReader({ readings }: Series): (from: number, into: Float64Array) => number {
  const { uniformMs } = readings;
  return (from, into) => {
    const read = readings.readEnergies(from, into);
    for (let at = 0; at < read; at += 1) into[at] = powerOf(into[at] ?? 0, uniformMs ?? readings.durationMs(from + at));
    return read;
  };
}

/** Quartiles of the power of readings, zeros passed over. */
function quartiles({ readings }: Series, readPower: ReturnType<typeof powerReader>): readonly number[] | undefined {
  const parts = [0.25, 0.5, 0.75];
  const { uniformMs, length } = readings;
  const tally = uniformMs === undefined ? undefined : readings.tallyEnergies();
  if (tally !== undefined && uniformMs !== undefined) {
    return quantilesOfTally(tally, parts, (energy) => powerOf(energy, uniformMs));
  }
  const read = (from: number, into: Float64Array): number => {
    const count = readPower(from, into);
    for (let at = 0; at < count; at += 1) if (into[at] === 0) into[at] = Number.NaN;
    return count;
  };
  return quantiles({ length, read }, parts);
}

/** True where no reading can be above the limit. */
function noneAbove({ readings }: Series, limit: number): boolean {
  const { uniformMs } = readings;
  const tally = uniformMs === undefined ? undefined : readings.tallyEnergies();
  return tally !== undefined && uniformMs !== undefined && powerOf(largestOf(tally), uniformMs) <= limit;
}

/**
 * Readings far above the usual (CalTRACK 2.3.6). Power is compared, not energy, so that a long interval is no outlier for
 * its length. Zeros take no part in what is usual (CalTRACK 2.2.1.4 takes them for missing): a roof or a charger that rests half
 * the time is not extreme for the other half. Where the middle half of the readings is equal nothing can be said.
 */
export function findOutliers(series: Series): readonly Problem[] {
  const { readings } = series;
  const readPower = powerReader(series);
  const [lower = 0, median = 0, upper = 0] = quartiles(series, readPower) ?? [];
  if (upper <= lower) return [];
  const limit = median + allowedRanges * (upper - lower);
  if (noneAbove(series, limit)) return [];
  const examples: number[] = [];
  let count = 0;
  const block = new Float64Array(blockLength);
  for (let from = 0; from < readings.length; from += blockLength) {
    const read = readPower(from, block);
    for (let at = 0; at < read; at += 1) {
      if ((block[at] ?? 0) <= limit) continue;
      count += 1;
      if (examples.length < shownExamples) examples.push(from + at);
    }
  }
  const [first] = examples;
  if (first === undefined) return [];
  const [shownLimit, shownMedian] = [roundEnergy(limit), roundEnergy(median)].map(String);
  const message = `${String(count)} of ${String(readings.length)} values are more than three interquartile ranges above the median (over ${String(shownLimit)} an hour, the median is ${String(shownMedian)}), the first on ${showStart(series, first)}: look at them (CalTRACK 2.3.6)`;
  return [
    warn(series, first, 'meter.outlier', message, {
      rows: count,
      medianPerHour: roundEnergy(median),
      lowerQuartilePerHour: roundEnergy(lower),
      upperQuartilePerHour: roundEnergy(upper),
      limitPerHour: roundEnergy(limit),
      examples: examples.map((at) => ({
        start: showStart(series, at),
        energy: readings.energy(at),
        line: readings.line(at),
      })),
    }),
  ];
}
