import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Facts, Item, Results, Step, StepName } from '../steps/step.ts';
import { toolsFor } from '../steps/tools-for.ts';
import type { Tools } from '../steps/tools.ts';
import type { Lead } from './commands.ts';
import { findMoved } from './moved.ts';
import { findRenamed } from './renamed.ts';
import type { SpoiltSite } from './run.ts';
import { faultOf } from './plan-fault.ts';
import { PlanTally, type PlannedItem } from './plan-tally.ts';
import { PlannedPayloads, type CheckedPlan } from './planned-payloads.ts';
import { layOut, withNeeds } from './site-items.ts';
import {
  asksNothing,
  countOf,
  foretell,
  learnOffline,
  needsMet,
  noFacts,
  readIntents,
  surveyStep,
  type SiteRecord,
} from './survey.ts';

export interface PlanOptions {
  readonly steps: readonly Step[];
  readonly selected: ReadonlySet<StepName>;
  readonly ledger: Ledger;
  readonly tools: Tools;
  /** How a person reaches this ledger with further commands; by default with `pipeline.yaml` in this folder. */
  readonly lead?: Lead;
  /** Called for every item, in the order of sites and steps. */
  readonly onItem?: (item: PlannedItem) => void;
}

/** Looks at every site and changes nothing, here or far away. */
export async function plan(sites: AsyncIterable<Site | SpoiltSite>, options: PlanOptions): Promise<CheckedPlan> {
  const { ledger } = options;
  const planner = new Planner(options, await readIntents(ledger));
  for await (const site of sites) {
    if ('spoilt' in site) planner.addProblems(site.spoilt);
    else await planner.add(site);
  }
  return planner.plan;
}

class Planner {
  readonly #options: PlanOptions;
  readonly #steps: readonly Step[];
  readonly #intents: SiteRecord['intents'];
  readonly #tally: PlanTally;
  readonly #payloads = new PlannedPayloads();

  constructor(options: PlanOptions, intents: SiteRecord['intents']) {
    this.#options = options;
    this.#intents = intents;
    this.#steps = withNeeds(options.steps, options.selected);
    const selected = this.#steps.filter(({ name }) => options.selected.has(name));
    this.#tally = new PlanTally(
      selected.map(({ name }) => name),
      options.onItem,
    );
  }

  get plan(): CheckedPlan {
    const { warnings, stops } = this.#payloads;
    return { ...this.#tally.plan, warnings, stops };
  }

  addProblems(problems: readonly Problem[]): void {
    this.#tally.addProblems(problems);
  }

  async add(site: Site): Promise<void> {
    const { ledger } = this.#options;
    const tools = toolsFor(site, this.#options.tools);
    this.#tally.site(site);
    const { items, problems } = await layOut(site, this.#steps, tools);
    const record = { slots: await ledger.slots(site.id), intents: this.#intents };
    const looked = [site, this.#steps, items, record, ledger, tools] as const;
    const refused = [
      ...problems,
      ...(await findRenamed(...looked)),
      ...(await findMoved(...looked, this.#options.lead)),
    ];
    if (refused.length > 0) {
      this.addProblems(refused.flatMap((one) => one.problems));
      return;
    }
    const sending = this.#steps.filter(({ name }) => this.#options.selected.has(name));
    const invalid = await this.#payloads.errorsOf(site, sending, items, record, { ledger, tools });
    if (invalid.length > 0) {
      this.addProblems(invalid);
      return;
    }
    const facts = noFacts();
    /** By step and label: the key under which a fact of this run will come, where it is not known yet. */
    const coming = new Map<string, string>();
    for (const step of this.#steps) {
      const all = items.get(step.name) ?? [];
      const ready = all.filter((item) => needsMet(step, item, items, facts));
      const known = new Map<string, Results[StepName]>();
      for (const { item, key, standing } of await surveyStep(step, site, ready, facts, record, ledger, tools)) {
        if ('result' in standing) known.set(item.label, standing.result);
        // What asks nothing (a region given by hand, or found on the map) is known without a run.
        else if (step.kind === 'learns' && standing.kind === 'do' && asksNothing(standing.requests)) {
          const learned = await learnOffline(step, { site, item, facts }, tools);
          if ('result' in learned) known.set(item.label, learned.result);
          else if (this.#options.selected.has(step.name)) this.#tally.fail(site, learned.failure);
        } else if (standing.kind === 'do' && this.#options.selected.has(step.name)) {
          coming.set(`${step.name} ${item.label}`, key);
          const foretold = foretell(step, standing.previous);
          if (foretold) known.set(item.label, foretold);
        }
        if (standing.kind === 'do') {
          const revises = step.kind === 'creates' && standing.previous !== undefined;
          const { requests, changed } = standing;
          this.#tally.count(site, step, item, revises ? 'revise' : 'do', key, requests, changed);
          continue;
        }
        this.#tally.count(site, step, item, standing.kind, key);
        const fault = faultOf(step, item, standing);
        if (fault) this.#tally.fail(site, fault);
        if (standing.kind === 'doubt' && standing.previous) known.set(item.label, standing.previous);
      }
      Object.assign(facts, { [step.name]: known });
      for (const item of all.filter((one) => !ready.includes(one)))
        await this.#addUnready(site, step, item, items, facts, coming);
    }
  }

  /** An item whose needs are not done yet: this run will do it when it does them; else it waits. */
  async #addUnready(
    site: Site,
    step: Step,
    item: Item,
    items: ReadonlyMap<StepName, readonly Item[]>,
    facts: Facts<StepName>,
    coming: Map<string, string>,
  ): Promise<void> {
    const needed = step.needs.flatMap((need) =>
      (step.needsOwnLabelOnly ? [item] : (items.get(need) ?? [])).map(({ label }) => ({ need, label })),
    );
    const willCome = needed.every(({ need, label }) => facts[need].has(label) || coming.has(`${need} ${label}`));
    const sharedBy = needed.map(({ need, label }) => coming.get(`${need} ${label}`)).join(' ');
    if (!willCome || step.kind === 'learns') {
      this.#tally.count(
        site,
        step,
        item,
        'waiting',
        willCome ? `${step.name} after ${sharedBy}` : `${site.id} ${item.label}`,
      );
      if (willCome && step.kind === 'learns' && this.#tally.isNew(`${step.name} perhaps ${sharedBy}`)) {
        // Nothing is known of the series yet: the ledger's answer for no region is the whole window.
        const input = { site, item, facts };
        this.#tally.perhaps(step.api, countOf(await step.requests(input, this.#options.tools, undefined)).atMost);
      }
      return;
    }
    if (this.#options.selected.has(step.name)) coming.set(`${step.name} ${item.label}`, '');
    this.#tally.count(site, step, item, 'do', '', countOf(1));
  }
}
