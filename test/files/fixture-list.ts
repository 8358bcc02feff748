import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Meter } from '../../src/domain/site.ts';
import type { Outcome } from './site-at.ts';
import { readPaths } from './site-at.ts';

/** Where the exports lie; `expected/` beside them has their canonical files. */
export const metersFolder = join(import.meta.dirname, '../../fixtures/meters');

const schema = z.record(
  z.string(),
  z.strictObject({
    /** The site's zone. */
    timezone: z.string().exactOptional(),
    /** Keys of the manifest's meter, where the file alone does not say enough. */
    meter: z.record(z.string(), z.json()).exactOptional(),
    /** The findings the file must give, and no others. */
    findings: z.array(z.string()).exactOptional(),
  }),
);

/** One fixture and how it is read. */
export interface Fixture {
  readonly file: string;
  readonly timezone: string | undefined;
  readonly meter: Partial<Meter>;
  readonly findings: readonly string[];
}

/** The fixtures in the table `reading.json`, in its order. */
export async function listFixtures(): Promise<readonly Fixture[]> {
  const table = schema.parse(JSON.parse(await readFile(join(metersFolder, 'reading.json'), 'utf8')));
  return Object.entries(table).map(([file, { timezone, meter = {}, findings = [] }]) => ({
    file,
    timezone,
    meter,
    findings,
  }));
}

/** The canonical file that a fixture must become. */
export async function expectedOf(fixture: Fixture): Promise<string> {
  return await readFile(join(metersFolder, 'expected', fixture.file.replace(/\.\w+$/, '.csv')), 'utf8');
}

/** Reads a fixture as the program does, from its own path or from another. */
export async function readFixture(fixture: Fixture, path = join(metersFolder, fixture.file)): Promise<Outcome> {
  return await readPaths([path], fixture.meter, fixture.timezone);
}
