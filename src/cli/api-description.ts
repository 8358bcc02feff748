import type { DescriptionSummary } from '../apis/operation-changes.ts';

/** WattCarbon's description of itself in a `--json` document: its times are instants. */
export interface DescribedAs extends Omit<DescriptionSummary, 'at' | 'since'> {
  readonly at?: string;
  readonly since?: string;
}

/** A description with its times as instants. */
export function withInstants({ at, since, ...rest }: DescriptionSummary): DescribedAs {
  return {
    ...rest,
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  };
}

/** How old the description is, and what has moved since the one before; of an idle plan only the latter. */
export function formatDescription(description: DescribedAs | undefined, idle: boolean): string {
  if (description === undefined) return '';
  const { from, at, sha256, since, changes } = description;
  const read = at === undefined ? '' : `, read ${at}`;
  const known = idle ? '' : `\ndescription of the API: ${from}${read} (sha256 ${sha256.slice(0, 12)})\n`;
  if (changes.length === 0) return known;
  const what = idle ? "\nWattCarbon's description of its API" : 'it';
  return `${known}${what} has changed since ${since ?? 'the last run'}:\n${changes.map((one) => `  ${one}\n`).join('')}`;
}
