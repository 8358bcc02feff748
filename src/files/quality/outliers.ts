import { roundEnergy } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { hourMs } from '../cadence.ts';
import { quantiles } from './order-statistic.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** CalTRACK 2.3.6: usage of more than this many interquartile ranges above the median is flagged and reviewed by a person. */
const allowedRanges = 3;

/** The average power of a reading, in energy an hour; without looking at each length where all are equal, as they mostly are. */
function powerReader({ readings }: Series): (at: number) => number {
  const { uniformMs } = readings;
  if (uniformMs === undefined) return (at) => (readings.energy(at) * hourMs) / readings.durationMs(at);
  return (at) => (readings.energy(at) * hourMs) / uniformMs;
}

/**
 * Readings far above the usual (CalTRACK 2.3.6). Power is compared, not energy, so that a long interval is no outlier for
 * its length. Zeros take no part in what is usual (CalTRACK 2.2.1.4 takes them for missing): a roof or a charger that rests half
 * the time is not extreme for the other half. Where the middle half of the readings is equal nothing can be said.
 */
export function findOutliers(series: Series): readonly Problem[] {
  const { readings } = series;
  const perHour = powerReader(series);
  const unlessZero = (at: number): number => {
    const power = perHour(at);
    return power === 0 ? Number.NaN : power;
  };
  const [lower = 0, median = 0, upper = 0] =
    quantiles({ length: readings.length, at: unlessZero }, [0.25, 0.5, 0.75]) ?? [];
  if (upper <= lower) return [];
  const limit = median + allowedRanges * (upper - lower);
  const examples: number[] = [];
  let count = 0;
  for (let at = 0; at < readings.length; at += 1) {
    if (perHour(at) <= limit) continue;
    count += 1;
    if (examples.length < shownExamples) examples.push(at);
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
