import { ApiError, InterruptedError, ProblemError, WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import type { Creation, PayloadFault } from '../domain/remote.ts';
import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CreatingStep, Facts, Item, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import type { SpoiltSite } from './run.ts';
import type { SiteItems } from './site-items.ts';
import { slotName, type SiteRecord } from './survey.ts';
import { writtenAt } from './written-at.ts';

/** What the check of bodies works with. */
export interface PayloadCheck {
  readonly ledger: Ledger;
  /** The site's own. */
  readonly tools: Tools;
  /** By what is known of the API without a request. */
  readonly offline: boolean;
}

/** Stands for an id that is not known yet. */
const notYet = '(not made yet)';

/** Steps whose items come from the manifest alone, so that all sites can be gone through before the first is sent. */
export const withoutFiles: ReadonlySet<StepName> = new Set(['meter', 'asset']);

/**
 * What is wrong with the bodies of what a site has still to send, by step and with the places in the manifest; warnings
 * too. What was made once is not looked at again, nor what was sent and never answered: that is settled first. Where nobody can say what the API wants now, nothing is wrong.
 */
export async function findInvalid(
  site: Site,
  steps: readonly Step[],
  items: SiteItems['items'],
  record: SiteRecord,
  check: PayloadCheck,
): Promise<SiteItems['problems']> {
  const done = await doneSlots(record, check.ledger);
  const facts = standIns(items);
  const found: { step: StepName; problems: readonly Problem[] }[] = [];
  for (const step of steps) {
    if (step.kind !== 'creates') continue;
    const problems: Problem[] = [];
    // Twelve months of a meter are sent in one form: what is wrong with it is wrong once.
    const seen = new Set<string>();
    for (const item of items.get(step.name) ?? []) {
      const slot = { scope: check.tools.wattcarbon.scope, site: site.id, step: step.name, item: item.label };
      if (done.has(slotName(slot)) || record.intents.has(slotName(slot))) continue;
      for (const { severity, code, message, path } of await inspectItem(step, site, item, facts, check, seen)) {
        const place = site.where(writtenAt(site, step.name, item.label, path));
        problems.push({ severity, code, message: `${step.name}: ${message}`, site: site.id, ...place });
      }
    }
    if (problems.length > 0) found.push({ step: step.name, problems });
  }
  return found;
}

/**
 * Goes through all sites before anything is sent: what is wrong with the bodies of meters and assets. What depends on files
 * is checked before anything of their site is sent.
 */
export async function findInvalidAhead(
  sites: AsyncIterable<Site | SpoiltSite>,
  steps: readonly Step[],
  check: Omit<PayloadCheck, 'tools'> & { readonly toolsOf: (site: Site) => Tools },
): Promise<readonly Problem[]> {
  const ahead = steps.filter(({ name }) => withoutFiles.has(name));
  const problems: Problem[] = [];
  const told = new Set<string>();
  if (ahead.length === 0) return problems;
  for await (const site of sites) {
    if ('spoilt' in site) continue;
    const tools = check.toolsOf(site);
    const record: SiteRecord = { slots: await check.ledger.slots(site.id), intents: new Map() };
    const items = new Map<StepName, readonly Item[]>();
    for (const step of ahead) items.set(step.name, await itemsOf(step, site, tools));
    const found = await findInvalid(site, ahead, items, record, { ...check, tools });
    for (const problem of found.flatMap((one) => one.problems)) if (isNews(problem, told)) problems.push(problem);
  }
  return problems;
}

/** Is it an error, or a warning that was not given yet? What is unknown of a kind is so on every site. */
export function isNews({ severity, message }: Problem, told: Set<string>): boolean {
  if (severity === 'error') return true;
  const isNew = !told.has(message);
  told.add(message);
  return isNew;
}

async function itemsOf(step: Step, site: Site, tools: Tools): Promise<readonly Item[]> {
  try {
    return await step.items(site, tools);
  } catch (error) {
    // Said where the site is laid out.
    if (error instanceof ProblemError) return [];
    throw error;
  }
}

async function inspectItem(
  step: CreatingStep<StepName, StepName, Item>,
  site: Site,
  item: Item,
  facts: Facts<StepName>,
  { tools, offline }: PayloadCheck,
  seen: Set<string>,
): Promise<readonly PayloadFault[]> {
  try {
    const creation = await step.creation({ site, item, facts }, withoutBytes(tools));
    const { operation, fields, optional, about } = creation;
    const text = JSON.stringify([operation, fields, optional, about]);
    if (seen.has(text)) return [];
    seen.add(text);
    const faults = await tools.wattcarbon.inspect(creation, { offline });
    return faults.filter(({ path: [field] }) => field === undefined || !isOpen(creation.fields[field]));
  } catch (error) {
    // Without the description nothing is sent either, and the sending says why.
    if (error instanceof ApiError) return [];
    if (error instanceof InterruptedError || !(error instanceof WattliftError)) throw error;
    return [{ severity: 'error', code: error.code, path: [], message: error.message }];
  }
}

/** A field that holds an id that is not known yet. */
function isOpen(value: Creation['fields'][string] | undefined): boolean {
  return Array.isArray(value) ? value.some((one: Json) => isOpen(one)) : value === notYet;
}

/** Bodies are checked without their files, which need not be read for it. */
function withoutBytes(tools: Tools): Tools {
  return { ...tools, files: { ...tools.files, bytes: () => Promise.resolve(new Uint8Array()) } };
}

/** Every item as if it were done, under an id that nobody has. */
function standIns(items: SiteItems['items']): Facts<StepName> {
  const madeUp = <T>(step: StepName, result: T): ReadonlyMap<string, T> =>
    new Map((items.get(step) ?? []).map(({ label }) => [label, result]));
  const object = { id: notYet, version: 1 };
  return {
    region: new Map(),
    meter: madeUp('meter', object),
    upload: madeUp('upload', { version: 1 }),
    asset: madeUp('asset', object),
    events: madeUp('events', { version: 1 }),
    moer: new Map(),
  };
}

/** The site's slots whose work is done. */
async function doneSlots({ slots }: SiteRecord, ledger: Ledger): Promise<ReadonlySet<string>> {
  if (slots.length === 0) return new Set();
  const works = await ledger.works(slots.map(({ key }) => key));
  return new Set(slots.filter(({ key }) => works.get(key)?.state === 'done').map(slotName));
}
