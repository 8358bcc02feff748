import type { Found, Search } from './step.ts';
import type { Settings } from './tools.ts';

/** A file name that any server takes: ids of sites and meters may hold what paths may not. */
export function fileName(...parts: readonly string[]): string {
  return `${parts.map((part) => part.replaceAll(/[^\w.-]+/g, '_')).join('-')}.csv`;
}

/**
 * Where nothing can be read back, `wattcarbon.reupload` says whether sending once more is safe
 * (wattcarbon contract, "Timeseries"): `replace` makes it safe; under `refuse` the API itself tells; under `append` nobody can.
 */
export function lookBySendingAgain(
  reupload: Settings['reupload'],
  search: Search,
  advice: string,
): Exclude<Found, { readonly kind: 'objects' }> {
  if (search.because === 'conflict') {
    return reupload === 'refuse' && !search.revises ? { kind: 'there' } : { kind: 'cannot-look', advice };
  }
  return reupload === 'append' ? { kind: 'cannot-look', advice } : { kind: 'send-again' };
}
