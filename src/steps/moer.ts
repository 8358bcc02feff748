import { z } from 'zod';
import { ApiError } from '../domain/errors.ts';
import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { watchAnswers, type AnswerWatch } from './moer-notices.ts';
import { learns } from './step.ts';
import type { Tools } from './tools.ts';

const hourMs = 3_600_000;
const shortestSpanMs = 24 * hourMs;

/**
 * Brings a region's marginal emissions home: what the window wants less what is covered, in requests of at most 32 days
 * (watttime contract, `/v3/historical`). Keyed by series, never by the window, so that all sites of a region share one pull.
 */
export const moer = learns({
  name: 'moer',
  needs: ['region'],
  needsOwnLabelOnly: true,
  api: 'watttime',
  result: z.object({ received: z.number(), expected: z.number().exactOptional() }),
  items: async (site, { settings }) =>
    settings.window && (site.coordinates !== undefined || site.region !== undefined)
      ? settings.signals.map((signal) => ({ label: signal }))
      : [],
  key: ({ item, facts }) => [item.label, facts.region.get(item.label)?.region ?? null],
  requests: async (input, { settings, store }) =>
    settings.window ? (await store.missing(seriesOf(input), settings.window)).length : 0,
  run: async (input, tools) => {
    const { settings, store } = tools;
    const series = seriesOf(input);
    const window = settings.window ?? { start: 0, end: 0 };
    const [first, ...rest] = await store.missing(series, window);
    if (first) {
      const heldModel = await store.model(series);
      const watch = watchAnswers(series, settings.revisionsMs);
      try {
        // The first answer alone: it tells whether the plan covers the region, before eleven more are asked in vain.
        await pull(series, first, tools, watch);
        const pulls = await Promise.allSettled(rest.map((span) => pull(series, span, tools, watch)));
        const failed = pulls.find((outcome) => outcome.status === 'rejected');
        if (failed) throw failed.reason;
      } finally {
        // What came is not asked for again, even when the rest failed: now or never.
        watch.say(tools.notices, heldModel);
      }
    }
    const { received, expected } = await store.count(series, window);
    return { received, ...(expected !== undefined && { expected }) };
  },
});

function seriesOf(input: {
  readonly item: { readonly label: string };
  readonly facts: { readonly region: ReadonlyMap<string, { readonly region: string }> };
}): Series {
  return { signal: input.item.label, region: input.facts.region.get(input.item.label)?.region ?? '' };
}

/** Asks for one span and stores the answer; a span that times out is halved, not repeated (watttime contract, fact 11). */
async function pull(series: Series, span: Span, tools: Tools, watch: AnswerWatch): Promise<void> {
  const askedAt = tools.clock.now();
  try {
    const history = await tools.watttime.history(series, span);
    await tools.store.add(series, span, history, askedAt);
    watch.note(span, history, askedAt);
  } catch (error) {
    const tooLong = error instanceof ApiError && error.details.kind === 'timeout';
    if (!tooLong || span.end - span.start <= shortestSpanMs) throw error;
    const middle = span.start + Math.floor((span.end - span.start) / 2 / hourMs) * hourMs;
    await pull(series, { start: span.start, end: middle }, tools, watch);
    await pull(series, { start: middle, end: span.end }, tools, watch);
  }
}
