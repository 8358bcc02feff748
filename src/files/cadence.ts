import { Duration } from 'luxon';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The most frequent of some lengths, zero left out; the shorter one of a tie; undefined when there is none. */
export function mostFrequent(lengths: Iterable<number>): number | undefined {
  const counts = new Map<number, number>();
  for (const length of lengths) {
    if (length > 0) counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  let best: number | undefined;
  for (const [length, count] of counts) {
    const bestCount = best === undefined ? 0 : (counts.get(best) ?? 0);
    if (best === undefined || count > bestCount || (count === bestCount && length < best)) best = length;
  }
  return best;
}

/** Differences of neighbours; the values must be ascending for them to be lengths. */
export function* stepsOf(values: readonly number[]): Generator<number, void, void> {
  for (let at = 1; at < values.length; at += 1) yield (values[at] ?? 0) - (values[at - 1] ?? 0);
}

/** True for a day of 23, 24 or 25 hours. */
export function isDayLong(ms: number): boolean {
  return ms >= 23 * hourMs && ms <= 25 * hourMs;
}

/** `15 minutes`, `1 hour`, `2 days`. */
export function describeLength(ms: number): string {
  const units = [
    [dayMs, 'day'],
    [hourMs, 'hour'],
    [minuteMs, 'minute'],
    [1000, 'second'],
  ] as const;
  for (const [length, name] of units) {
    if (ms >= length && ms % length === 0) return `${String(ms / length)} ${name}${ms === length ? '' : 's'}`;
  }
  return `${String(ms / 1000)} seconds`;
}

/** An `interval` option (`PT15M`, `P1D`) in milliseconds; undefined when it is no fixed, positive length up to a day. */
export function intervalMs(text: string): number | undefined {
  const duration = Duration.fromISO(text);
  if (!duration.isValid || duration.years !== 0 || duration.months !== 0) return undefined;
  const ms = duration.toMillis();
  return ms > 0 && ms <= dayMs ? ms : undefined;
}
