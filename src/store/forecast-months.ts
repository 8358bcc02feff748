import { access } from 'node:fs/promises';
import type { Clock } from '../domain/clock.ts';
import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { openForecastParquet, type ForecastParquet } from './forecast-parquet.ts';
import { asideFile, monthFile, monthsWithFile, removeLeftovers, replaceFile, seriesFolder } from './month-file.ts';
import { createTurns } from './turns.ts';

/** One value of one forecast, as a row of a file. Times are UTC milliseconds. */
export interface ForecastRow {
  readonly generatedAt: number;
  readonly time: number;
  readonly value: number;
  readonly model: string | undefined;
}

/** The month files of the forecasts. */
export interface ForecastMonths {
  /** The months (`2025-01`) of a series that have a file. */
  list(series: Series): Promise<ReadonlySet<string>>;
  /** Puts rows into a month's file, durably; what others add meanwhile is written together. */
  add(series: Series, month: string, rows: readonly ForecastRow[]): Promise<void>;
  /** How many forecasts and values the month's file holds that were made within the span; none when it has no file. */
  count(series: Series, month: string, made: Span): Promise<{ readonly forecasts: number; readonly values: number }>;
  close(): Promise<void>;
}

/** Rows that wait for their file to be written; `written` once they are part of a writing. */
interface Batch {
  readonly rows: readonly ForecastRow[];
  written?: Promise<void>;
}

/** Opens the files under `dir`; DuckDB starts with the first file that is read or written. */
export function openForecastMonths(dir: string, clock: Clock): ForecastMonths {
  const takeTurn = createTurns();
  const waiting = new Map<string, Batch[]>();
  const cleaned = new Set<string>();
  const mark = `${clock.now().toString(36)}-${String(process.pid)}`;
  let writes = 0;
  let engine: ForecastParquet | undefined;
  /** One call to DuckDB at a time, so that its memory is that of one file. */
  const withEngine = async <T>(job: (engine: ForecastParquet) => Promise<T>): Promise<T> =>
    takeTurn('engine', async () => job((engine ??= await openForecastParquet())));

  const write = async (series: Series, month: string, rows: readonly ForecastRow[]): Promise<void> => {
    const folder = seriesFolder(dir, series);
    if (!cleaned.has(folder)) await removeLeftovers(folder, clock.now());
    cleaned.add(folder);
    writes += 1;
    const path = monthFile(folder, month);
    const held = (await isThere(path)) ? path : undefined;
    await replaceFile(path, asideFile(folder, month, `${mark}-${String(writes)}`), async (aside) =>
      withEngine(async (engine) => engine.merge(held, aside, series, rows)),
    );
  };

  return {
    list: async (series) => monthsWithFile(seriesFolder(dir, series)),

    add: async (series, month, rows) => {
      const path = monthFile(seriesFolder(dir, series), month);
      const mine: Batch = { rows };
      waiting.set(path, [...(waiting.get(path) ?? []), mine]);
      await takeTurn(path, async () => {
        if (mine.written === undefined) {
          const batches = waiting.get(path) ?? [];
          waiting.delete(path);
          const written = write(
            series,
            month,
            // A stable sort: of two values of one forecast the later answer's stays the later.
            batches.flatMap((batch) => batch.rows).sort((a, b) => a.generatedAt - b.generatedAt),
          );
          for (const batch of batches) batch.written = written;
        }
        await mine.written;
      });
    },

    count: async (series, month, made) => {
      const path = monthFile(seriesFolder(dir, series), month);
      if (!(await isThere(path))) return { forecasts: 0, values: 0 };
      return withEngine(async (engine) => engine.count(path, series, made));
    },

    close: async () =>
      takeTurn('engine', async () => {
        engine?.close();
        engine = undefined;
      }),
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
