import type { Span } from '../domain/span.ts';

/** The finest grid there is: the end that is sent lies one such period before the exclusive end. */
const finestPeriodMs = 300_000;

/**
 * The API takes both ends inclusive: the last point of the finest grid before the exclusive end. From an end off the grid
 * a plain "one period less" would lose a point (contract, fact 1).
 */
export function lastGridPoint({ start, end }: Span): number {
  return Math.max(start, (Math.ceil(end / finestPeriodMs) - 1) * finestPeriodMs);
}

/** An instant as the API takes it, in UTC. */
export function isoInstant(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
