import { access, constants } from 'node:fs/promises';
import type { Clock } from '../domain/clock.ts';
import { WattliftError } from '../domain/errors.ts';
import type { MoerPoint, Series } from '../domain/moer.ts';
import {
  asideFile,
  isAbsent,
  monthFile,
  monthsWithFile,
  removeLeftovers,
  replaceFile,
  seriesFolder,
} from './month-file.ts';
import { openParquet, type ParquetEngine } from './parquet.ts';
import { sayError } from './say-error.ts';
import { createTurns } from './turns.ts';

/** The month files of a dataset. The caller sees to it that a month is not read and written at the same time. */
export interface Months {
  /** The months (`2025-01`) of a series that have a file. Loads nothing. */
  list(series: Series): Promise<ReadonlySet<string>>;
  /** The points of a month, sorted by time; none when it has no file. */
  read(series: Series, month: string): Promise<readonly MoerPoint[]>;
  /** Puts a month's file in place, durably, or leaves the old one; `points` sorted by time. */
  write(series: Series, month: string, points: readonly MoerPoint[]): Promise<void>;
  /** Waits for DuckDB to finish what it is doing and lets go of it; it starts again when needed. */
  close(): Promise<void>;
}

/** Opens the files under `dir`; DuckDB starts with the first read or write of a file. */
export function openMonths(dir: string, clock: Clock): Months {
  const takeTurn = createTurns();
  const cleaned = new Set<string>();
  // Names apart what two processes may write aside at once.
  const mark = `${clock.now().toString(36)}-${String(process.pid)}`;
  let writes = 0;
  let engine: ParquetEngine | undefined;

  /** One call to DuckDB at a time, so that its memory is that of one file; syncing to disk does not hold it up. */
  async function withEngine<T>(job: (engine: ParquetEngine) => Promise<T>): Promise<T> {
    return takeTurn('engine', async () => job((engine ??= await openParquet())));
  }

  return {
    list: async (series) => monthsWithFile(seriesFolder(dir, series)),
    read: async (series, month) => {
      const path = monthFile(seriesFolder(dir, series), month);
      if (!(await canRead(path))) return [];
      return withEngine(async (engine) => engine.read(path, series));
    },
    write: async (series, month, points) => {
      const folder = seriesFolder(dir, series);
      if (!cleaned.has(folder)) {
        await removeLeftovers(folder, clock.now());
        cleaned.add(folder);
      }
      writes += 1;
      const aside = asideFile(folder, month, `${mark}-${String(writes)}`);
      await replaceFile(monthFile(folder, month), aside, async (path) =>
        withEngine(async (engine) => engine.write(path, series, points)),
      );
    },
    close: async () =>
      takeTurn('engine', async () => {
        engine?.close();
        engine = undefined;
      }),
  };
}

/** False when there is no file. Throws `WattliftError` (`store.read`) when there is one that may not be read. */
async function canRead(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw new WattliftError(
      'store.read',
      `could not read the MOER file ${path}: ${sayError(error)}; see that it may be read, then run again`,
      { cause: error },
    );
  }
}
