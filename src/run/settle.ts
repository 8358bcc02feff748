import type { Intent } from '../ledger/ledger.ts';
import { supersededBy, type Attempt, type CreationDesk, type CreationJob } from './creation-desk.ts';
import { doubt, look } from './look.ts';
import type { Outcome } from './outcome.ts';
import { slotName } from './survey.ts';

/** The intents that are open for a job's slot, of this content or another. */
export async function findOpen({ open, slot }: CreationJob, { ledger }: CreationDesk): Promise<readonly Intent[]> {
  if (open === undefined) return [];
  const all = await ledger.intents();
  return all.filter((intent) => slotName(intent.slot) === slotName(slot));
}

/**
 * Settles the intents that stand in the way: one that an earlier run, or a look-alike, left open for the same request; the
 * slot's own, which has another fingerprint when the API wants the request in another form by now; and those of the slot's
 * earlier content, which are only waited out, so that none of them lands after this one. Undefined: send.
 */
export async function settleEarlier(attempt: Attempt, desk: CreationDesk): Promise<Outcome | undefined> {
  const { job, prepared, open } = attempt;
  for (const intent of supersededBy(attempt)) await waitOut(intent, desk);
  const own = open.filter(({ key }) => key === job.key);
  const fingerprints = new Set([prepared.fingerprint, ...own.map(({ fingerprint }) => fingerprint)]);
  for (const fingerprint of fingerprints) {
    const intent = await desk.ledger.intent(fingerprint);
    const settled = intent && (await settle(intent, attempt, desk));
    if (settled) return settled;
  }
  return undefined;
}

async function settle(intent: Intent, attempt: Attempt, desk: CreationDesk): Promise<Outcome | undefined> {
  const own = intent.key === attempt.job.key;
  await waitOut(intent, desk);
  const looked = await look(attempt, 'unknown', intent, desk);
  if (looked?.kind !== 'uncertain') return own ? looked : undefined;
  if (desk.retryUncertain) {
    await desk.ledger.clearIntent(intent.fingerprint);
    return undefined;
  }
  if (own) return looked;
  const { site, item } = intent.slot;
  const waiting = doubt(
    looked.code,
    `waits for site "${site}", item "${item}": the same request was sent for it at ${new Date(intent.at).toISOString()}, and what came of it is not known: ${looked.message}`,
  );
  return { ...waiting, waitsFor: intent.slot };
}

/** Waits until an intent's request can no longer be under way, and a list must show what it made. */
async function waitOut(
  { at, timeoutMs }: Intent,
  { settleMs, stopping, tools: { clock } }: CreationDesk,
): Promise<void> {
  // Never longer than that: the wall clock may have been set back since.
  const mostMs = timeoutMs + settleMs;
  const waitMs = Math.min(at + mostMs - clock.now(), mostMs);
  if (waitMs > 0) await clock.sleep(waitMs, stopping);
}
