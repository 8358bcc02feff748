import { access, constants, stat, writeFile } from 'node:fs/promises';
import type { Clock } from '../domain/clock.ts';
import { WattliftError } from '../domain/errors.ts';
import type { MoerPoint, Series } from '../domain/moer.ts';
import { monthOf } from '../domain/span.ts';
import {
  asideFile,
  isAbsent,
  monthFile,
  monthsWithFile,
  removeLeftovers,
  replaceFile,
  seriesFolder,
} from './month-file.ts';
import { type PackedPoints, packPoints, unpackPoints } from './packed-points.ts';
import { openParquet, type ParquetEngine } from './parquet.ts';
import { sayError } from './say-error.ts';
import { createTurns } from './turns.ts';
import { encodeMoerFile } from './write-parquet.ts';

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

/** Neighbouring answers share a month: what was just written need not be read back until it is whole. */
const rememberedMonths = 64;

interface Remembered {
  readonly points: PackedPoints;
  /** The file it was written to, as it was then. */
  readonly stamp: string;
}

/** Opens the files under `dir`; DuckDB starts with the first file that is read. */
export function openMonths(dir: string, clock: Clock): Months {
  const takeTurn = createTurns();
  const cleaned = new Set<string>();
  // Names apart what two processes may write aside at once.
  const mark = `${clock.now().toString(36)}-${String(process.pid)}`;
  let writes = 0;
  let engine: ParquetEngine | undefined;
  const remembered = new Map<string, Remembered>();

  const remember = async (path: string, points: readonly MoerPoint[]): Promise<void> => {
    remembered.delete(path);
    if (isWhole(points)) return;
    remembered.set(path, { points: packPoints(points), stamp: await stampOf(path) });
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMonths && oldest !== undefined) remembered.delete(oldest);
  };

  /** One call to DuckDB at a time, so that its memory is that of one file. */
  async function withEngine<T>(job: (engine: ParquetEngine) => Promise<T>): Promise<T> {
    return takeTurn('engine', async () => job((engine ??= await openParquet())));
  }

  return {
    list: async (series) => monthsWithFile(seriesFolder(dir, series)),
    read: async (series, month) => {
      const path = monthFile(seriesFolder(dir, series), month);
      if (!(await canRead(path))) return [];
      const known = remembered.get(path);
      if (known !== undefined && known.stamp === (await stampOf(path))) return unpackPoints(known.points);
      return withEngine(async (engine) => engine.read(path, series));
    },
    write: async (series, month, points) => {
      const folder = seriesFolder(dir, series);
      if (!cleaned.has(folder)) {
        await removeLeftovers(folder, clock.now());
        cleaned.add(folder);
      }
      writes += 1;
      const path = monthFile(folder, month);
      const aside = asideFile(folder, month, `${mark}-${String(writes)}`);
      await replaceFile(path, aside, async (file) => writeFile(file, encodeMoerFile(points, series)));
      await remember(path, points);
    },
    close: async () =>
      takeTurn('engine', async () => {
        engine?.close();
        engine = undefined;
      }),
  };
}

/** Whether the points reach, at one step, from the start of a UTC month to its end: nothing will be added to it. */
function isWhole(points: readonly MoerPoint[]): boolean {
  const [first, second] = points;
  const last = points.at(-1);
  if (!first || !second || !last) return false;
  const step = second.time - first.time;
  const isEnd = monthOf(last.time + step) !== monthOf(last.time);
  return (
    isEnd && monthOf(first.time - step) !== monthOf(first.time) && last.time - first.time === step * (points.length - 1)
  );
}

/** What tells a file from another that took its place, or from itself after a change. */
async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs].join(' ');
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
