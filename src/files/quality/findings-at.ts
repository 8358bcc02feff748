import type { Problem } from '../../domain/problem.ts';
import type { DatedProblem } from './series.ts';

/** The findings that hold at an instant, as plain problems. */
export function findingsAt(dated: readonly DatedProblem[], now: number): readonly Problem[] {
  return dated
    .filter(
      ({ holds: { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = {} }) =>
        from <= now && now < until,
    )
    .map(({ holds: _, ...problem }) => problem);
}
