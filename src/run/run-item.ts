import { WattliftError } from '../domain/errors.ts';
import type { Site } from '../domain/site.ts';
import type { Slot, Work } from '../ledger/ledger.ts';
import { describeChange, type ChangedField } from '../steps/changes.ts';
import type { Facts, Results, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import { adviseOnDoubt, noLead } from './commands.ts';
import { create } from './create.ts';
import type { CreationDesk } from './creation-desk.ts';
import { toFailure, type Outcome } from './outcome.ts';
import { isPieceOf } from './pieces.ts';
import type { SharedWork } from './shared-work.ts';
import { asksNothing, learnOffline, slotName, surveyStep, type SiteRecord, type Surveyed } from './survey.ts';
import { nameSite, type ItemEnd, type Tally } from './tally.ts';

/** What carrying out one item uses; the same for all sites of a run. */
export interface ItemRun extends CreationDesk {
  readonly shared: SharedWork<Outcome>;
  readonly tally: Tally;
}

type Unfinished = Exclude<Outcome, { readonly kind: 'done' }>;
type Failed = Extract<Outcome, { readonly kind: 'failed' }>;

/** How an item ended, and what is known of it now: a drifted object is a failure, but it is still there to be read. */
export interface EndedItem {
  readonly end: ItemEnd;
  readonly result: Results[StepName] | undefined;
}

/** Carries out one surveyed item and records how it ended. Throws what must stop the run. */
export async function runItem(
  step: Step,
  site: Site,
  surveyed: Surveyed,
  facts: Facts<StepName>,
  record: SiteRecord,
  run: ItemRun,
): Promise<EndedItem> {
  run.stopping.throwIfAborted();
  const { item, slot, key, standing } = surveyed;
  const sharedKey = step.kind === 'learns' ? key : undefined;
  const linked = record.slots.some((held) => held.key === key && held.step === slot.step && held.item === slot.item);
  /** `there` is what is there all the same, for later steps to read. */
  const end = async (outcome: Unfinished, there: Results[StepName] | undefined): Promise<EndedItem> => {
    const { kind, code, message } = outcome;
    await run.ledger.finish({ work: unfinished(surveyed, step.name, outcome, there, run), slot });
    run.tally.item(step.name, kind, sharedKey);
    if (sharedKey !== undefined && there !== undefined) run.tally.learned(step.name, sharedKey, there);
    run.tally.failure({ ...nameSite(site), step: step.name, code, message }, kind === 'failed' && outcome.access);
    return { end: kind, result: there };
  };

  switch (standing.kind) {
    case 'done':
      if (!linked) await run.ledger.link(slot, key);
      // Pieces that a kill left behind: the whole stands for them.
      for (const one of record.slots) if (isPieceOf(one, slot)) await run.ledger.unlink(one);
      run.tally.item(step.name, 'skipped', sharedKey);
      if (sharedKey !== undefined) run.tally.learned(step.name, sharedKey, standing.result);
      return { end: 'skipped', result: standing.result };
    case 'drift':
      return end(failed(`${step.name}.drift`, driftMessage(step.name, item.label, standing.changed)), standing.result);
    case 'doubt': {
      const message = `${standing.message}${advise(step, slot, 'forget', run)}`;
      return end({ kind: 'uncertain', code: `${step.name}.uncertain`, message }, standing.previous);
    }
    case 'broken':
      return isAway(standing.failure)
        ? postponeItem(step, site, surveyed, facts, run)
        : end(standing.failure, undefined);
    case 'do': {
      const outcome =
        step.kind === 'learns'
          ? await run.shared.once(key, () => learn(step, site, surveyed, facts, record, run))
          : await create(
              {
                step,
                input: { site, item, facts },
                slot,
                key,
                version: standing.isConfirmed ? versionOf(standing.previous) : versionOf(standing.previous) + 1,
                previous: standing.previous,
                isConfirmed: standing.isConfirmed ?? false,
                open: record.intents.get(slotName(slot)),
              },
              run,
            );
      if (outcome.kind === 'done') {
        if (sharedKey !== undefined && !linked) await run.ledger.link(slot, key);
        run.tally.item(step.name, 'done', sharedKey);
        const result = step.result.parse(outcome.result);
        if (sharedKey !== undefined) run.tally.learned(step.name, sharedKey, result);
        return { end: 'done', result };
      }
      if (isAway(outcome)) {
        // What a series holds is told all the same.
        if (sharedKey !== undefined && outcome.there !== undefined) {
          run.tally.learned(step.name, sharedKey, step.result.parse(outcome.there));
        }
        return postponeItem(step, site, surveyed, facts, run);
      }
      const there = outcome.kind === 'failed' && outcome.there !== undefined ? outcome.there : standing.previous;
      return end(withAdvice(step, slot, outcome, run), there === undefined ? undefined : step.result.parse(there));
    }
  }
}

/** An uncertain outcome with the commands by which a person settles it. The ledger's own codes say what to do themselves. */
function withAdvice(step: Step, slot: Slot, outcome: Unfinished, run: ItemRun): Unfinished {
  if (outcome.kind !== 'uncertain' || outcome.code !== `${step.name}.uncertain`) return outcome;
  return { ...outcome, message: `${outcome.message}${advise(step, outcome.waitsFor ?? slot, 'retry', run)}` };
}

function advise(step: Step, slot: Slot, again: 'retry' | 'forget', { lead = noLead }: ItemRun): string {
  return adviseOnDoubt(slot, step.kind === 'creates' && step.owns !== undefined, again, lead);
}

/** An item of a step that was not selected: what is known of it without a request. */
export async function leaveItem(
  step: Step,
  site: Site,
  { item, standing }: Surveyed,
  facts: Facts<StepName>,
  { tools }: ItemRun,
): Promise<EndedItem> {
  if ('result' in standing) return { end: 'skipped', result: standing.result };
  if (standing.kind !== 'do') return { end: 'skipped', result: undefined };
  if (step.kind === 'learns' && asksNothing(standing.requests)) {
    const learned = await learnOffline(step, { site, item, facts }, tools);
    if ('result' in learned) return { end: 'skipped', result: learned.result };
  }
  return { end: 'skipped', result: standing.previous };
}

/** An item of a selected step whose API cannot be asked anything: it waits, and what is known of it is there to be read. */
export async function postponeItem(
  step: Step,
  site: Site,
  surveyed: Surveyed,
  facts: Facts<StepName>,
  run: ItemRun,
): Promise<EndedItem> {
  run.tally.item(step.name, 'waiting', step.kind === 'learns' ? surveyed.key : undefined);
  return { ...(await leaveItem(step, site, surveyed, facts, run)), end: 'waiting' };
}

function isAway(outcome: Unfinished): outcome is Failed & { readonly away: true } {
  return outcome.kind === 'failed' && outcome.away === true;
}

/** Asks once more whether it is still to do (another site may have just done it), then does it and records it. */
async function learn(
  step: Step & { readonly kind: 'learns' },
  site: Site,
  { item, slot, key }: Surveyed,
  facts: Facts<StepName>,
  record: SiteRecord,
  { ledger, tools }: ItemRun,
): Promise<Outcome> {
  try {
    const [now] = await surveyStep(step, site, [item], facts, record, ledger, tools);
    if (now?.standing.kind === 'done') return { kind: 'done', result: now.standing.result };
    const result = await step.run({ site, item, facts }, tools);
    await ledger.finish({
      work: { key, step: step.name, state: 'done', result, at: step.asOf?.(result) ?? tools.clock.now() },
      slot,
    });
    return { kind: 'done', result };
  } catch (error) {
    const outcome = toFailure(error);
    return outcome.kind === 'failed'
      ? { ...outcome, there: await whatIsLeft(step, { site, item, facts }, tools) }
      : outcome;
  }
}

/** Undefined where that cannot be told either: the failure itself is what matters. */
async function whatIsLeft(
  step: Step & { readonly kind: 'learns' },
  input: Parameters<typeof step.run>[0],
  tools: Tools,
): Promise<unknown> {
  try {
    return await step.left?.(input, tools);
  } catch (error) {
    if (error instanceof WattliftError) return undefined;
    throw error;
  }
}

function unfinished(
  { key }: Surveyed,
  step: StepName,
  outcome: Unfinished,
  previous: Results[StepName] | undefined,
  { tools }: ItemRun,
): Work {
  return {
    key,
    step,
    state: outcome.kind,
    error: { code: outcome.code, message: outcome.message },
    at: tools.clock.now(),
    // What did not go through leaves what was there before in place.
    ...(previous !== undefined && { result: previous }),
    ...(previous && 'id' in previous && previous.id !== undefined && { remoteId: previous.id }),
  };
}

function versionOf(previous: Results[StepName] | undefined): number {
  return previous && 'version' in previous ? previous.version : 0;
}

function failed(code: string, message: string): Unfinished {
  return { kind: 'failed', code, message, access: false };
}

/** What to say of an object that was made from other input. */
export function driftMessage(step: StepName, label: string, changed: readonly ChangedField[]): string {
  const what = label === step ? 'it' : `${step} "${label}"`;
  const how = changed.length === 0 ? '' : ` (${changed.map(describeChange).join(', ')})`;
  const way = step === 'asset' ? ', or say in wattcarbon.endpoints.update_asset how an asset is changed' : '';
  return `${what} was created from other input${how}, and wattlift cannot change it: give the manifest its earlier values again${way}`;
}
