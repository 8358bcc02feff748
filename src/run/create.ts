import { ApiError } from '../domain/errors.ts';
import type { RemoteId } from '../domain/remote.ts';
import type { Intent } from '../ledger/ledger.ts';
import type { Attempt, CreationDesk, CreationJob } from './creation-desk.ts';
import { finish, look } from './look.ts';
import { toFailure, type Outcome } from './outcome.ts';
import { findOpen, settleEarlier } from './settle.ts';
import { slotName } from './survey.ts';

/** Sends with an unknown outcome, refusals by the rate limit, and connections never made: how often each is tried in one run. */
const mostSends = 3;
const mostRefusals = 8;

/**
 * Makes something at the far side exactly once (design: "Creation that survives a crash"). The intent is committed after
 * the permit and before the request; the id is recorded in the transaction that finishes the work and settles the intent.
 * Where nobody can say whether it was made, it looks before it sends again.
 */
export async function create(job: CreationJob, desk: CreationDesk): Promise<Outcome> {
  try {
    const creation = await job.step.creation(job.input, desk.tools);
    const prepared = await desk.tools.wattcarbon.prepare(creation);
    return await desk.lookAlikes.inTurn(prepared.fingerprint, async () => {
      const settled = await settledByLookAlike(job, desk);
      if (settled) return settled;
      const attempt = { job, creation, prepared, open: await findOpen(job, desk) };
      return (await settleEarlier(attempt, desk)) ?? (await sendUntilKnown(attempt, desk));
    });
  } catch (error) {
    return toFailure(error);
  }
}

/** A look-alike whose turn came first may have found what an earlier run made for this slot. */
async function settledByLookAlike(
  { step, slot, key }: CreationJob,
  { ledger }: CreationDesk,
): Promise<Outcome | undefined> {
  const slots = await ledger.slots(slot.site);
  const isHeld = slots.some((held) => slotName(held) === slotName(slot) && held.key === key);
  const work = isHeld ? (await ledger.works([key])).get(key) : undefined;
  return work?.state === 'done' ? { kind: 'done', result: step.result.parse(work.result) } : undefined;
}

async function sendUntilKnown(attempt: Attempt, desk: CreationDesk): Promise<Outcome> {
  const { job, prepared } = attempt;
  const owner = { fingerprint: prepared.fingerprint, key: job.key, slot: job.slot };
  const { clock, wattcarbon } = desk.tools;
  for (let sends = 1, refusals = 0; ;) {
    let id: RemoteId | undefined;
    let sentAt = clock.monotonic();
    const beforeSend = async (): Promise<void> => {
      await desk.ledger.intend(intentOf(attempt, desk));
      sentAt = clock.monotonic();
    };
    try {
      ({ id } = await wattcarbon.send(prepared, { beforeSend }));
    } catch (error) {
      if (error instanceof ApiError && error.outcomeUnknown) {
        await clock.sleep(waitAfter(error, clock.monotonic() - sentAt, desk), desk.stopping);
        const looked = await look(attempt, 'unknown', owner, desk);
        if (looked) return looked;
        if (++sends > mostSends) throw error;
        continue;
      }
      // Whatever else went wrong, nothing was done (see `WattCarbon.send`).
      const open = await desk.ledger.intent(prepared.fingerprint);
      if (open?.key === job.key) await desk.ledger.clearIntent(prepared.fingerprint);
      const kind = error instanceof ApiError ? error.details.kind : undefined;
      if (kind === 'conflict') {
        const looked = await look(attempt, 'conflict', owner, desk);
        if (looked) return looked;
      }
      if ((kind !== 'limited' && kind !== 'unsent') || ++refusals > mostRefusals) throw error;
      // A refusal by the limit pauses the whole budget in the throttle; here only an unreachable host is waited for.
      if (kind === 'unsent') await clock.sleep(Math.min(250 * 2 ** refusals, 10_000), desk.stopping);
      continue;
    }
    // Not inside the `try`: when the ledger fails here the work is done, and its intent must stay open.
    return finish(attempt, owner, id, desk);
  }
}

/**
 * How long to wait before looking, in milliseconds, when a request that began `passedMs` ago has an unknown outcome. Behind a
 * gateway that gave up, or a broken connection, the origin may still be at work, so its whole timeout is waited out;
 * a good answer that cannot be read came from one who had ended (docs/decisions/waiting-after-a-lost-answer.md).
 */
function waitAfter({ details }: ApiError, passedMs: number, { settleMs, timeoutMs }: CreationDesk): number {
  return details.kind === 'unreadable' ? settleMs : Math.max(Math.ceil(timeoutMs - passedMs), 0) + settleMs;
}

function intentOf({ job, prepared }: Attempt, { tools, timeoutMs }: CreationDesk): Intent {
  return {
    fingerprint: prepared.fingerprint,
    key: job.key,
    slot: job.slot,
    operation: prepared.operation,
    at: tools.clock.now(),
    timeoutMs,
    sent: prepared.sent,
  };
}
