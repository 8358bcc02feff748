import type { Json } from '../../src/domain/json.ts';
import type { Intent, Ledger, SiteStatus, Slot, Work } from '../../src/ledger/ledger.ts';

/** Opens a fresh ledger, and says how to close it and open it again. */
export type OpenFresh = () => Promise<{ readonly ledger: Ledger; readonly reopen: () => Promise<Ledger> }>;

export const slot: Slot = { scope: 'wattcarbon/acct', site: 'SP1', step: 'meter', item: 'main' };
export const at = Date.UTC(2025, 0, 1);

export function done(key: string, result: Json = { id: 7 }): Work {
  return { key, step: 'meter', state: 'done', result, at };
}

export function failed(key: string): Work {
  return { key, step: 'meter', state: 'failed', error: { code: 'wattcarbon.invalid', message: 'no' }, at };
}

export function intent(key: string, fingerprint = 'f1'): Intent {
  return { fingerprint, key, slot, operation: 'create_meter', at, timeoutMs: 60_000, sent: { location: key } };
}

export async function collect(sites: AsyncIterable<SiteStatus>): Promise<SiteStatus[]> {
  const all: SiteStatus[] = [];
  for await (const site of sites) all.push(site);
  return all;
}

export async function siteIds(sites: AsyncIterable<SiteStatus>): Promise<string[]> {
  return (await collect(sites)).map(({ id }) => id);
}
