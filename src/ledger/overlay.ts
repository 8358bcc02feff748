import { subtractSpans } from '../domain/span.ts';
import type { CoveredSpan } from './ledger.ts';

/**
 * Lays newly answered spans over the known ones, one after another: the new one wins where they overlap, the old one keeps
 * what is left of it, with its points in proportion (exact for a span without gaps). Sorted by start, without overlap.
 * Throws `RangeError` for a span that does not end after its start.
 */
export function overlay(known: readonly CoveredSpan[], fresh: readonly CoveredSpan[]): readonly CoveredSpan[] {
  let spans = known;
  for (const span of fresh) {
    if (!(span.end > span.start))
      throw new RangeError(`a covered span must end after its start, not ${JSON.stringify(span)}`);
    spans = [...spans.flatMap((old) => trim(old, span)), span];
  }
  return spans.toSorted((a, b) => a.start - b.start);
}

function trim(old: CoveredSpan, by: CoveredSpan): readonly CoveredSpan[] {
  if (old.end <= by.start || by.end <= old.start) return [old];
  return subtractSpans(old, [by]).map(({ start, end }) => ({
    ...old,
    start,
    end,
    points: Math.round((old.points * (end - start)) / (old.end - old.start)),
  }));
}
