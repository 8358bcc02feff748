import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { DocumentCache } from '../apis/openapi-source.ts';
import { openPassingPermits } from '../ledger/sqlite-permits.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { createClients } from './clients.ts';
import type { Credentials } from './credentials.ts';
import { startRehearsal, type Rehearsal } from './rehearsal.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import type { Terminal } from './terminal.ts';
import { openWires, type Wires } from './wires.ts';

/** How a verb that only asks goes to both APIs. */
export interface Asking {
  readonly credentials: Credentials;
  readonly cache: DocumentCache;
  readonly flags: SandboxFlags & { readonly sandbox?: true };
  readonly log: Logger;
  /** Aborts when nothing new may be sent. */
  readonly stopping: AbortSignal;
  /** Leave no file where there is none: requests are counted in a ledger that is there, else by this process alone. */
  readonly leavesNothing?: true;
  /** Stands between the throttle and the network. */
  readonly listen?: (bare: typeof fetch) => typeof fetch;
}

/**
 * Opens both APIs as a run would, through its permits, and closes them when `use` has ended; in a rehearsal both are served
 * inside this process. Nothing is written through it: a guessed operation does no harm.
 */
export async function withClients<T>(
  manifest: Manifest,
  { credentials, cache, flags, log, stopping, leavesNothing, listen = (bare) => bare }: Asking,
  terminal: Terminal,
  use: (clients: ReturnType<typeof createClients>, wires: Wires) => Promise<T>,
): Promise<T> {
  let rehearsal: Rehearsal | undefined;
  let wires: Wires | undefined;
  try {
    rehearsal = flags.sandbox ? await startRehearsal(manifest, flags, terminal, { forgets: leavesNothing }) : undefined;
    const reach = { kind: 'network', fetch: listen(rehearsal?.fetch ?? fetch) } as const;
    const isCounted = !leavesNothing || existsSync(manifest.budget ?? manifest.ledger);
    const permits = isCounted ? undefined : await openPassingPermits();
    wires = await openWires(manifest, credentials, { terminal, stopping, reach, permits });
    const harmless = { ...manifest, wattcarbon: { ...manifest.wattcarbon, allowUnverifiedEndpoints: true } };
    return await use(createClients(harmless, credentials, { wires, cache, terminal, log }), wires);
  } finally {
    await wires?.close();
    await rehearsal?.close();
  }
}
