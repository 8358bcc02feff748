import type { z } from 'zod';
import type { Problem } from '../domain/problem.ts';
import type { PathKey } from './document.ts';
import { parseLeniently } from './lenient.ts';
import { readingShape } from './schema-path.ts';
import { readingSchema } from './site-schema.ts';

/** How one meter's files are to be read, checked as in a manifest. */
export type Reading = z.output<typeof readingSchema>;

/**
 * Checks a meter's reading keys by the manifest's own schema, wherever they were written. `nameOf` says where: it stands in
 * a problem in place of the manifest. The value is absent when there is a problem.
 */
export function parseReading(
  raw: unknown,
  nameOf: (path: readonly PathKey[]) => string,
): { readonly value?: Reading; readonly problems: readonly Problem[] } {
  const parsed = parseLeniently(readingSchema, {
    raw,
    shape: readingShape(),
    where: (path) => ({ file: nameOf(path) }),
  });
  if (parsed.problems.length > 0 || parsed.value === undefined) return { problems: parsed.problems };
  return { value: parsed.value, problems: [] };
}
