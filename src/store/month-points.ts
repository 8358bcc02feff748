import type { MoerPoint } from '../domain/moer.ts';
import { subtractSpans, type Span } from '../domain/span.ts';
import type { AnsweredSpan } from './settled.ts';

/**
 * The points of a month after an answer: a fresh point takes the place of the held one of its time, all others stay.
 * Sorted by time; undefined when that changes nothing. Of two fresh points of one time the later in the list wins.
 */
export function mergePoints(held: readonly MoerPoint[], fresh: readonly MoerPoint[]): readonly MoerPoint[] | undefined {
  const byTime = new Map(held.map((point) => [point.time, point]));
  let changed = false;
  for (const point of fresh) {
    const before = byTime.get(point.time);
    changed ||=
      before === undefined ||
      before.value !== point.value ||
      before.model !== point.model ||
      before.imputed !== point.imputed;
    byTime.set(point.time, point);
  }
  return changed ? [...byTime.values()].sort((a, b) => a.time - b.time) : undefined;
}

/** How many points lie in the span. */
export function countPoints(points: readonly MoerPoint[], { start, end }: Span): number {
  return points.reduce((count, { time }) => (time >= start && time < end ? count + 1 : count), 0);
}

/**
 * What the ledger should say of a month's earlier answers once `asked` is answered: the parts that were not asked again,
 * with the points they now have. An answer whose points are no longer all in the file (`before`) is marked as never asked.
 * Answers that this leaves as they are do not come back.
 */
export function restateAnswers(
  earlier: readonly AnsweredSpan[],
  asked: Span,
  before: readonly MoerPoint[],
  after: readonly MoerPoint[],
): readonly AnsweredSpan[] {
  return earlier.flatMap((answer) => {
    const lost = countPoints(before, answer) < answer.points;
    const touched = answer.start < asked.end && asked.start < answer.end;
    if (!lost && !touched) return [];
    return subtractSpans(answer, [asked]).map((rest) => ({
      ...rest,
      askedAt: lost ? 0 : answer.askedAt,
      points: countPoints(after, rest),
    }));
  });
}
