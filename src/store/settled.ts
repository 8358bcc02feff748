import { intersectSpans, monthsOf, type Span } from '../domain/span.ts';

/** An answered stretch of a series, as the ledger keeps it; within one UTC month when this store recorded it. */
export interface AnsweredSpan extends Span {
  /** When it was asked, UTC milliseconds; 0 where the answer was lost again, so that nothing counts as settled. */
  readonly askedAt: number;
  /** How many points the store holds in it; none is an answer too. */
  readonly points: number;
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

/**
 * What need not be asked again: of each answer the part that was older than `revisionsMs` when it was asked (watttime
 * contract, fact 4), and what this run has asked; less the months whose points should be in a file that is gone.
 * In no particular order, may touch.
 */
export function settledSpans(answers: readonly AnsweredSpan[], rule: SettledRule): readonly Span[] {
  return answers.flatMap((answer) => {
    // An answer dated after this run began was dated by a clock that ran ahead: it is trusted no further than one of today.
    const finalBefore = Math.min(answer.askedAt, rule.nowMs) - rule.revisionsMs;
    const held = [
      intersectSpans(answer, { start: answer.start, end: finalBefore }),
      ...rule.askedInRun.map((asked) => intersectSpans(answer, asked)),
    ].filter((span) => span !== undefined);
    if (answer.points === 0) return held;
    return held.flatMap((span) => monthsOf(span)).filter(({ month }) => rule.hasFile(month));
  });
}
