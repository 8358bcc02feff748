import { WattliftError } from '../domain/errors.ts';
import type { Creation, RemoteId, RemoteObject } from '../domain/remote.ts';
import type { Site } from '../domain/site.ts';
import type { Ledger, Slot } from '../ledger/ledger.ts';
import { compareFields, type FieldLikeness } from '../steps/differences.ts';
import type { CreatingStep, Facts, Input, Item, Results, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import { adoptCommand, nameItem, type Lead } from './commands.ts';
import { isPieceOf } from './pieces.ts';
import { layOut, withNeeds } from './site-items.ts';
import { noFacts, readIntents, surveyStep, type SiteRecord, type Standing } from './survey.ts';

type Creating = CreatingStep<StepName, StepName, Item>;

/** What the ledger and the steps are asked with. */
export interface AdoptDesk {
  readonly steps: readonly Step[];
  readonly ledger: Ledger;
  readonly tools: Tools;
}

/** The one item that a person means: where it stands, and the key under which a run would look for it. */
export interface Adoptable {
  readonly step: Creating;
  readonly slot: Slot;
  readonly key: string;
  readonly standing: Standing;
  readonly input: Input<StepName, Item>;
}

/**
 * Finds the item that `meter`, `meter:main` or `upload:main/2025-01` names at a site, as a run would lay it out. Reads the
 * site's files only for what is made of them. Throws `adopt.no-creation`, `adopt.item-unknown`, `adopt.needs-missing`, and
 * `ProblemError` for files that cannot be read.
 */
export async function findAdoptable(
  site: Site,
  named: { readonly step: string; readonly item: string | undefined },
  { steps, ledger, tools }: AdoptDesk,
  lead: Lead,
): Promise<Adoptable> {
  const creating = steps.filter((step) => step.kind === 'creates');
  const target = creating.find(({ name }) => name === named.step);
  if (target === undefined) {
    const names = creating.map(({ name }) => name).join(', ');
    throw new WattliftError('adopt.no-creation', `"${named.step}" makes nothing that could be adopted; name ${names}`);
  }
  // Keys hold the ids of meters and assets; whether readings are there does not change them.
  const way = withNeeds(steps, new Set([target.name])).filter(
    (step) => step === target || (step.kind === 'creates' && step.owns !== undefined),
  );
  const { items, problems } = await layOut(site, way, tools);
  const [problem] = problems.flatMap((one) => one.problems);
  if (problem !== undefined) throw new WattliftError(problem.code, problem.message);
  const record: SiteRecord = {
    slots: await ledger.slots(site.id),
    intents: await readIntents(ledger),
  };
  const facts = noFacts();
  for (const step of way) {
    const all = items.get(step.name) ?? [];
    if (step === target) {
      const item = chooseItem(site, target, all, named.item);
      const [found] = await surveyStep(step, site, [item], facts, record, ledger, tools);
      if (found === undefined) throw new TypeError('a survey of one item gives one');
      return { step: target, slot: found.slot, key: found.key, standing: found.standing, input: { site, item, facts } };
    }
    const surveyed = await surveyStep(step, site, all, facts, record, ledger, tools);
    const known = new Map<string, Results[StepName]>();
    for (const { item, standing } of surveyed) {
      const result = resultOf(standing);
      if (result === undefined) throw needsMissing(target, { site: site.id, step: step.name, item: item.label }, lead);
      known.set(item.label, result);
    }
    Object.assign(facts, { [step.name]: known } satisfies Partial<Record<StepName, Facts<StepName>[StepName]>>);
  }
  throw new TypeError('the step is on its own way');
}

function chooseItem(site: Site, { name }: Creating, items: readonly Item[], label: string | undefined): Item {
  const [first, ...others] = items;
  const chosen =
    label === undefined ? (others.length === 0 ? first : undefined) : items.find((item) => item.label === label);
  if (chosen !== undefined) return chosen;
  const labels = items.map((item) => `${name}:${item.label}`).join(', ');
  throw new WattliftError(
    'adopt.item-unknown',
    first === undefined
      ? `site "${site.id}" has nothing for the step ${name} in the manifest`
      : `${label === undefined ? `site "${site.id}" has several` : `site "${site.id}" has no ${name}:${label}`}; name one of ${labels}`,
  );
}

function needsMissing({ name }: Creating, need: Pick<Slot, 'site' | 'step' | 'item'>, lead: Lead): WattliftError {
  return new WattliftError(
    'adopt.needs-missing',
    `${name} of site "${need.site}" is made from the id of its ${nameItem(need.step, need.item)}, which the ledger does not hold; settle that one first: ${adoptCommand(need, 'ID', lead)}`,
  );
}

function resultOf(standing: Standing): Results[StepName] | undefined {
  if ('result' in standing) return standing.result;
  return 'previous' in standing ? standing.previous : undefined;
}

/** What a look at WattCarbon brought: no list to look at, nothing of that id among so many, or the object. */
export type Inspection =
  | { readonly kind: 'no-list' }
  | { readonly kind: 'absent'; readonly listed: number }
  | { readonly kind: 'there'; readonly object: RemoteObject; readonly fields: readonly FieldLikeness[] };

/** Looks for the id in WattCarbon's list, and holds its fields against what a run would send. Changes nothing. */
export async function inspect({ step, input }: Adoptable, id: RemoteId, { tools }: AdoptDesk): Promise<Inspection> {
  if (step.owns === undefined) return { kind: 'no-list' };
  const creation = await step.creation(input, tools);
  const objects = await tools.wattcarbon.list(creation);
  if (objects === undefined) return { kind: 'no-list' };
  let listed = 0;
  for await (const object of objects) {
    listed += 1;
    if (String(object.id) !== String(id)) continue;
    return { kind: 'there', object, fields: compareFields(await fieldsOf(creation, tools), object) };
  }
  return { kind: 'absent', listed };
}

/** The file's name tells one document from another. */
async function fieldsOf(creation: Creation, { wattcarbon }: Tools): Promise<Creation['fields']> {
  const { sent } = await wattcarbon.prepare(creation);
  return creation.file === undefined ? sent : { ...sent, name: creation.file.name };
}

/** Who else holds this remote object; undefined when nobody does. */
export async function findHolder(
  { step, slot }: Adoptable,
  id: RemoteId,
  { ledger }: AdoptDesk,
): Promise<{ readonly site: string; readonly item: string } | undefined> {
  const holdings = await ledger.holdings(slot.scope, step.name, id);
  return holdings.find(({ site, item }) => site !== slot.site || item !== slot.item);
}

/** Records on a person's word that the item is there, under this id where it has one. The slot's intents end with it. */
export async function recordAdopted(
  { step, slot, key, standing, input }: Adoptable,
  id: RemoteId | undefined,
  { ledger, tools }: AdoptDesk,
): Promise<void> {
  const previous = resultOf(standing);
  const before = previous && 'version' in previous ? previous.version : 0;
  const version = standing.kind === 'done' ? before : before + 1;
  const fields = step.fields?.(input, tools);
  await ledger.finish({
    work: {
      key,
      step: step.name,
      state: 'done',
      result: { ...(id !== undefined && { id }), version, ...(fields && { fields }) },
      at: tools.clock.now(),
      ...(id !== undefined && { remoteId: id }),
    },
    slot,
    ...(step.owns !== undefined && id !== undefined && { object: { scope: slot.scope, kind: step.owns, id } }),
    byHand: true,
  });
  // Pieces of it that were never answered are there with it.
  const pieces = (await ledger.intents()).filter((intent) => isPieceOf(intent.slot, slot));
  for (const { fingerprint } of pieces) await ledger.clearIntent(fingerprint);
}
