import { randomBytes } from 'node:crypto';
import type { Json } from '../domain/json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Terminal } from './terminal.ts';

/** An id that tells one run, or one thing a person did, from every other: the moment, and a little chance. */
export function nameDeed(at: number): string {
  return `${new Date(at).toISOString()}-${randomBytes(3).toString('hex')}`;
}

/** Leaves in the ledger's list of runs what a person did to it, and with which words. */
export async function recordDeed(
  ledger: Ledger,
  { command, summary }: { readonly command: string; readonly summary: Json },
  { clock }: Pick<Terminal, 'clock'>,
): Promise<void> {
  const at = clock.now();
  const id = nameDeed(at);
  await ledger.startRun({ id, at, command });
  await ledger.endRun({ id, at: clock.now(), exitCode: 0, summary });
}
