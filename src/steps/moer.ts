import { ApiError } from '../domain/errors.ts';
import type { History, HistoryAsk, Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { watchAnswers, type AnswerWatch } from './moer-notices.ts';
import { describeCount, seriesCount, type SeriesSummary } from './moer-count.ts';
import { learns } from './step.ts';
import type { Tools } from './tools.ts';

const hourMs = 3_600_000;
const shortestSpanMs = 24 * hourMs;
/** Answers of another model, or of a finer period, make more missing than was: it is asked at once, but not for ever. */
const mostRounds = 3;

/**
 * Brings a region's marginal emissions home: what the window wants less what is covered, in requests of at most 32 days
 * (watttime contract, `/v3/historical`). Keyed by series, never by the window, so that all sites of a region share one pull.
 */
export const moer = learns({
  name: 'moer',
  needs: ['region'],
  needsOwnLabelOnly: true,
  api: 'watttime',
  result: seriesCount,
  items: async (site, { settings }) =>
    settings.window && (site.coordinates !== undefined || site.region !== undefined)
      ? settings.signals.map((signal) => ({ label: signal }))
      : [],
  key: ({ item, facts }) => [item.label, facts.region.get(item.label)?.region ?? null],
  requests: async (input, { settings, store }) =>
    settings.window ? (await store.missing(seriesOf(input), settings.window)).length : 0,
  run: async (input, tools) => {
    await pullMissing(seriesOf(input), windowOf(tools), tools);
    return countHeld(input, tools);
  },
  left: countHeld,
});

interface SeriesInput {
  readonly item: { readonly label: string };
  readonly facts: { readonly region: ReadonlyMap<string, { readonly region: string }> };
}

async function countHeld(input: SeriesInput, tools: Tools): Promise<SeriesSummary> {
  const [series, window] = [seriesOf(input), windowOf(tools)];
  return describeCount(series, window, await tools.store.count(series, window));
}

function windowOf({ settings }: Tools): Span {
  return settings.window ?? { start: 0, end: 0 };
}

function seriesOf(input: SeriesInput): Series {
  return { signal: input.item.label, region: input.facts.region.get(input.item.label)?.region ?? '' };
}

async function pullMissing(series: Series, window: Span, tools: Tools): Promise<void> {
  const { settings, store, notices } = tools;
  const watch = watchAnswers(series, settings.revisionsMs);
  let heldModel: string | undefined;
  try {
    for (let round = 0; round < mostRounds; round += 1) {
      const [first, ...rest] = await store.missing(series, window);
      if (!first) return;
      if (round === 0) heldModel = await store.model(series);
      // The first answer alone: it tells whether the plan covers the region, before eleven more are asked in vain.
      if (round === 0) await pull(series, first, tools, watch);
      const pulls = await Promise.allSettled(
        (round === 0 ? rest : [first, ...rest]).map((ask) => pull(series, ask, tools, watch)),
      );
      const failed = pulls.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    }
  } finally {
    // What came is not asked for again, even when the rest failed: now or never.
    watch.say(notices, heldModel);
  }
}

/** Asks for one span and stores the answer; a span that times out is halved, not repeated (watttime contract, fact 11). */
async function pull(series: Series, ask: HistoryAsk, tools: Tools, watch: AnswerWatch): Promise<void> {
  try {
    await tools.pulling(async () => {
      const askedAt = tools.clock.now();
      const answered = await askFor(series, ask, tools);
      const held = await tools.store.add(series, answered.ask, answered.history, askedAt);
      watch.note(answered.ask, { ...answered.history, points: held }, askedAt);
    });
  } catch (error) {
    const tooLong = error instanceof ApiError && error.details.kind === 'timeout';
    if (!tooLong || ask.end - ask.start <= shortestSpanMs) throw error;
    const middle = ask.start + Math.floor((ask.end - ask.start) / 2 / hourMs) * hourMs;
    await pull(series, { ...ask, end: middle }, tools, watch);
    await pull(series, { ...ask, start: middle }, tools, watch);
  }
}

/** One answer, and what it answers. */
async function askFor(
  series: Series,
  ask: HistoryAsk,
  { watttime, store }: Pick<Tools, 'watttime' | 'store'>,
): Promise<{ readonly ask: HistoryAsk; readonly history: History }> {
  const { periodSeconds, updatedSince, ...span } = ask;
  const all = { ...span, ...(periodSeconds !== undefined && { periodSeconds }) };
  const history = await watttime.history(series, ask).catch((error: unknown) => {
    // It may be `updated_since` that is not taken: without it the same is had, with more bytes.
    const refused = error instanceof ApiError && error.details.kind === 'invalid';
    if (updatedSince === undefined || !refused) throw error;
    return undefined;
  });
  if (history === undefined) return askFor(series, all, { watttime, store });
  if (updatedSince !== undefined && history.model !== undefined && history.model !== (await store.model(series))) {
    // What changed in another model says nothing of what is held.
    return askFor(series, all, { watttime, store });
  }
  // Asked up to the last point of a coarser grid: of a finer one, what lies behind it was not.
  if (periodSeconds === undefined || history.periodSeconds >= periodSeconds) return { ask, history };
  return { ask: { ...ask, end: ask.end - (periodSeconds - history.periodSeconds) * 1000 }, history };
}
