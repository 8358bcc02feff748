import { z } from 'zod';
import type { Series, SeriesGap } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import type { MoerStore } from './tools.ts';

/** Gaps that are listed one by one; the longest, in order of time. */
const listedGaps = 20;

const gap = z.object({
  from: z.string(),
  to: z.string(),
  points: z.number(),
  kind: z.enum(['before-data', 'unpublished', 'hole', 'not-asked']),
});

/** What the ledger keeps of a pull: how much of the window, up to when it was pulled, is there. Times are UTC, `to` exclusive. */
export const seriesCount = z.object({
  received: z.number(),
  /** Absent before the period is known. */
  expected: z.number().exactOptional(),
  signal: z.string().exactOptional(),
  region: z.string().exactOptional(),
  missing: z.number().exactOptional(),
  from: z.string().exactOptional(),
  to: z.string().exactOptional(),
  /** The longest of them, by time. */
  gaps: z.array(gap).exactOptional(),
  /** How many more there are. */
  gapsNotListed: z.number().exactOptional(),
});

export type SeriesSummary = z.infer<typeof seriesCount>;

/** A count as the ledger, `status` and the run's summary tell it. */
export function describeCount(
  { signal, region }: Series,
  window: Span,
  { received, expected, gaps }: Awaited<ReturnType<MoerStore['count']>>,
): SeriesSummary {
  const listed = gaps
    .toSorted((a, b) => b.points - a.points)
    .slice(0, listedGaps)
    .toSorted((a, b) => a.start - b.start);
  return {
    received,
    signal,
    region,
    from: toIso(window.start),
    to: toIso(window.end),
    ...(expected !== undefined && { expected, missing: expected - received }),
    gaps: listed.map(describeGap),
    ...(gaps.length > listed.length && { gapsNotListed: gaps.length - listed.length }),
  };
}

function describeGap({ start, end, points, kind }: SeriesGap): z.infer<typeof gap> {
  return { from: toIso(start), to: toIso(end), points, kind };
}

/** An instant in UTC, to the second where it is on one. */
export function toIso(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
