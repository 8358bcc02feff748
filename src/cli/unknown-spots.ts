import type { Clock } from '../domain/clock.ts';
import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isOldRegion, spotOf } from '../steps/region.ts';
import type { SpoiltSite } from '../run/run.ts';

/**
 * How many spots of these sites have no region for a signal in the ledger, or one that is too old; each spot once. Stops
 * at `atMost`: a portfolio that is new is not read to its end.
 */
export async function countUnknownSpots(
  sites: AsyncIterable<Site | SpoiltSite>,
  signal: string,
  atMost: number,
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
): Promise<number> {
  const seen = new Set<string>();
  let unknown = 0;
  for await (const site of sites) {
    const spot = 'spoilt' in site ? undefined : spotOf(site, signal);
    if (spot === undefined || seen.has(spot)) continue;
    seen.add(spot);
    const work = (await ledger.works([spot])).get(spot);
    if (work?.state !== 'done' || isOldRegion(work.at, clock.now())) unknown += 1;
    if (unknown >= atMost) break;
  }
  return unknown;
}
