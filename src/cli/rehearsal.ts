import { join } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import { startSandbox } from '../sandbox/start.ts';
import type { Terminal } from './terminal.ts';

/**
 * The names under which a rehearsal knows the two APIs. The ports change from run to run, so requests are led there by
 * `Rehearsal.fetch`; what the ledger holds (scopes, fingerprints, budgets, cached documents) keeps these names.
 */
export const rehearsalUrls = { watttime: 'http://watttime.sandbox', wattcarbon: 'http://wattcarbon.sandbox' } as const;

/** Both APIs, served inside this process. */
export interface Rehearsal {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

/** The manifest with both URLs led to the sandbox. */
export function rehearse(manifest: Manifest): Manifest {
  return {
    ...manifest,
    watttime: { ...manifest.watttime, url: rehearsalUrls.watttime },
    wattcarbon: { ...manifest.wattcarbon, url: rehearsalUrls.wattcarbon, allowUnverifiedEndpoints: true },
  };
}

/** Starts the sandbox with its state beside the rehearsal's own ledger. WattCarbon documents no limit: the manifest's stands. */
export async function startRehearsal(manifest: Manifest, terminal: Terminal): Promise<Rehearsal> {
  const sandbox = await startSandbox({
    stateFile: join(manifest.folder, '.wattlift', 'sandbox', 'state.db'),
    clock: terminal.clock,
    limits: { wattcarbon: manifest.wattcarbon.limit },
  });
  const addresses = new Map<string, string>([
    [rehearsalUrls.watttime, sandbox.watttimeUrl],
    [rehearsalUrls.wattcarbon, sandbox.wattcarbonUrl],
  ]);
  return {
    fetch: (input, init) => {
      const request = new Request(input, init);
      const url = new URL(request.url);
      const address = addresses.get(url.origin);
      if (address === undefined) throw new TypeError(`a rehearsal does not leave this machine: ${url.origin}`);
      return fetch(new Request(new URL(url.pathname + url.search, address), request));
    },
    close: () => sandbox.close(),
  };
}
