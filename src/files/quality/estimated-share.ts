import type { Problem } from '../../domain/problem.ts';
import { showStart, warn, type Series } from './series.ts';

/** CalTRACK 2.2.1.2 allows a tenth to be missing, and 2.2.3.1 counts what is estimated as missing. */
const allowedShare = 0.1;

/**
 * Readings that somebody estimated or substituted: any bill (CalTRACK 2.2.3.1: it is to be merged with the next), and
 * intervals where they are more than a tenth of the time.
 */
export function findEstimated(series: Series): readonly Problem[] {
  const { readings } = series;
  if (readings.measured) return [];
  let [count, estimatedMs, wholeMs] = [0, 0, 0];
  let first: number | undefined;
  for (let at = 0; at < readings.length; at += 1) {
    const lengthMs = readings.durationMs(at);
    wholeMs += lengthMs;
    const quality = readings.quality(at);
    if (quality !== 'estimated' && quality !== 'substituted') continue;
    count += 1;
    estimatedMs += lengthMs;
    first ??= at;
  }
  const share = estimatedMs / wholeMs;
  if (first === undefined || (readings.kind === 'intervals' && share <= allowedShare)) return [];
  const percent = Math.round(share * 1000) / 10;
  const message = `${String(count)} of ${String(readings.length)} ${readings.kind} are estimated or substituted, ${String(percent)} % of the time, the first on ${showStart(series, first)}; estimates count as missing (CalTRACK 2.2.3.1)`;
  return [warn(series, first, 'meter.estimated', message, { rows: count, share: Math.round(share * 10_000) / 10_000 })];
}
