import type { Position } from '../domain/problem.ts';
import type { PathKey } from './document.ts';

/** A site as it was written, in the manifest or as a row, and where its parts are. */
export interface SiteSource {
  readonly raw: unknown;
  /** Record number in the portfolio; undefined for a site in the manifest. */
  readonly record?: number | undefined;
  /** Numbers whose text says more than the number (`01002`), with that text. */
  readonly rewritten: readonly { readonly path: readonly PathKey[]; readonly source: string }[];
  /** Where the value at a path (or its key) is; the nearest parent when it is absent. */
  readonly where: (path: readonly PathKey[], part?: 'key' | 'value') => Position;
}
