import type { MoerPoint } from '../domain/moer.ts';
import { subtractSpans, type Span } from '../domain/span.ts';
import type { AnsweredSpan } from './settled.ts';

/**
 * The points of a month after an answer: a fresh point takes the place of the held one of its time, all others stay.
 * Sorted by time; undefined when that changes nothing. Of two fresh points of one time the later in the list wins.
 */
export function mergePoints(held: readonly MoerPoint[], fresh: readonly MoerPoint[]): readonly MoerPoint[] | undefined {
  const sorted = inOrder(fresh);
  if (held.length === 0) return sorted.length > 0 ? sorted : undefined;
  const merged: MoerPoint[] = [];
  let changed = false;
  let at = 0;
  for (const point of sorted) {
    let before = held[at];
    for (; before !== undefined && before.time < point.time; before = held[++at]) merged.push(before);
    const replaces = before?.time === point.time;
    changed ||= !replaces || !isSame(before, point);
    merged.push(point);
    if (replaces) at += 1;
  }
  if (!changed) return undefined;
  for (const point of held.slice(at)) merged.push(point);
  return merged;
}

function isSame(one: MoerPoint | undefined, other: MoerPoint): boolean {
  return one?.value === other.value && one.model === other.model && one.imputed === other.imputed;
}

/** Each time once and by time, as answers come anyway. */
function inOrder(points: readonly MoerPoint[]): readonly MoerPoint[] {
  if (points.every(({ time }, index) => index === 0 || time > (points[index - 1]?.time ?? 0))) return points;
  const byTime = new Map(points.map((point) => [point.time, point]));
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}

/** How many points, sorted by time, lie in the span. */
export function countPoints(points: readonly MoerPoint[], { start, end }: Span): number {
  return Math.max(0, firstFrom(points, end) - firstFrom(points, start));
}

/** The points that lie in the span, of some in any order. */
export function pointsWithin(points: Iterable<MoerPoint>, { start, end }: Span): readonly MoerPoint[] {
  const within: MoerPoint[] = [];
  for (const point of points) if (point.time >= start && point.time < end) within.push(point);
  return within;
}

/** The place of the first point at `time` or later. */
function firstFrom(points: readonly MoerPoint[], time: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.time ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
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
      ...answer,
      ...rest,
      askedAt: lost ? 0 : answer.askedAt,
      points: countPoints(after, rest),
    }));
  });
}
