import type { Problem } from '../../domain/problem.ts';
import { sunOver } from '../../domain/sun.ts';
import { shownExamples, showStart, warn, type Series } from './series.ts';

/** A reading below this at night is standby or noise (wattcarbon contract, solar audit: reads over 0.1 kWh). */
const standbyKwh = 0.1;

/**
 * Production in the dark from start to end of the reading, at the site's coordinates (wattcarbon contract, solar audit). Dark
 * is after civil twilight, since a large roof makes a little of a bright sky, and hills move the horizon. Which sign
 * production has, the sum of all readings shows: what a roof draws at night is no production.
 */
export function findNightProduction(series: Series): readonly Problem[] {
  const { readings, subject } = series;
  if (subject.coordinates === undefined || readings.kind === 'bills' || series.type === 'gas') return [];
  const sun = sunOver(subject.coordinates);
  const signs: Record<'positive' | 'negative', { count: number; readonly rows: number[] }> = {
    positive: { count: 0, rows: [] },
    negative: { count: 0, rows: [] },
  };
  let sum = 0;
  for (let at = 0; at < readings.length; at += 1) {
    const [start, end, energy] = [readings.start(at), readings.end(at), readings.energy(at)];
    sum += energy;
    if (Math.abs(energy) <= standbyKwh || !sun.isDarkThroughout(start, end)) continue;
    const sign = energy > 0 ? signs.positive : signs.negative;
    sign.count += 1;
    if (sign.rows.length < shownExamples) sign.rows.push(at);
  }
  const { count, rows } = sum < 0 ? signs.negative : signs.positive;
  const [first] = rows;
  if (first === undefined) return [];
  const message = `${String(count)} readings show production of more than ${String(standbyKwh)} kWh while it is dark, the first on ${showStart(series, first)}: check timezone, stamp and coordinates (wattcarbon contract, solar audit)`;
  const shown = rows.map((at) => ({
    start: showStart(series, at),
    energy: readings.energy(at),
    line: readings.line(at),
  }));
  return [warn(series, first, 'meter.night-production', message, { rows: count, examples: shown })];
}
