import { ApiError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Creation, Prepared, RemoteId } from '../domain/remote.ts';
import type { Intent, Ledger, Slot } from '../ledger/ledger.ts';
import type { CreatingStep, Input, Item, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import type { LookAlikes } from './look-alikes.ts';
import { toFailure, type Outcome } from './outcome.ts';
import { slotName } from './survey.ts';

/** One thing to be made: for which slot, under which key, and as which version of its content. */
export interface CreationJob {
  readonly step: CreatingStep<StepName, StepName, Item>;
  readonly input: Input<StepName, Item>;
  readonly slot: Slot;
  readonly key: string;
  readonly version: number;
  /** The intent that was open for this slot when the run began. */
  readonly open: Intent | undefined;
}

/** What the creation protocol works with. */
export interface CreationDesk {
  readonly ledger: Ledger;
  readonly tools: Tools;
  readonly lookAlikes: LookAlikes;
  /** How long a list may lag behind a creation. */
  readonly settleMs: number;
  /** How long a request may be under way. */
  readonly timeoutMs: number;
  /** A person has looked and decided: what stays uncertain is sent once more. */
  readonly retryUncertain: boolean;
  /** Aborts when the run is to stop: waiting ends, nothing new is sent. */
  readonly stopping: AbortSignal;
}

/** Sends with an unknown outcome, refusals by the rate limit, and connections never made: how often each is tried in one run. */
const mostSends = 3;
const mostRefusals = 8;

/** For whom something was made, and the intent that said so. */
type Owner = Pick<Intent, 'fingerprint' | 'key' | 'slot'>;

interface Attempt {
  readonly job: CreationJob;
  readonly creation: Creation;
  readonly prepared: Prepared;
}

/**
 * Makes something at the far side exactly once (design: "Creation that survives a crash"). The intent is committed after
 * the permit and before the request; the id is recorded in the transaction that finishes the work and settles the intent.
 * Where nobody can say whether it was made, it looks before it sends again.
 */
export async function create(job: CreationJob, desk: CreationDesk): Promise<Outcome> {
  try {
    const creation = await job.step.creation(job.input, desk.tools);
    const prepared = await desk.tools.wattcarbon.prepare(creation);
    const attempt = { job, creation, prepared };
    return await desk.lookAlikes.inTurn(prepared.fingerprint, async () => {
      const settled = (await settledByLookAlike(job, desk)) ?? (await settleEarlier(attempt, desk));
      return settled ?? (await sendUntilKnown(attempt, desk));
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

/**
 * Settles the intents that stand in the way: one that an earlier run, or a look-alike, left open for the same request, and
 * the slot's own, which has another fingerprint when the API wants the request in another form by now. Undefined: send.
 */
async function settleEarlier(attempt: Attempt, desk: CreationDesk): Promise<Outcome | undefined> {
  const { job, prepared } = attempt;
  const fingerprints = new Set([prepared.fingerprint]);
  if (job.open?.key === job.key) fingerprints.add(job.open.fingerprint);
  for (const fingerprint of fingerprints) {
    const intent = await desk.ledger.intent(fingerprint);
    const settled = intent && (await settle(intent, attempt, desk));
    if (settled) return settled;
  }
  return undefined;
}

async function settle(intent: Intent, attempt: Attempt, desk: CreationDesk): Promise<Outcome | undefined> {
  const own = intent.key === attempt.job.key;
  // Never longer than that: the wall clock may have been set back since.
  const mostMs = intent.timeoutMs + desk.settleMs;
  const waitMs = Math.min(intent.at + mostMs - desk.tools.clock.now(), mostMs);
  if (waitMs > 0) await desk.tools.clock.sleep(waitMs, desk.stopping);
  const looked = await look(attempt, 'unknown', intent, desk);
  if (own && looked?.kind === 'uncertain' && desk.retryUncertain) {
    await desk.ledger.clearIntent(intent.fingerprint);
    return undefined;
  }
  return own || looked?.kind === 'uncertain' ? looked : undefined;
}

async function sendUntilKnown(attempt: Attempt, desk: CreationDesk): Promise<Outcome> {
  const { job, prepared } = attempt;
  const owner = { fingerprint: prepared.fingerprint, key: job.key, slot: job.slot };
  const { clock, wattcarbon } = desk.tools;
  for (let sends = 1, refusals = 0; ;) {
    let id: RemoteId | undefined;
    try {
      ({ id } = await wattcarbon.send(prepared, { beforeSend: () => desk.ledger.intend(intentOf(attempt, desk)) }));
    } catch (error) {
      if (error instanceof ApiError && error.outcomeUnknown) {
        await clock.sleep(desk.settleMs, desk.stopping);
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

/** Looks for what may be there. Undefined: it is not there, the intent is cleared and it may be sent (again). */
async function look(
  { job, creation, prepared }: Attempt,
  because: 'unknown' | 'conflict',
  owner: Owner,
  desk: CreationDesk,
): Promise<Outcome | undefined> {
  const { ledger, tools } = desk;
  const attempt = { job, creation, prepared };
  const found = await job.step.find(job.input, tools, { because, creation, prepared, revises: job.version > 1 });
  switch (found.kind) {
    case 'there':
      return finish(attempt, owner, undefined, desk);
    case 'cannot-look':
      return doubt(
        `${job.step.name}.uncertain`,
        `${prepared.method} ${prepared.url}: nobody can tell whether it was done; ${found.advice}`,
      );
    case 'objects': {
      const kind = job.step.owns ?? job.step.name;
      const ids = found.objects.map(({ id }) => id);
      const owners = await ledger.owners(job.slot.scope, kind, ids);
      const free = ids.filter((id) => (owners.get(String(id)) ?? owner.key) === owner.key);
      const [only, ...others] = free;
      if (only !== undefined && others.length === 0) return finish(attempt, owner, only, desk);
      if (others.length > 0) {
        return doubt(
          `${job.step.name}.uncertain`,
          `${String(free.length)} of them match (ids ${free.join(', ')}) and none is known to be this one; look which is`,
        );
      }
      break;
    }
    case 'send-again':
  }
  await ledger.clearIntent(owner.fingerprint);
  return undefined;
}

function doubt(code: string, message: string): Outcome {
  return { kind: 'uncertain', code, message };
}

async function finish(
  { job }: Attempt,
  { fingerprint, key, slot }: Owner,
  id: RemoteId | undefined,
  { ledger, tools }: CreationDesk,
): Promise<Outcome> {
  const version = key === job.key ? job.version : 1;
  const learned: Json = id === undefined ? { version } : { id, version };
  const result = job.step.result.parse(learned);
  await ledger.finish({
    work: {
      key,
      step: job.step.name,
      state: 'done',
      result: learned,
      at: tools.clock.now(),
      ...(id !== undefined && { remoteId: id }),
    },
    slot,
    intent: fingerprint,
    ...(job.step.owns !== undefined && id !== undefined && { object: { scope: slot.scope, kind: job.step.owns, id } }),
  });
  return { kind: 'done', result };
}

function intentOf({ job, prepared }: Attempt, { tools, timeoutMs }: CreationDesk): Intent {
  return {
    fingerprint: prepared.fingerprint,
    key: job.key,
    slot: job.slot,
    operation: prepared.operation,
    at: tools.clock.now(),
    timeoutMs,
  };
}
