import type { RequestCount } from '../domain/request-count.ts';
import type { FilledSlot, Intent, Ledger, Slot, Work } from '../ledger/ledger.ts';
import type { Site } from '../domain/site.ts';
import type { ChangedField } from '../steps/changes.ts';
import { workKey, type Facts, type Input, type Item, type Results, type Step, type StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import { standingOfCreation } from './creation-standing.ts';
import { toFailure } from './outcome.ts';
import { isOfContent, isPieceOf, wholeSlot } from './pieces.ts';

/** What is known of a site's steps so far: nothing at first. */
export function noFacts(): Facts<StepName> {
  const none = new Map<string, never>();
  return { region: none, meter: none, upload: none, asset: none, events: none, moer: none };
}

type Failed = ReturnType<typeof toFailure>;

/** Where one item of a step stands, by the ledger. */
export type Standing =
  | { readonly kind: 'done'; readonly result: Results[StepName] }
  /** To do; `previous` is what is there from before: an earlier content, or an earlier answer. */
  | {
      readonly kind: 'do';
      readonly requests: RequestCount;
      readonly previous: Results[StepName] | undefined;
      /** What changes of what is there, as far as that was remembered. */
      readonly changed?: readonly ChangedField[];
      /** It was sent and confirmed, and what was read back differed: it is only to be read once more. */
      readonly isConfirmed?: true;
    }
  /** Something was made from other input, and this step cannot change it; `result` is what is there. */
  | { readonly kind: 'drift'; readonly result: Results[StepName]; readonly changed: readonly ChangedField[] }
  /** A creation from other input was begun and never answered, or cannot be revised safely; `previous` is what is there. */
  | { readonly kind: 'doubt'; readonly message: string; readonly previous: Results[StepName] | undefined }
  /** It cannot be told what is left to do. */
  | { readonly kind: 'broken'; readonly failure: Failed };

export interface Surveyed {
  readonly item: Item;
  readonly slot: Slot;
  readonly key: string;
  readonly standing: Standing;
}

/** What the ledger says of one site before its steps are looked at. */
export interface SiteRecord {
  readonly slots: readonly FilledSlot[];
  /** Open intents of the whole ledger, by `slotName`; those of pieces by that of their whole. */
  readonly intents: ReadonlyMap<string, Intent>;
}

/** A slot as a map key. */
export function slotName({ scope, site, step, item }: Slot): string {
  return JSON.stringify([scope, site, step, item]);
}

/** The ledger's open intents by the slot they are for, as a `SiteRecord` has them. */
export async function readIntents(ledger: Ledger): Promise<SiteRecord['intents']> {
  return new Map((await ledger.intents()).map((intent) => [slotName(wholeSlot(intent.slot)), intent]));
}

/** Compares a step's items with the ledger: the plan is what the manifest wants, less what the ledger holds. */
export async function surveyStep(
  step: Step,
  site: Site,
  items: readonly Item[],
  facts: Facts<StepName>,
  record: SiteRecord,
  ledger: Ledger,
  tools: Tools,
): Promise<readonly Surveyed[]> {
  const scope = step.api === 'wattcarbon' ? tools.wattcarbon.scope : '';
  const places = items.map((item) => {
    const input = { site, item, facts };
    const slot: Slot = { scope, site: site.id, step: step.name, item: item.label };
    const held = record.slots.find(
      (other) => other.item === slot.item && other.step === slot.step && other.scope === scope,
    );
    return { input, slot, key: workKey(step.name, step.key(input, tools)), held: held?.key };
  });
  const works = await ledger.works(places.flatMap(({ key, held }) => (held && held !== key ? [key, held] : [key])));
  return Promise.all(
    places.map(async ({ input, slot, key, held }): Promise<Surveyed> => {
      const work = works.get(key);
      const standing =
        step.kind === 'creates'
          ? await standingOfCreation(step, input, tools, {
              key,
              work,
              held: held === undefined ? undefined : works.get(held),
              intent: record.intents.get(slotName(slot)),
              hasOtherPieces: record.slots.some((one) => isPieceOf(one, slot) && !isOfContent(one, key)),
            })
          : await standingOfLearning(step, work, input, tools);
      return { item: input.item, slot, key, standing };
    }),
  );
}

async function standingOfLearning(
  step: Step & { readonly kind: 'learns' },
  work: Work | undefined,
  input: Input<StepName, Item>,
  tools: Tools,
): Promise<Standing> {
  const doneAt = work?.state === 'done' ? work.at : undefined;
  const previous = work?.result === undefined ? undefined : step.result.parse(work.result);
  try {
    const requests = countOf(await step.requests(input, tools, doneAt));
    const isDone = doneAt !== undefined && asksNothing(requests) && !(await step.isOutdated?.(input, tools, doneAt));
    return isDone && previous !== undefined ? { kind: 'done', result: previous } : { kind: 'do', requests, previous };
  } catch (error) {
    return { kind: 'broken', failure: toFailure(error) };
  }
}

/** A plain number of requests is certain. */
export function countOf(requests: number | RequestCount): RequestCount {
  return typeof requests === 'number' ? { certain: requests, atMost: requests } : requests;
}

/** Can it be done without a network? */
export function asksNothing({ atMost, shared }: RequestCount): boolean {
  return atMost + (shared?.atMost ?? 0) === 0;
}

/** Runs what asks nothing, when the run itself does not: for a plan, or for a step that was not selected. */
export async function learnOffline(
  step: Step & { readonly kind: 'learns' },
  input: Input<StepName, Item>,
  tools: Tools,
): Promise<{ readonly result: Results[StepName] } | { readonly failure: Failed }> {
  try {
    return { result: await step.run(input, tools) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

/** Are the facts this item reads there: all items of each needed step, or the one of its own label? */
export function needsMet(
  step: Step,
  item: Item,
  items: ReadonlyMap<StepName, readonly Item[]>,
  facts: Facts<StepName>,
): boolean {
  return step.needs.every((need) => {
    const known = facts[need];
    if (step.needsOwnLabelOnly) return known.has(item.label);
    return (items.get(need) ?? []).every(({ label }) => known.has(label));
  });
}

/**
 * What a piece of work to do will have learned, as far as later steps can depend on it: a revision keeps what it revises,
 * and what brings no id home brings nothing that could be read.
 */
export function foretell(step: Step, previous: Results[StepName] | undefined): Results[StepName] | undefined {
  if (previous !== undefined) return previous;
  return step.kind === 'creates' && step.owns === undefined ? step.result.parse({ version: 1 }) : undefined;
}
