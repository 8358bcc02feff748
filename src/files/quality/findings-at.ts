import type { Problem } from '../../domain/problem.ts';
import type { DatedProblem } from './series.ts';

/** The findings that hold at an instant, as plain problems. */
export function findingsAt(dated: readonly DatedProblem[], now: number): readonly Problem[] {
  return dated.flatMap(({ holds: { from, until } = {}, ...problem }) =>
    (from ?? Number.NEGATIVE_INFINITY) <= now && now < (until ?? Number.POSITIVE_INFINITY) ? [problem] : [],
  );
}
