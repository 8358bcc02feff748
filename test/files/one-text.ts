import type { Meter } from '../../src/domain/site.ts';
import { readTexts } from './site-at.ts';

/** A file of these lines. */
export const csv = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** Reads a meter of one file. */
export const read = async (text: string, timezone: string | undefined, more: Partial<Meter> = {}) =>
  await readTexts([text], more, timezone);

/** The canonical rows of a meter of one file. */
export const rowsOf = async (text: string, timezone: string | undefined, more: Partial<Meter> = {}) =>
  (await read(text, timezone, more)).rows;

/** Three half hours from midnight UTC. */
export const halfHours = [
  '2024-11-12T00:00:00+00:00,0.5',
  '2024-11-12T00:30:00+00:00,0.25',
  '2024-11-12T01:00:00+00:00,0.75',
];
