import type { Clock } from '../domain/clock.ts';
import { WattliftError } from '../domain/errors.ts';
import type { History, HistoryAsk, MoerPoint, Series } from '../domain/moer.ts';
import { mergeSpans, monthOf, monthsOf, type Span } from '../domain/span.ts';
import { openCoverage, type CoverageLedger, type Variant } from './coverage.ts';
import { countSeries, type SeriesCount } from './count-series.ts';
import { countPoints, mergePoints, pointsWithin, restateAnswers } from './month-points.ts';
import { openMonths } from './months.ts';
import { planAsks } from './plan-asks.ts';
import { currentModel, type AnsweredSpan } from './settled.ts';
import { createTurns } from './turns.ts';

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
   * most `chunkMs` long, as few as can be. What was asked last with another `model` or `imputed` has not been answered, and
   * neither has what another model answered than the newest answer's. Looks at file names and the ledger, reads no file.
   */
  missing(series: Series, wanted: Span): Promise<readonly HistoryAsk[]>;
  /**
   * Writes the answer to one request, then records its coverage, and returns the points now held of it. A point takes the
   * place of the held one of its time; held points that the answer does not name stay; points outside `asked` are left out.
   * `askedAt` is wall time.
   * Throws `WattliftError`: `store.write`, `store.read`, `store.file-unreadable`, `store.file-foreign`, `store.engine`.
   */
  add(series: Series, asked: HistoryAsk, history: History, askedAt: number): Promise<readonly MoerPoint[]>;
  /**
   * The model of the series now: of the newest answer that named one, else of the newest point held. Undefined when there is
   * none, when it names none, and when its file cannot be read: adding to that month says so.
   */
  model(series: Series): Promise<string | undefined>;
  /** What is held of `wanted` up to now, and what is missing. Reads the files of months that are not complete. */
  count(series: Series, wanted: Span): Promise<SeriesCount>;
  /** Lets go of DuckDB, after what it is doing; for when the last `add` has come back. */
  close(): Promise<void>;
}

/** Opens the dataset. One process at a time may add to it, whatever its ledger: see `holdStore`. */
export function createMoerStore(options: MoerStoreOptions): MoerDataset {
  const { nowMs, revisionsMs, chunkMs } = options;
  const coverage = openCoverage(options.coverage, options);
  const months = openMonths(options.dir, options.clock);
  const takeTurn = createTurns();
  const askedInRun = new Map<string, readonly Span[]>();

  /** Up to now: nobody knows more, and what is asked too early has to be asked again. */
  const upToNow = ({ start, end }: Span): Span => ({ start, end: Math.min(end, nowMs) });

  async function addMonth(
    series: Series,
    part: AnsweredSpan,
    { history, changesOnly }: { readonly history: History; readonly changesOnly: boolean },
    earlier: readonly AnsweredSpan[],
  ): Promise<{ readonly answers: readonly AnsweredSpan[]; readonly held: readonly MoerPoint[] }> {
    const month = monthOf(part.start);
    const before = await months.read(series, month);
    const merged = mergePoints(before, pointsWithin(history.points, part));
    if (merged) await months.write(series, month, merged);
    const after = merged ?? before;
    const ofMonth = earlier.filter(({ start }) => monthOf(start) === month);
    // An answer of changes vouches for the rest only while the rest is there.
    const lost = changesOnly && ofMonth.some((answer) => countPoints(before, answer) < answer.points);
    const answer = { ...part, points: countPoints(after, part), ...(lost && { askedAt: 0 }) };
    return {
      answers: [answer, ...restateAnswers(ofMonth, part, before, after)],
      held: pointsWithin(after, part),
    };
  }

  return {
    missing: async (series, wanted) => {
      const [known, files] = await Promise.all([coverage.read(series), months.list(series)]);
      return planAsks(upToNow(wanted), known, {
        nowMs,
        revisionsMs,
        chunkMs,
        askedInRun: askedInRun.get(nameOf(series)) ?? [],
        hasFile: (month) => files.has(month),
      });
    },

    // One answer of a series at a time: answers of neighbouring spans share a month's file and its rows in the ledger.
    add: async (series, { start, end, updatedSince }, history, askedAt) =>
      takeTurn(nameOf(series), async () => {
        const asked = { start, end };
        const { spans } = await coverage.read(series);
        const answers: AnsweredSpan[] = [];
        const held: MoerPoint[] = [];
        const answer = { history, changesOnly: updatedSince !== undefined };
        for (const { start, end } of monthsOf(asked)) {
          const part = { start, end, askedAt, points: 0, ...(history.model !== undefined && { model: history.model }) };
          const added = await addMonth(series, part, answer, spans);
          answers.push(...added.answers);
          for (const point of added.held) held.push(point);
        }
        await coverage.record(series, history.periodSeconds, answers, { ...asked, askedAt, points: 0 });
        askedInRun.set(nameOf(series), mergeSpans([...(askedInRun.get(nameOf(series)) ?? []), asked]));
        return held;
      }),

    model: async (series) => {
      const named = currentModel((await coverage.read(series)).spans);
      if (named !== undefined) return named;
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
      const [known, files] = await Promise.all([coverage.read(series), months.list(series)]);
      return countSeries(upToNow(wanted), known, {
        youngFrom: nowMs - revisionsMs,
        hasFile: (month) => files.has(month),
        read: async (month) => takeTurn(nameOf(series), async () => months.read(series, month)),
      });
    },

    close: async () => months.close(),
  };
}

function nameOf({ signal, region }: Series): string {
  return `${signal}/${region}`;
}
