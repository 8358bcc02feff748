import type { Clock } from '../domain/clock.ts';
import type { ForecastKind, Forecasts } from '../domain/forecast.ts';
import type { Series } from '../domain/moer.ts';
import {
  alignSpan,
  cutSpan,
  intersectSpans,
  mergeSpans,
  monthOf,
  monthsOf,
  subtractSpans,
  type Span,
} from '../domain/span.ts';
import { openForecastMonths, type ForecastRow } from './forecast-months.ts';

/** The most one request may span, half open (watttime contract, `/v3/forecast/historical`). */
const longestChunkMs = 86_400_000;
/** The finest grid of `generatedAt`; taken until an answer has told. */
const finestPeriodMs = 300_000;
/** A forecast never changes, but may be published late: what was younger than this when it was asked for is asked again. */
const lateMs = 86_400_000;
/** The longest horizon there is, in hours. */
const longestHorizon = 72;

/** The times of making that one request asked for, within one UTC month; `points` is how many forecasts came. */
interface AskedSpan extends Span {
  /** UTC milliseconds. */
  readonly askedAt: number;
  readonly points: number;
}

/** The two calls of the ledger that the store needs. `series` is `forecast/<signal>/<region>#hours=24`. */
export interface ForecastCoverage {
  coverage(
    series: string,
  ): Promise<{ readonly periodSeconds: number | undefined; readonly spans: readonly AskedSpan[] }>;
  /** Durable when it resolves; where the spans overlap older ones, they win and the old are trimmed. */
  cover(series: string, periodSeconds: number, spans: readonly AskedSpan[]): Promise<void>;
}

export interface ForecastStoreOptions {
  /** The folder of the dataset; made with the first file. Not inside that of the history: a reader takes all files of one. */
  readonly dir: string;
  readonly coverage: ForecastCoverage;
  /** The start of the command, UTC milliseconds: nothing later is asked for. */
  readonly nowMs: number;
  readonly clock: Clock;
}

/** The stored forecasts: one Parquet file per signal, region and UTC month of `generatedAt`. */
export interface ForecastDataset {
  /**
   * What of `wanted` (the times at which forecasts were made), up to now, has not been answered for good with this horizon
   * or a longer one, as requests in order: on the grid, half open, at most 24 hours long, as few as can be. Reads no file.
   */
  missing(series: Series, wanted: Span, kind: ForecastKind): Promise<readonly Span[]>;
  /**
   * Writes the answer to one request, then records its coverage, unless `asked` is undefined: the newest forecast says
   * nothing of others. A value takes the place of the held one of its forecast, time and model; all others stay. Answers
   * that come while a file is written go into the next writing together. Throws `WattliftError` as the history's store does.
   */
  add(series: Series, asked: Span | undefined, kind: ForecastKind, answer: Forecasts, askedAt: number): Promise<void>;
  /** How many forecasts and how many values are held that were made within `wanted`. */
  count(series: Series, wanted: Span): Promise<{ readonly forecasts: number; readonly values: number }>;
  /** Lets go of DuckDB; for when the last `add` has come back. */
  close(): Promise<void>;
}

/** Opens the dataset. One process at a time may add to it, whatever its ledger: see `holdStore`. */
export function createForecastStore(options: ForecastStoreOptions): ForecastDataset {
  const { nowMs, coverage } = options;
  const months = openForecastMonths(options.dir, options.clock);
  const askedHere = new Map<string, readonly Span[]>();

  return {
    missing: async (series, wanted, kind) => {
      const files = await months.list(series);
      const settled: Span[] = [];
      let periodMs = finestPeriodMs;
      for (let horizonHours = kind.horizonHours; horizonHours <= longestHorizon; horizonHours += 1) {
        const name = nameOf(series, { ...kind, horizonHours });
        const { periodSeconds, spans } = await coverage.coverage(name);
        if (periodSeconds !== undefined && horizonHours === kind.horizonHours) periodMs = periodSeconds * 1000;
        const holds = spans.filter(({ start, points }) => points === 0 || files.has(monthOf(start)));
        settled.push(...holds.flatMap((asked) => settledOf(asked, nowMs, askedHere.get(name) ?? [])));
      }
      const upToNow = { start: wanted.start, end: Math.min(wanted.end, nowMs) };
      const gaps = subtractSpans(upToNow, settled).map((gap) => alignSpan(gap, periodMs));
      return mergeSpans(gaps).flatMap((gap) => cutSpan(gap, longestChunkMs));
    },

    add: async (series, asked, kind, answer, askedAt) => {
      await Promise.all([...byMonth(answer)].map(async ([month, rows]) => months.add(series, month, rows)));
      if (asked === undefined) return;
      const name = nameOf(series, kind);
      const answers: AskedSpan[] = monthsOf(asked).map(({ start, end }) => {
        const points = answer.forecasts.filter(({ generatedAt }) => generatedAt >= start && generatedAt < end).length;
        return { start, end, askedAt, points };
      });
      await coverage.cover(name, answer.generatedEverySeconds, answers);
      askedHere.set(name, mergeSpans([...(askedHere.get(name) ?? []), asked]));
    },

    count: async (series, wanted) => {
      let [forecasts, values] = [0, 0];
      for (const { month, start, end } of monthsOf(wanted)) {
        const held = await months.count(series, month, { start, end });
        forecasts += held.forecasts;
        values += held.values;
      }
      return { forecasts, values };
    },

    close: async () => months.close(),
  };
}

/** What of an answer need not be asked again: what was old enough when it was asked, and what was asked by this store. */
function settledOf(answer: AskedSpan, nowMs: number, askedHere: readonly Span[]): readonly Span[] {
  // An answer dated after now was dated by a clock that ran ahead.
  const old = { start: answer.start, end: Math.min(answer.askedAt, nowMs) - lateMs };
  return [old, ...askedHere].map((span) => intersectSpans(answer, span)).filter((span) => span !== undefined);
}

/** Horizons and models are questions of their own; the ledger has a series of each. */
function nameOf({ signal, region }: Series, { horizonHours, model }: ForecastKind): string {
  return `forecast/${signal}/${region}#hours=${String(horizonHours)}${model === undefined ? '' : `&model=${model}`}`;
}

function byMonth({ forecasts, model }: Forecasts): ReadonlyMap<string, readonly ForecastRow[]> {
  const rows = new Map<string, ForecastRow[]>();
  for (const { generatedAt, points } of forecasts) {
    const month = monthOf(generatedAt);
    const list = rows.get(month) ?? [];
    for (const { time, value } of points) list.push({ generatedAt, time, value, model });
    rows.set(month, list);
  }
  return rows;
}
