import type { Slot } from '../ledger/ledger.ts';
import type { Attempt, CreationDesk } from './creation-desk.ts';
import { isPieceOf } from './pieces.ts';

/** Was a file of this length, or a shorter one, refused as too large before, by the same operation? */
export async function isKnownTooLarge(attempt: Attempt, { ledger }: CreationDesk): Promise<boolean> {
  const { length, scope, operation } = measure(attempt);
  if (length === 0) return false;
  const refused = await ledger.refusedLength(scope, operation);
  return refused !== undefined && length >= refused;
}

/** Remembers that a file of this length is refused as too large, so that no run tries one again. */
export async function noteTooLarge(attempt: Attempt, { ledger, tools }: CreationDesk): Promise<void> {
  const { length, scope, operation } = measure(attempt);
  if (length > 0) await ledger.rememberRefused(scope, operation, length, tools.clock.now());
}

/** Takes the slots of pieces away, once the whole is recorded: it stands for them. */
export async function dropPieces(whole: Slot, { ledger }: CreationDesk): Promise<void> {
  const slots = await ledger.slots(whole.site);
  for (const slot of slots) if (isPieceOf(slot, whole)) await ledger.unlink(slot);
}

function measure({ job, creation }: Attempt): {
  readonly length: number;
  readonly scope: string;
  readonly operation: string;
} {
  return {
    length: creation.file?.bytes.length ?? 0,
    scope: job.slot.scope,
    operation: creation.operation,
  };
}
