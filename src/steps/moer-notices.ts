import { findGaps, type History, type Series } from '../domain/moer.ts';
import { intersectSpans, type Span } from '../domain/span.ts';
import { toIso } from './moer-count.ts';
import type { NoticeDetails, Notices } from './tools.ts';

/** What a person should know of the answers of one pull, said once for the series instead of once a request. */
export interface AnswerWatch {
  /** Takes in one answer that was stored, with the points that are held of it since. `askedAt` is wall time. */
  note(asked: Span, history: History, askedAt: number): void;
  /** Says it all: the API's warnings, points that did not come, a model other than `heldModel`. */
  say(notices: Notices, heldModel: string | undefined): void;
}

interface Warned {
  readonly answers: number;
  readonly from: number;
  readonly to: number;
}

interface Absent {
  readonly asked: number;
  readonly missing: number;
  /** Times of the first and the last point that did not come. */
  readonly first: number;
  readonly last: number;
}

const lostMeaning =
  'they are not asked for again; where they lie before the first data of the model, a later moer.from leaves them out';
const lateMeaning = 'they are younger than moer.revisions, and later runs ask again';

/**
 * Watches the answers of a series (watttime contract, facts 3 to 5). A point that did not come is worth a warning once
 * nobody will ask for it again: when it was older than `revisionsMs` as it was asked for. Younger ones are late, which
 * is as it should be: they are published minutes to hours after their time, and later runs ask again.
 */
export function watchAnswers(series: Series, revisionsMs: number): AnswerWatch {
  const name = `${series.signal} of ${series.region}`;
  const warned = new Map<string, Warned>();
  const models = new Set<string>();
  let final: Absent = { asked: 0, missing: 0, first: Infinity, last: -Infinity };
  let young = final;

  const describe = ({ asked, missing, first, last }: Absent, meaning: string): readonly [string, NoticeDetails] => {
    const [from, to] = [toIso(first), toIso(last)];
    return [
      `${name}: ${String(missing)} of ${String(asked)} points asked for did not come, or came without a value, the first ${from}, the last ${to}; ${meaning}`,
      { ...series, asked, missing, first: from, last: to },
    ];
  };

  return {
    note: (asked, history, askedAt) => {
      const finalBefore = askedAt - revisionsMs;
      final = add(final, intersectSpans(asked, { start: -Infinity, end: finalBefore }), history);
      young = add(young, intersectSpans(asked, { start: finalBefore, end: Infinity }), history);
      for (const warning of history.warnings) {
        const before = warned.get(warning) ?? { answers: 0, from: asked.start, to: asked.end };
        warned.set(warning, {
          answers: before.answers + 1,
          from: Math.min(before.from, asked.start),
          to: Math.max(before.to, asked.end),
        });
      }
      if (history.model !== undefined) models.add(history.model);
    },

    say: (notices, heldModel) => {
      for (const [warning, { answers, from, to }] of warned) {
        const details = { ...series, answers, from: toIso(from), to: toIso(to) };
        notices.warn(`${name}: WattTime warns: ${warning}`, details);
      }
      if (final.missing > 0) notices.warn(...describe(final, lostMeaning));
      if (young.missing > 0) notices.debug(...describe(young, lateMeaning));
      const fresh = [...models].filter((model) => model !== heldModel);
      const known = heldModel === undefined ? fresh : [heldModel, ...fresh];
      if (known.length > 1) {
        notices.warn(
          `${name}: the model changed from ${known.join(' to ')}: the whole window is asked of the new one, and points it does not have keep the old one (column model); moer.model in the manifest keeps to one`,
          { ...series, models: known },
        );
      }
    },
  };
}

function add(to: Absent, part: Span | undefined, { points, ...history }: History): Absent {
  if (part === undefined) return to;
  const periodMs = history.periodSeconds * 1000;
  const { full, gaps } = findGaps(part, { ...history, points });
  const missing = gaps.reduce((sum, gap) => sum + (gap.end - gap.start) / periodMs, 0);
  return {
    asked: to.asked + full,
    missing: to.missing + missing,
    first: Math.min(to.first, gaps[0]?.start ?? Infinity),
    last: Math.max(to.last, (gaps.at(-1)?.end ?? -Infinity) - periodMs),
  };
}
