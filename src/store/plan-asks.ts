import type { HistoryAsk } from '../domain/moer.ts';
import { alignSpan, cutSpan, intersectSpans, mergeSpans, subtractSpans, type Span } from '../domain/span.ts';
import type { Coverage } from './coverage.ts';
import { settledSpans, standingAnswers, type AnsweredSpan, type SettledRule } from './settled.ts';

/** The most one request may span, half open: between its inclusive ends are 32 days less one period (contract, fact 2). */
const longestChunkMs = 32 * 86_400_000;
/** The finest period there is (watttime contract, `/v3/historical`); taken until an answer has told. */
const finestPeriodMs = 300_000;
/** How far their clock may be behind ours: what changed since is asked from so much earlier on. */
const clockMarginMs = 3_600_000;

/** The grid of a series: its period, or the finest before it is known. */
export function gridOf(periodSeconds: number | undefined): number {
  return periodSeconds === undefined ? finestPeriodMs : periodSeconds * 1000;
}

/**
 * The requests that bring what `wanted` lacks: on the period grid, half open, sorted, no point twice, each as long as may be
 * and so as few as can be. Where most of one was answered before and only may have been revised, it asks for changes.
 */
export function planAsks(
  wanted: Span,
  { periodSeconds, spans }: Coverage,
  rule: SettledRule & { readonly chunkMs: number },
): readonly HistoryAsk[] {
  const periodMs = gridOf(periodSeconds);
  const chunkMs = Math.min(rule.chunkMs, longestChunkMs);
  const wholePeriodsMs = Math.max(periodMs, Math.floor(chunkMs / periodMs) * periodMs);
  const standing = standingAnswers(spans, rule.hasFile);
  const gaps = subtractSpans(wanted, settledSpans(standing, rule)).map((gap) => alignSpan(gap, periodMs));
  return mergeSpans(gaps)
    .flatMap((gap) => cutSpan(gap, wholePeriodsMs))
    .map((span) => {
      const updatedSince = changesSince(span, standing, rule.nowMs);
      return {
        ...span,
        ...(periodMs > finestPeriodMs && { periodSeconds: periodMs / 1000 }),
        ...(updatedSince !== undefined && { updatedSince }),
      };
    });
}

/**
 * Since when changes are all that is wanted of a span: since its oldest answer. Undefined when less than half of it was
 * answered, which is hardly cheaper, and when a part that never was lies before that: what was published there earlier
 * would not be among the changes.
 */
function changesSince(span: Span, standing: readonly AnsweredSpan[], nowMs: number): number | undefined {
  const answered = standing.flatMap((answer) => {
    const shared = intersectSpans(answer, span);
    return shared ? [{ ...shared, askedAt: answer.askedAt }] : [];
  });
  const answeredMs = answered.reduce((sum, { start, end }) => sum + end - start, 0);
  if (answeredMs * 2 < span.end - span.start) return undefined;
  const since = Math.min(nowMs, ...answered.map(({ askedAt }) => askedAt)) - clockMarginMs;
  return subtractSpans(span, answered).every(({ start }) => start >= since) ? since : undefined;
}
