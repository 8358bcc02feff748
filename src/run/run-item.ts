import type { Site } from '../domain/site.ts';
import type { Work } from '../ledger/ledger.ts';
import type { Facts, Results, Step, StepName } from '../steps/step.ts';
import { create, type CreationDesk } from './create.ts';
import { toFailure, type Outcome } from './outcome.ts';
import type { SharedWork } from './shared-work.ts';
import { slotName, surveyStep, type SiteRecord, type Surveyed } from './survey.ts';
import type { ItemEnd, Tally } from './tally.ts';

/** What carrying out one item uses; the same for all sites of a run. */
export interface ItemRun extends CreationDesk {
  readonly shared: SharedWork<Outcome>;
  readonly tally: Tally;
}

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
  const fail = (end: 'failed' | 'uncertain', code: string, message: string, access = false): void => {
    run.tally.item(step.name, end, sharedKey);
    run.tally.failure({ site: site.id, step: step.name, code, message }, access);
  };

  switch (standing.kind) {
    case 'done':
      if (!linked) await run.ledger.link(slot, key);
      run.tally.item(step.name, 'skipped', sharedKey);
      return { end: 'skipped', result: standing.result };
    case 'drift':
      fail('failed', `${step.name}.drift`, driftMessage(step.name, item.label));
      return { end: 'failed', result: standing.result };
    case 'doubt':
      fail('uncertain', `${step.name}.uncertain`, standing.message);
      return { end: 'uncertain', result: undefined };
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
                version: nextVersion(standing.previous),
                open: record.intents.get(slotName(slot)),
              },
              run,
            );
      if (outcome.kind === 'done') {
        if (sharedKey !== undefined && !linked) await run.ledger.link(slot, key);
        run.tally.item(step.name, 'done', sharedKey);
        return { end: 'done', result: step.result.parse(outcome.result) };
      }
      await run.ledger.finish({ work: unfinished(surveyed, step.name, outcome, standing.previous, run), slot });
      fail(outcome.kind, outcome.code, outcome.message, outcome.kind === 'failed' && outcome.access);
      return { end: outcome.kind, result: undefined };
    }
  }
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
      work: { key, step: step.name, state: 'done', result: result, at: tools.clock.now() },
      slot,
    });
    return { kind: 'done', result };
  } catch (error) {
    return toFailure(error);
  }
}

function unfinished(
  { key }: Surveyed,
  step: StepName,
  outcome: Outcome & { readonly kind: 'failed' | 'uncertain' },
  previous: Results[StepName] | undefined,
  { tools }: ItemRun,
): Work {
  return {
    key,
    step,
    state: outcome.kind,
    error: { code: outcome.code, message: outcome.message },
    at: tools.clock.now(),
    // A revision that did not go through leaves the earlier version in place.
    ...(previous !== undefined && { result: previous }),
  };
}

function nextVersion(previous: Results[StepName] | undefined): number {
  return previous && 'version' in previous ? previous.version + 1 : 1;
}

function driftMessage(step: StepName, label: string): string {
  return `${step} "${label}" was created from other input, and no operation to change it is known; put the manifest back, or change it at WattCarbon by hand`;
}
