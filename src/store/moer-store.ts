import type { Clock } from '../domain/clock.ts';
import { WattliftError } from '../domain/errors.ts';
import type { History, Series } from '../domain/moer.ts';
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
import { openCoverage, type CoverageLedger, type Variant } from './coverage.ts';
import { countPoints, mergePoints, restateAnswers } from './month-points.ts';
import { openMonths } from './months.ts';
import { settledSpans, type AnsweredSpan } from './settled.ts';
import { createTurns } from './turns.ts';

/** The most one request may span, half open: the API takes 32 days less one period between its inclusive ends. */
const longestChunkMs = 32 * 86_400_000;
/** The finest period there is (watttime contract, `/v3/historical`); taken until an answer has told. */
const finestPeriodMs = 300_000;

export interface MoerStoreOptions extends Variant {
  /** The folder of the dataset; made with the first file. */
  readonly dir: string;
  readonly coverage: CoverageLedger;
  /** Points younger than this when they were asked for are asked again. */
  readonly revisionsMs: number;
  /** The longest span of one request, half open: whole periods of it are used, and never more than 32 days. */
  readonly chunkMs: number;
  /** The start of the run, UTC milliseconds: nothing later is asked for or expected. */
  readonly nowMs: number;
  readonly clock: Clock;
}

/** The MOER dataset: one Parquet file per signal, region and UTC month (docs/decisions/moer-files.md). */
export interface MoerDataset {
  /**
   * What of `wanted`, up to now, has not been answered for good, as requests in order: on the period grid, half open, at
   * most `chunkMs` long, as few as can be. What was asked last with another `model` or `imputed` has not been answered.
   * Looks at file names and the ledger, reads no file.
   */
  missing(series: Series, wanted: Span): Promise<readonly Span[]>;
  /**
   * Writes the answer to one request, then records its coverage. A point takes the place of the held one of its time;
   * held points that the answer does not name stay; points outside `asked` are left out. `askedAt` is wall time.
   * Throws `WattliftError`: `store.write`, `store.read`, `store.file-unreadable`, `store.file-foreign`, `store.engine`.
   */
  add(series: Series, asked: Span, history: History, askedAt: number): Promise<void>;
  /**
   * The model of the newest point held; undefined when there is none, when it names none, and when its file cannot be read:
   * adding to that month says so.
   */
  model(series: Series): Promise<string | undefined>;
  /** How many points are held within `wanted`, and how many a full series has up to now; undefined before the period is known. */
  count(series: Series, wanted: Span): Promise<{ readonly received: number; readonly expected: number | undefined }>;
  /** Lets go of DuckDB, after what it is doing; for when the last `add` has come back. */
  close(): Promise<void>;
}

/** Opens the dataset. One process at a time may add to it: who holds the ledger does. */
export function createMoerStore(options: MoerStoreOptions): MoerDataset {
  const { nowMs, revisionsMs } = options;
  const coverage = openCoverage(options.coverage, options);
  const months = openMonths(options.dir, options.clock);
  const takeTurn = createTurns();
  const askedInRun = new Map<string, readonly Span[]>();

  /** Up to now: nobody knows more, and what is asked too early has to be asked again. */
  const upToNow = ({ start, end }: Span): Span => ({ start, end: Math.min(end, nowMs) });

  async function addMonth(
    series: Series,
    part: AnsweredSpan,
    history: History,
    earlier: readonly AnsweredSpan[],
  ): Promise<readonly AnsweredSpan[]> {
    const month = monthOf(part.start);
    const before = await months.read(series, month);
    const fresh = history.points.filter(({ time }) => time >= part.start && time < part.end);
    const merged = mergePoints(before, fresh);
    if (merged) await months.write(series, month, merged);
    const after = merged ?? before;
    const ofMonth = earlier.filter(({ start }) => monthOf(start) === month);
    return [{ ...part, points: countPoints(after, part) }, ...restateAnswers(ofMonth, part, before, after)];
  }

  return {
    missing: async (series, wanted) => {
      const [{ periodSeconds, spans }, files] = await Promise.all([coverage.read(series), months.list(series)]);
      const settled = settledSpans(spans, {
        nowMs,
        revisionsMs,
        askedInRun: askedInRun.get(nameOf(series)) ?? [],
        hasFile: (month) => files.has(month),
      });
      const periodMs = periodSeconds === undefined ? finestPeriodMs : periodSeconds * 1000;
      const chunkMs = Math.min(options.chunkMs, longestChunkMs);
      const wholePeriodsMs = Math.max(periodMs, Math.floor(chunkMs / periodMs) * periodMs);
      const gaps = subtractSpans(upToNow(wanted), settled).map((gap) => alignSpan(gap, periodMs));
      return mergeSpans(gaps).flatMap((gap) => cutSpan(gap, wholePeriodsMs));
    },

    // One answer of a series at a time: answers of neighbouring spans share a month's file and its rows in the ledger.
    add: async (series, asked, history, askedAt) =>
      takeTurn(nameOf(series), async () => {
        const { spans } = await coverage.read(series);
        const answers: AnsweredSpan[] = [];
        for (const { start, end } of monthsOf(asked)) {
          answers.push(...(await addMonth(series, { start, end, askedAt, points: 0 }, history, spans)));
        }
        await coverage.record(series, history.periodSeconds, answers, { ...asked, askedAt, points: 0 });
        askedInRun.set(nameOf(series), mergeSpans([...(askedInRun.get(nameOf(series)) ?? []), asked]));
      }),

    model: async (series) => {
      const newest = [...(await months.list(series))].sort().at(-1);
      if (newest === undefined) return undefined;
      try {
        return (await takeTurn(nameOf(series), async () => months.read(series, newest))).at(-1)?.model;
      } catch (error) {
        if (error instanceof WattliftError) return undefined;
        throw error;
      }
    },

    count: async (series, wanted) => {
      const [{ periodSeconds, spans }, files] = await Promise.all([coverage.read(series), months.list(series)]);
      let received = 0;
      for (const answer of spans) {
        const shared = intersectSpans(answer, wanted);
        const month = monthOf(answer.start);
        if (!shared || answer.points === 0 || !files.has(month)) continue;
        const whole = shared.start === answer.start && shared.end === answer.end;
        received += whole ? answer.points : countPoints(await months.read(series, month), shared);
      }
      return { received, expected: periodSeconds && countGrid(upToNow(wanted), periodSeconds * 1000) };
    },

    close: async () => months.close(),
  };
}

function nameOf({ signal, region }: Series): string {
  return `${signal}/${region}`;
}

function countGrid(span: Span, periodMs: number): number {
  const { start, end } = alignSpan(span, periodMs);
  return Math.max(0, end - start) / periodMs;
}
