import { intersectSpans, monthsOf, type Span } from '../domain/span.ts';

/** An answered stretch of a series, as the ledger keeps it; within one UTC month when this store recorded it. */
export interface AnsweredSpan extends Span {
  /** When it was asked, UTC milliseconds; 0 where the answer was lost again, so that nothing counts as settled. */
  readonly askedAt: number;
  /** How many points the store holds in it; none is an answer too. */
  readonly points: number;
  /** Date that names the model of the answer, when it said. */
  readonly model?: string | undefined;
}

/** What decides whether an answer still holds. */
export interface SettledRule {
  /** The start of the run, UTC milliseconds. */
  readonly nowMs: number;
  /** How old a point must have been when it was asked for, to be final. */
  readonly revisionsMs: number;
  /** What this run has asked itself: asked once a run is enough, however young. */
  readonly askedInRun: readonly Span[];
  /** Whether the file of a month (`2025-01`) is there. */
  readonly hasFile: (month: string) => boolean;
}

/** The model of the newest answer that named one: the model of the series now. */
export function currentModel(answers: readonly AnsweredSpan[]): string | undefined {
  let newest: AnsweredSpan | undefined;
  for (const answer of answers) {
    if (answer.model === undefined || answer.askedAt <= 0) continue;
    if (newest === undefined || answer.askedAt > newest.askedAt) newest = answer;
  }
  return newest?.model;
}

/**
 * The answers that count: those of the model of the series now, whose points are held. An answer that named no model goes
 * with any. Where a file is gone that should have points, nothing of its month counts.
 */
export function standingAnswers(
  answers: readonly AnsweredSpan[],
  hasFile: SettledRule['hasFile'],
): readonly AnsweredSpan[] {
  const model = currentModel(answers);
  return answers
    .filter((answer) => answer.askedAt > 0 && (answer.model === undefined || answer.model === model))
    .flatMap((answer) => {
      if (answer.points === 0) return [answer];
      return monthsOf(answer).flatMap(({ month, start, end }) => (hasFile(month) ? [{ ...answer, start, end }] : []));
    });
}

/**
 * What need not be asked again: of each answer that stands the part that was older than `revisionsMs` when it was asked
 * (watttime contract, fact 4), and what this run has asked. In no particular order, may touch.
 */
export function settledSpans(standing: readonly AnsweredSpan[], rule: Omit<SettledRule, 'hasFile'>): readonly Span[] {
  return standing.flatMap((answer) => {
    // An answer dated after this run began was dated by a clock that ran ahead: it is trusted no further than one of today.
    const finalBefore = Math.min(answer.askedAt, rule.nowMs) - rule.revisionsMs;
    return [
      intersectSpans(answer, { start: answer.start, end: finalBefore }),
      ...rule.askedInRun.map((asked) => intersectSpans(answer, asked)),
    ].filter((span) => span !== undefined);
  });
}
