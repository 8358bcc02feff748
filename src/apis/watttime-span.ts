import type { Span } from '../domain/span.ts';

/** The finest grid there is, for where the period is not known. */
const finestPeriodSeconds = 300;

/**
 * The API takes both ends inclusive: the last point of the grid before the exclusive end. From an end off the grid a plain
 * "one period less" would lose a point (contract, fact 1).
 */
export function lastGridPoint({ start, end }: Span, periodSeconds = finestPeriodSeconds): number {
  const periodMs = periodSeconds * 1000;
  return Math.max(start, (Math.ceil(end / periodMs) - 1) * periodMs);
}

/** An instant as the API takes it, in UTC. */
export function isoInstant(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
