import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ProblemError } from '../../src/domain/errors.ts';
import type { CanonicalForm } from '../../src/domain/meter-data.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Meter, Site } from '../../src/domain/site.ts';
import type { MeterAndEventFiles } from '../../src/files/site-files.ts';
import { createSiteFiles } from '../../src/files/site-files.ts';

export const kwhForm: CanonicalForm = {
  intervals: ['start_datetime', 'energy_kwh'],
  bills: ['start_date', 'end_date', 'energy_kwh'],
  gasUnit: 'kwh',
};

export function siteOf(more: Partial<Site> = {}): Site {
  return { id: 'S1', name: 'S1', meters: [], where: () => ({ file: 'pipeline.yaml', line: 1 }), ...more };
}

export function meterOf(data: readonly string[], more: Partial<Meter> = {}): Meter {
  return { id: 'main', type: 'electricity', data, ...more };
}

/** A reader that shows files by their name alone. */
export function openFiles(form: CanonicalForm = kwhForm): MeterAndEventFiles {
  return createSiteFiles({ form, displayPath: (path) => basename(path) });
}

/** Runs `use` in a folder of its own, with a function that puts a file there. */
export async function inFolder<T>(
  use: (put: (name: string, text: string | Uint8Array) => Promise<string>, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-files-'));
  try {
    return await use(async (name, text) => {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    }, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Outcome {
  /** All parts, one after the other, each with its header. */
  readonly text: string;
  readonly rows: readonly string[];
  readonly findings: readonly Problem[];
  readonly inferred: readonly string[];
}

/** What one or more texts become; the zone is the site's. */
export async function readTexts(
  texts: readonly (string | Uint8Array)[],
  more: Partial<Meter> = {},
  timezone?: string,
  form = kwhForm,
): Promise<Outcome> {
  return await inFolder(async (put) => {
    const data = await Promise.all(texts.map(async (text, at) => put(`meter-${String(at)}.csv`, text)));
    return await readPaths(data, more, timezone, form);
  });
}

export async function readPaths(
  data: readonly string[],
  more: Partial<Meter> = {},
  timezone?: string,
  form = kwhForm,
): Promise<Outcome> {
  const files = openFiles(form);
  const site = siteOf(timezone === undefined ? {} : { timezone });
  const meter = meterOf(data, more);
  const found = await files.meter(site, meter);
  const parts: string[] = [];
  for (const part of found.parts) parts.push(new TextDecoder().decode(await files.bytes(site, meter, part)));
  const text = parts.join('');
  const rows = parts.flatMap((part) => part.trimEnd().split('\n').slice(1));
  return { text, rows, findings: found.findings, inferred: found.inferred };
}

/** The problems that reading ends with; none when it succeeds. */
export async function problemsOf(reading: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await reading;
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

export async function codesOf(reading: Promise<unknown>): Promise<readonly string[]> {
  return (await problemsOf(reading)).map((problem) => problem.code);
}
