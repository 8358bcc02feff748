import { ApiError } from '../domain/errors.ts';
import type { Creation, RemoteId } from '../domain/remote.ts';
import type { Intent } from '../ledger/ledger.ts';
import type { Attempt, CreationDesk, CreationJob } from './creation-desk.ts';
import { finish, look } from './look.ts';
import { toFailure, type Outcome } from './outcome.ts';
import { isOfContent, pieceKey, pieceSlot } from './pieces.ts';
import { findOpen, settleEarlier } from './settle.ts';
import { slotName } from './survey.ts';
import { dropPieces, isKnownTooLarge, noteTooLarge } from './too-large.ts';
import { verify } from './verify.ts';

/** Sends with an unknown outcome, and refusals by the rate limit: how often each is tried in one run. */
const mostSends = 3;
const mostRefusals = 8;
/** Connections never made. Where nobody at all is reached, `away` comes long before. */
const mostUnsent = 24;

/**
 * Makes something at the far side exactly once (design: "Creation that survives a crash"). The intent is committed after
 * the permit and before the request; the id is recorded in the transaction that finishes the work and settles the intent.
 * Where nobody can say whether it was made, it looks before it sends again. What was sent is read back where it can be.
 */
export async function create(job: CreationJob, desk: CreationDesk): Promise<Outcome> {
  try {
    const creation = await job.step.creation(job.input, desk.tools, await previousOf(job, desk));
    const outcome: Outcome = job.isConfirmed
      ? { kind: 'done', result: job.previous }
      : await make({ ...job, firstRow: 1 }, creation, desk);
    return outcome.kind === 'done' ? await verify(job, creation, outcome, desk) : outcome;
  } catch (error) {
    return toFailure(error);
  }
}

/** What is there from before. Where it was to become something else, and nobody can say whether it did, those fields are open. */
async function previousOf(job: CreationJob, desk: CreationDesk): Promise<CreationJob['previous']> {
  const { previous } = job;
  if (previous === undefined || !('fields' in previous)) return previous;
  const others = (await findOpen(job, desk)).filter((intent) => !isOfContent(intent, job.key));
  const open = others.flatMap(({ sent }) => Object.keys(sent)).map((field) => [field, null]);
  return { ...previous, fields: { ...previous.fields, ...Object.fromEntries(open) } };
}

/** A job, or a piece of one: which row of the whole file its file begins with. */
interface Part extends CreationJob {
  readonly firstRow: number;
}

async function make(part: Part, creation: Creation, desk: CreationDesk): Promise<Outcome> {
  const prepared = await desk.tools.wattcarbon.prepare(creation);
  return desk.lookAlikes.inTurn(prepared.fingerprint, async () => {
    const settled = await settledBefore(part, desk);
    if (settled) return settled;
    const attempt = { job: part, creation, prepared, open: await findOpen(part, desk) };
    const earlier = await settleEarlier(attempt, desk);
    if (earlier) return earlier;
    if (await isKnownTooLarge(attempt, desk)) {
      const inPieces = await makeInPieces(part, attempt, desk);
      if (inPieces) return inPieces;
    }
    return sendUntilKnown(part, attempt, desk);
  });
}

/** A look-alike whose turn came first may have found what an earlier run made for this slot; a piece may be done. */
async function settledBefore(
  { step, slot, key, open }: CreationJob,
  { ledger }: CreationDesk,
): Promise<Outcome | undefined> {
  // Other content was sent since, and may have come to be there.
  if (open !== undefined && !isOfContent(open, key)) return undefined;
  const slots = await ledger.slots(slot.site);
  const isHeld = slots.some((held) => slotName(held) === slotName(slot) && held.key === key);
  const work = isHeld ? (await ledger.works([key])).get(key) : undefined;
  return work?.state === 'done' ? { kind: 'done', result: step.result.parse(work.result) } : undefined;
}

/**
 * Cuts in two what is too large, as often as it takes. The cuts are the same in every run, and each piece that was confirmed
 * is in the ledger, so that a later run goes on where this one ends. Undefined for what cannot be cut.
 */
async function makeInPieces(part: Part, attempt: Attempt, desk: CreationDesk): Promise<Outcome | undefined> {
  const pieces = part.step.cut?.(attempt.creation);
  if (pieces === undefined) return undefined;
  let { firstRow } = part;
  for (const { creation, rows } of pieces) {
    const last = firstRow + rows - 1;
    const slot = pieceSlot(part.slot, firstRow, last);
    const outcome = await make({ ...part, slot, key: pieceKey(part.key, firstRow, last), firstRow }, creation, desk);
    if (outcome.kind !== 'done') return outcome;
    firstRow = last + 1;
  }
  const outcome = await finish(attempt, { ...part, fingerprint: attempt.prepared.fingerprint }, undefined, desk);
  await dropPieces(part.slot, desk);
  return outcome;
}

async function sendUntilKnown(part: Part, attempt: Attempt, desk: CreationDesk): Promise<Outcome> {
  const { job, prepared } = attempt;
  const owner = { fingerprint: prepared.fingerprint, key: job.key, slot: job.slot };
  const { clock, wattcarbon } = desk.tools;
  for (let sends = 1, refusals = 0, unsent = 0; ;) {
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
      if (kind === 'too-large') {
        await noteTooLarge(attempt, desk);
        const inPieces = await makeInPieces(part, attempt, desk);
        if (inPieces) return inPieces;
      }
      if (error instanceof ApiError && kind === 'invalid') {
        throw (await job.step.explain?.(job.input, desk.tools, attempt.creation, error)) ?? error;
      }
      // A refusal by the limit pauses the whole budget in the throttle; here only an unreachable host is waited for.
      if (kind === 'limited' && ++refusals <= mostRefusals) continue;
      // With a status it was the login that failed: somebody is there.
      const isAnswered = error instanceof ApiError && error.details.status !== undefined;
      if (kind !== 'unsent' || ++unsent > (isAnswered ? mostRefusals : mostUnsent)) throw error;
      await clock.sleep(Math.min(250 * 2 ** unsent, 10_000), desk.stopping);
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
