import { findGaps, type MoerPoint, type SeriesGap } from '../domain/moer.ts';
import { alignSpan, intersectSpans, monthOf, monthsOf, type Span } from '../domain/span.ts';
import type { Coverage } from './coverage.ts';

/** How much of a series is there. */
export interface SeriesCount {
  readonly received: number;
  /** How many a full series has; undefined before the period is known. */
  readonly expected: number | undefined;
  /** The stretches without points, in order, neighbours of one kind as one. */
  readonly gaps: readonly SeriesGap[];
}

interface Held {
  /** Points younger than this may still be published or revised. */
  readonly youngFrom: number;
  /** Whether the file of a month (`2025-01`) is there. */
  readonly hasFile: (month: string) => boolean;
  readonly read: (month: string) => Promise<readonly MoerPoint[]>;
}

/** Counts the points held of `wanted`, and tells apart why others are not. Reads only months that are not complete. */
export async function countSeries(wanted: Span, { periodSeconds, spans }: Coverage, held: Held): Promise<SeriesCount> {
  if (periodSeconds === undefined) return { received: 0, expected: undefined, gaps: [] };
  const periodMs = periodSeconds * 1000;
  const grid = alignSpan(wanted, periodMs);
  const expected = Math.max(0, grid.end - grid.start) / periodMs;
  // Where points should be and their file is gone, it is as if nobody had asked.
  const answered = spans.filter(
    ({ start, askedAt, points }) => askedAt !== 0 && (points === 0 || held.hasFile(monthOf(start))),
  );
  const gaps: Span[] = [];
  let received = 0;
  for (const { month, start, end } of monthsOf(grid)) {
    const part = alignSpan({ start, end }, periodMs);
    const full = (part.end - part.start) / periodMs;
    const answers = spans.flatMap((answer) => {
      const shared = monthOf(answer.start) === month ? intersectSpans(answer, part) : undefined;
      return shared ? [{ answer, shared }] : [];
    });
    const isWhole =
      held.hasFile(month) &&
      answers.every(({ answer, shared }) => shared.start === answer.start && shared.end === answer.end) &&
      answers.reduce((sum, { answer }) => sum + answer.points, 0) === full;
    if (isWhole) {
      received += full;
      continue;
    }
    const points = held.hasFile(month) && answers.some(({ answer }) => answer.points > 0) ? await held.read(month) : [];
    const counted = points.filter(({ time }) =>
      answers.some(({ shared }) => time >= shared.start && time < shared.end),
    );
    received += counted.length;
    gaps.push(...findGaps(part, { points: counted, periodSeconds }).gaps);
  }
  return { received, expected, gaps: explainGaps(gaps, grid, answered, periodMs, held.youngFrom) };
}

/**
 * Why there are no points: not asked yet; not published yet, for what is young; before the first data, for what is before
 * every point of the window; else a hole in the answers.
 */
function explainGaps(
  gaps: readonly Span[],
  grid: Span,
  answers: readonly Span[],
  periodMs: number,
  youngFrom: number,
): readonly SeriesGap[] {
  const explained: SeriesGap[] = [];
  const put = (span: Span, kind: SeriesGap['kind']): void => {
    const last = explained.at(-1);
    const joins = last?.kind === kind && last.end === span.start;
    if (joins) explained.pop();
    const start = joins ? last.start : span.start;
    explained.push({ start, end: span.end, points: (span.end - start) / periodMs, kind });
  };
  const isAnswered = (time: number): boolean => answers.some(({ start, end }) => time >= start && time < end);
  let leading = grid.start;
  for (const gap of gaps) {
    const before = gap.start === leading;
    if (before) leading = gap.end;
    const border = Math.ceil(youngFrom / periodMs) * periodMs;
    for (const part of cutAt(gap, [border, ...answers.flatMap(({ start, end }) => [start, end])], periodMs)) {
      if (!isAnswered(part.start)) put(part, 'not-asked');
      else if (part.start >= border) put(part, 'unpublished');
      else put(part, before ? 'before-data' : 'hole');
    }
  }
  return explained;
}

/** A span cut at those of the instants that lie in it, moved up to the grid. */
function cutAt(span: Span, instants: readonly number[], periodMs: number): readonly Span[] {
  const cuts = instants
    .map((instant) => Math.ceil(instant / periodMs) * periodMs)
    .filter((instant) => instant > span.start && instant < span.end);
  const ends = [...new Set(cuts)].sort((a, b) => a - b);
  return [span.start, ...ends].map((start, index) => ({ start, end: ends[index] ?? span.end }));
}
