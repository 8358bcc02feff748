import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WattliftError } from '../domain/errors.ts';
import type { Series } from '../domain/moer.ts';
import { sayError } from './say-error.ts';

const monthFilePattern = /^(\d{4}-\d{2})\.parquet$/;
// A leading dot hides it from pandas and pyarrow, which read every other file of a folder; no `*.parquet` glob matches it.
const asidePattern = /^\.\d{4}-\d{2}\..+\.part$/;
const leftoverMs = 3_600_000;

/** `<dir>/<signal>/<region>`: the folder of a series. */
export function seriesFolder(dir: string, { signal, region }: Series): string {
  return join(dir, folderName(signal), folderName(region));
}

/** The file of one UTC month (`2025-01`) of a series. */
export function monthFile(folder: string, month: string): string {
  return join(folder, `${month}.parquet`);
}

/** Where that file is written before it takes its place; `mark` tells apart whoever may write at the same time. */
export function asideFile(folder: string, month: string, mark: string): string {
  return join(folder, `.${month}.${mark}.part`);
}

/** The months that have a file; none when the folder is not there. */
export async function monthsWithFile(folder: string): Promise<ReadonlySet<string>> {
  const names = await namesIn(folder);
  return new Set(names.flatMap((name) => monthFilePattern.exec(name)?.[1] ?? []));
}

/** Removes what runs killed more than an hour before `nowMs` left half written; younger ones may be another process's. */
export async function removeLeftovers(folder: string, nowMs: number): Promise<void> {
  const names = await namesIn(folder);
  for (const name of names.filter((name) => asidePattern.test(name))) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs < nowMs - leftoverMs) await rm(path, { force: true });
  }
}

/**
 * Puts a file in place whole or not at all: `write` writes it aside, then it is synced, renamed, and its folder synced.
 * Once this resolves, the new content survives a power cut. Throws `WattliftError` (`store.write`) with the path;
 * the old file then is as it was.
 */
export async function replaceFile(path: string, aside: string, write: (path: string) => Promise<void>): Promise<void> {
  try {
    const folder = dirname(path);
    const made = await mkdir(folder, { recursive: true });
    await write(aside);
    await syncToDisk(aside, 'r+');
    await rename(aside, path);
    await syncFolders(folder, made === undefined ? folder : dirname(made));
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new WattliftError(
      'store.write',
      `could not write the MOER file ${path}: ${sayError(error)}; see that the disk has room and the folder may be written, then run again`,
      { cause: error },
    );
  }
}

/** Whether an error of the file system says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unlistable(folder, error);
  }
}

function unlistable(folder: string, error: unknown): WattliftError {
  return new WattliftError(
    'store.read',
    `could not list the MOER folder ${folder}: ${sayError(error)}; see that it is a folder that may be read, then run again`,
    { cause: error },
  );
}

/** Syncs `folder` and those above it, up to `top`: a new folder lives in the one above. */
async function syncFolders(folder: string, top: string): Promise<void> {
  // Windows cannot sync a folder, and needs not: NTFS logs the rename.
  if (process.platform === 'win32') return;
  for (let current = folder; ; current = dirname(current)) {
    await syncToDisk(current, 'r');
    if (current === top || current === dirname(current)) return;
  }
}

async function syncToDisk(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name as one plain folder name: no separator, no wildcard, no step upwards, none that readers take for hidden. */
function folderName(name: string): string {
  return encodeURIComponent(name).replace(
    /^[._]|[*'()!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A month's file in the dataset. */
export interface StoredMonth extends Series {
  /** `2025-01`. */
  readonly month: string;
  readonly path: string;
}

/** All month files under `dir`, by region, signal and month. Throws `WattliftError` (`store.read`). */
export async function listMonthFiles(dir: string): Promise<readonly StoredMonth[]> {
  const found: StoredMonth[] = [];
  for (const signal of await foldersIn(dir)) {
    for (const region of await foldersIn(join(dir, signal))) {
      const folder = join(dir, signal, region);
      const series = { signal: nameOfFolder(signal), region: nameOfFolder(region) };
      for (const month of await monthsWithFile(folder)) {
        found.push({ ...series, month, path: monthFile(folder, month) });
      }
    }
  }
  const keyOf = ({ region, signal, month }: StoredMonth): string => JSON.stringify([region, signal, month]);
  return found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The folders in a folder, those hidden left out; none when it is no folder. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw unlistable(folder, error);
  }
}

function nameOfFolder(folder: string): string {
  try {
    return decodeURIComponent(folder);
  } catch {
    // Not a folder of ours.
    return folder;
  }
}
