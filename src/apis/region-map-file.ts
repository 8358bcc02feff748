import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import { parseJson } from './api-client.ts';
import { regionMapAnswerFor, type RegionMapAnswer } from './region-map-answer.ts';

const stampSchema = z.object({
  url: z.string(),
  fetchedAt: z.iso.datetime().transform((text) => Date.parse(text)),
  changedAt: z.iso
    .datetime()
    .transform((text) => Date.parse(text))
    .optional(),
});

/** What is known of a map on disk besides the map: the first line of its file. */
export interface MapStamp {
  /** The API it is from. */
  readonly url: string;
  /** When it was last downloaded, UTC milliseconds. */
  readonly fetchedAt: number;
  /** When it was first seen to differ from the one before it; absent until it does. */
  readonly changedAt?: number | undefined;
}

/** A map cannot have a first line longer than this. */
const longestStamp = 4096;
/** What a killed run left half written is removed after this long; what is younger may be another run's. */
const leftoverMs = 3_600_000;

/** Where the map of a signal is kept: GeoJSON, which any map program opens. */
export function regionMapPath(folder: string, signal: string): string {
  return join(folder, `${encodeURIComponent(signal)}.geojson`);
}

/** The stamp alone, without reading tens of megabytes; undefined when there is no map, or its first line is not ours. */
export async function readMapStamp(path: string): Promise<MapStamp | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestStamp), 0, longestStamp, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split('\n', 1);
    const { wattlift } = z.object({ wattlift: stampSchema }).parse(parseJson(line.replace(/,$/, '}')));
    return wattlift;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

/** The map; undefined when it cannot be read as one, so that it is downloaded anew. */
export async function readMapFile(path: string, signal: string): Promise<RegionMapAnswer | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return regionMapAnswerFor(signal).safeParse(parseJson(text)).data;
}

/**
 * Keeps the map: written aside, flushed and renamed, so that a run killed at any moment leaves the old one or the new one.
 * `mark` tells apart who may write at the same time. Throws `WattliftError` (`region.map-write`).
 */
export async function writeMapFile(
  path: string,
  mark: string,
  { url, fetchedAt, changedAt }: MapStamp,
  map: RegionMapAnswer,
): Promise<void> {
  const aside = `${path}.${mark}.part`;
  const iso = (time: number): string => new Date(time).toISOString();
  const stamp = { url, fetchedAt: iso(fetchedAt), ...(changedAt !== undefined && { changedAt: iso(changedAt) }) };
  // GeoJSON may have members of others (RFC 7946, 6.1).
  const firstLine = JSON.stringify({ wattlift: stamp }).replace(/}$/, ',\n');
  try {
    const folder = join(path, '..');
    await mkdir(folder, { recursive: true });
    await removeLeftovers(folder, fetchedAt);
    await writeFile(aside, firstLine + JSON.stringify(map).slice(1), { flush: true });
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw new WattliftError(
      'region.map-write',
      `could not keep the region map ${path}: ${error instanceof Error ? error.message : String(error)}; ` +
        'see that the disk has room and the folder may be written, then run again, or set watttime.regions: api',
      { cause: error },
    );
  }
}

async function removeLeftovers(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.geojson\..*\.part$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs < nowMs - leftoverMs) await rm(path, { force: true });
  }
}
