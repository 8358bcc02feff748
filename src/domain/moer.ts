import { alignSpan, type Span } from './span.ts';

/** A stored series: one signal in one grid region. */
export interface Series {
  readonly signal: string;
  readonly region: string;
}

/** One value of a series (watttime contract, `/v3/historical`). */
export interface MoerPoint {
  /** Start of the period, UTC milliseconds. */
  readonly time: number;
  /** lbs of CO2 per MWh for `co2_moer`; 0 is a real value. */
  readonly value: number;
  /** Date that names the model (`2023-03-01`), when the answer said. */
  readonly model?: string | undefined;
  /** Present only when the imputed marker was asked for. */
  readonly imputed?: boolean | undefined;
}

/** What one request for history asks: the points with `start <= time < end`, at most 32 days of them. */
export interface HistoryAsk extends Span {
  /** The period of the series, where it is known to be coarser than 5 minutes: the grid the last point lies on. */
  readonly periodSeconds?: number;
  /** Only what was published or revised since then is wanted (UTC milliseconds, inclusive); the rest is held. */
  readonly updatedSince?: number;
}

/** Points in order, to be gone through: not each held as an object for as long as the answer waits to be stored. */
export interface MoerPoints extends Iterable<MoerPoint> {
  readonly length: number;
}

/** The answer to one history request. */
export interface History {
  /** Sorted by time, each time once. */
  readonly points: MoerPoints;
  /** 300 or 3600: read it, never assume it. */
  readonly periodSeconds: number;
  /** As the API names it (`lbs_co2_per_mwh`), when it said. */
  readonly units?: string;
  /** Date that names the model of the answer, an empty one's too, when it said. */
  readonly model?: string | undefined;
  /** The API's own warnings, worth showing. */
  readonly warnings: readonly string[];
}

/**
 * How many points a full answer has within `asked`, and the stretches of the period grid for which none came; sorted.
 * `points` are sorted by time; those outside of `asked` do not count.
 */
export function findGaps(
  asked: Span,
  { points, periodSeconds }: Pick<History, 'points' | 'periodSeconds'>,
): { readonly full: number; readonly gaps: readonly Span[] } {
  const periodMs = periodSeconds * 1000;
  const { start, end } = alignSpan(asked, periodMs);
  const gaps: Span[] = [];
  let next = start;
  for (const { time } of points) {
    if (time < next) continue;
    if (time >= end) break;
    const slot = Math.floor(time / periodMs) * periodMs;
    if (slot > next) gaps.push({ start: next, end: slot });
    next = slot + periodMs;
  }
  if (next < end) gaps.push({ start: next, end });
  return { full: Math.max(0, end - start) / periodMs, gaps };
}

/** A stretch of a series without points, on the period grid, and why, as far as that can be told. */
export interface SeriesGap extends Span {
  readonly points: number;
  /**
   * `before-data`: asked, and before the first point of the window, as where a model has no data yet; `unpublished`: asked,
   * and so young that it may still come; `hole`: asked, and did not come; `not-asked`: not answered yet.
   */
  readonly kind: 'before-data' | 'unpublished' | 'hole' | 'not-asked';
}
