import type { z } from 'zod';
import type { Problem } from '../domain/problem.ts';
import type { PathKey } from './document.ts';
import { explainIssue, type Issue, type IssueSource, pathOf, settleUnion } from './issues.ts';
import { valueAt, without } from './lenient-path.ts';

/** A value that passed the schema, after the parts with issues were cut away; undefined when nothing was left. */
export interface LenientParse<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

function cuts(issues: readonly Issue[], raw: unknown): readonly (readonly PathKey[])[] {
  const paths = issues.flatMap((issue): (readonly PathKey[])[] => {
    const path = pathOf(issue);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
    // What is missing cannot be cut: its parent goes.
    return [valueAt(raw, path) === undefined ? path.slice(0, -1) : path];
  });
  return [...new Map(paths.map((path) => [path.join('\0'), path])).values()];
}

/**
 * Parses with a schema and explains every issue; then cuts the offending parts away and parses the rest,
 * so that later checks can find more in one go. Problems come from the first parse only: later ones are consequences.
 */
export function parseLeniently<T>(schema: z.ZodType<T>, source: IssueSource): LenientParse<T> {
  const first = schema.safeParse(source.raw);
  if (first.success) return { value: first.data, problems: [] };
  let issues = first.error.issues.flatMap(settleUnion);
  const problems = issues.flatMap((issue) => explainIssue(issue, source));
  let { raw } = source;
  for (let round = 0; round < 12 && issues.length > 0; round += 1) {
    for (const path of cuts(issues, raw)) {
      if (path.length === 0) return { value: undefined, problems };
      raw = without(raw, path);
    }
    const next = schema.safeParse(raw);
    if (next.success) return { value: next.data, problems };
    issues = next.error.issues.flatMap(settleUnion);
  }
  return { value: undefined, problems };
}
