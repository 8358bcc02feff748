import { join } from 'node:path';
import type { Manifest } from '../manifest/manifest.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
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

/**
 * Starts the sandbox with its state beside the rehearsal's own ledger, for the bad day that the flags describe. What WattCarbon
 * does not document is as the manifest says it is: the limit, columns, coordinate keys, a span sent again. One that forgets
 * has no state from before and leaves none. Throws
 * `WattliftError` for flags that say what cannot be.
 */
export async function startRehearsal(
  manifest: Manifest,
  flags: SandboxFlags,
  terminal: Terminal,
  { forgets = false }: { readonly forgets?: boolean | undefined } = {},
): Promise<Rehearsal> {
  // A real run has no use for the sandbox, its hundreds of regions least of all.
  const { startSandbox } = await import('../sandbox/start.ts');
  const { readSandboxOptions } = await import('../sandbox/read-options.ts');
  const { limit, reupload, form, coordinateKeys } = manifest.wattcarbon;
  const said = { reupload, intervalColumns: form.intervals, billColumns: form.bills, coordinateKeys };
  const { limits, ...chosen } = readSandboxOptions(flags.sandboxOption ?? [], said);
  const sandbox = await startSandbox({
    ...chosen,
    stateFile: forgets ? undefined : join(manifest.folder, '.wattlift', 'sandbox', 'state.db'),
    clock: terminal.clock,
    limits: { ...limits, wattcarbon: limit },
    faults: { specs: flags.sandboxFault ?? [], seed: flags.sandboxSeed },
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
