import type { Json } from '../domain/json.ts';
import type { RemoteId, RemoteObject } from '../domain/remote.ts';
import type { Found, Results, StepName } from '../steps/step.ts';
import { supersededBy, type Attempt, type CreationDesk, type Owner } from './creation-desk.ts';
import type { Outcome } from './outcome.ts';

/** Looks for what may be there. Undefined: it is not there, or does no harm twice, and it may be sent (again). */
export async function look(
  attempt: Attempt,
  because: 'unknown' | 'conflict',
  owner: Owner,
  desk: CreationDesk,
): Promise<Outcome | undefined> {
  const { job, creation, prepared } = attempt;
  const revises = job.version > 1 || supersededBy(attempt).length > 0;
  const found = await job.step.find(job.input, desk.tools, { because, creation, prepared, revises });
  const settled =
    found.kind === 'objects' ? await judge(found, attempt, owner, desk) : await conclude(found, attempt, owner, desk);
  if (settled) return settled;
  // The job's own stays open until its next request renews it: when there is none, it is not known what became of this one.
  const isOwn = owner.key === job.key && owner.fingerprint === prepared.fingerprint;
  if (!isOwn) await desk.ledger.clearIntent(owner.fingerprint);
  return undefined;
}

/** Adopts the one that is the same and nobody's. What may be the same is never taken for absent. */
async function judge(
  { objects, unclear, inDoubt }: Found & { readonly kind: 'objects' },
  attempt: Attempt,
  owner: Owner,
  desk: CreationDesk,
): Promise<Outcome | undefined> {
  const all = [...objects, ...unclear];
  let claims = await readClaims(all, attempt, owner, desk);
  // What is in doubt may be another site's, whose answer is on its way: it will be owned soon.
  let leftMs = inDoubt === undefined ? desk.timeoutMs + desk.settleMs : 0;
  const pauseMs = Math.max(desk.settleMs, desk.timeoutMs / 60);
  while (claims.awaited && leftMs > 0 && !unclear.every(claims.isTaken)) {
    await desk.tools.clock.sleep(pauseMs, desk.stopping);
    leftMs -= pauseMs;
    claims = await readClaims(all, attempt, owner, desk);
  }
  const free = objects.filter((object) => !claims.isOwned(object)).map(({ id }) => id);
  const doubtful = unclear.filter((object) => !claims.isTaken(object)).map(({ id }) => id);
  const [only, ...others] = free;
  if (only !== undefined && others.length === 0 && (doubtful.length === 0 || inDoubt)) {
    return finish(attempt, owner, only, desk);
  }
  if (only === undefined) {
    if (doubtful.length === 0) return undefined;
    if (inDoubt) return conclude(inDoubt, attempt, owner, desk);
  }
  const ids = [...free, ...doubtful].join(', ');
  return doubt(
    `${attempt.job.step.name}.uncertain`,
    doubtful.length === 0
      ? `${String(free.length)} of them match (ids ${ids}) and none is known to be this one; look which is`
      : `an answer was lost, and what the list shows (ids ${ids}) may be what was made: it shows too little of it, or in another form; look whether one is`,
  );
}

/** What others have a right to, among the objects of a list. */
interface Claims {
  /** A row of the ledger owns it. */
  readonly isOwned: (object: RemoteObject) => boolean;
  /** It is owned, or it is exactly what another open intent sent. */
  readonly isTaken: (object: RemoteObject) => boolean;
  /** True while another such creation is without an answer. */
  readonly awaited: boolean;
}

async function readClaims(
  objects: readonly RemoteObject[],
  { job: { step, slot }, prepared }: Attempt,
  { fingerprint }: Owner,
  { ledger }: CreationDesk,
): Promise<Claims> {
  // The intents first: what is settled in between is owned by then.
  const open = (await ledger.intents()).filter(
    (intent) =>
      intent.operation === prepared.operation &&
      intent.slot.scope === slot.scope &&
      intent.fingerprint !== fingerprint &&
      intent.fingerprint !== prepared.fingerprint,
  );
  const ids = objects.map(({ id }) => id);
  const owners = await ledger.owners(slot.scope, step.owns ?? step.name, ids);
  const isOwned = ({ id }: RemoteObject): boolean => owners.has(String(id));
  return {
    isOwned,
    isTaken: (object) => isOwned(object) || open.some(({ sent }) => step.compare?.(sent, object.fields) === 'same'),
    awaited: open.length > 0,
  };
}

async function conclude(
  found: Exclude<Found, { readonly kind: 'objects' }>,
  attempt: Attempt,
  owner: Owner,
  desk: CreationDesk,
): Promise<Outcome | undefined> {
  const { job, prepared } = attempt;
  switch (found.kind) {
    case 'there':
      return finish(attempt, owner, undefined, desk);
    case 'cannot-look':
      return doubt(
        `${job.step.name}.uncertain`,
        `${prepared.method} ${prepared.url}: nobody can tell whether it was done; ${found.advice}`,
      );
    case 'send-again':
      return undefined;
  }
}

/** An outcome that only a person can settle. */
export function doubt(code: string, message: string): Outcome & { readonly kind: 'uncertain' } {
  return { kind: 'uncertain', code, message };
}

/** Records what was made, for whom, and that its intent is settled: all or nothing. */
export async function finish(
  attempt: Attempt,
  { fingerprint, key, slot }: Owner,
  given: RemoteId | undefined,
  { ledger, tools }: CreationDesk,
): Promise<Outcome> {
  const { job } = attempt;
  // What was changed keeps its id, whatever the answer says.
  const id = attempt.creation.operation === 'update_asset' ? (idOf(job.previous) ?? given) : given;
  const isOwn = key === job.key;
  const version = isOwn ? job.version : 1;
  const fields = isOwn ? job.step.fields?.(job.input, tools) : undefined;
  const learned: Json = { ...(id !== undefined && { id }), version, ...(fields && { fields }) };
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
  // Only now: until the new content is there, they say that other content may be. One that a kill leaves here does no harm.
  if (isOwn) for (const intent of supersededBy(attempt)) await ledger.clearIntent(intent.fingerprint);
  return { kind: 'done', result };
}

function idOf(previous: Results[StepName] | undefined): RemoteId | undefined {
  return previous && 'id' in previous ? previous.id : undefined;
}
