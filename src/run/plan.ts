import type { Problem } from '../domain/problem.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Facts, Item, Results, Step, StepName } from '../steps/step.ts';
import { toolsFor } from '../steps/tools-for.ts';
import type { Tools } from '../steps/tools.ts';
import { findMoved } from './moved.ts';
import { findRenamed } from './renamed.ts';
import type { SpoiltSite } from './run.ts';
import { driftMessage } from './run-item.ts';
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
  type Standing,
} from './survey.ts';

/** Work items of a step: still to do in this run, done before, or waiting: for what is not known yet, a step not selected, or a person. */
export interface PlannedCounts {
  do: number;
  done: number;
  waiting: number;
  /** Of those to do, the ones that replace an earlier content: a new version each. Absent where there are none. */
  revised?: number;
}

/** How many revised items a plan names. */
const namedRevisions = 20;

/** One item as `plan --explain` lists it. */
export interface PlannedItem {
  readonly site: string;
  /** The one of several accounts that its site names. */
  readonly account?: string;
  readonly step: StepName;
  readonly item: string;
  readonly standing: 'do' | 'done' | 'waiting' | 'revise' | 'drift' | 'doubt' | 'broken';
}

/** What a run would do: the manifest less the ledger. Requests are the steps' own, logins not among them. */
export interface Plan {
  readonly sites: number;
  readonly steps: Readonly<Record<string, PlannedCounts>>;
  readonly requests: { watttime: number; wattcarbon: number };
  /** With one pull for each spot whose region is not yet known. */
  readonly requestsAtMost: { watttime: number; wattcarbon: number };
  readonly problems: readonly Problem[];
  /** What falls to each of several accounts, by name; of requests those to WattCarbon. */
  readonly accounts: ReadonlyMap<string, PlannedAccount>;
  /** The first of the items that replace an earlier content. */
  readonly revisions: readonly Pick<PlannedItem, 'site' | 'step' | 'item'>[];
}

export interface PlannedAccount {
  sites: number;
  requests: number;
  requestsAtMost: number;
}

export interface PlanOptions {
  readonly steps: readonly Step[];
  readonly selected: ReadonlySet<StepName>;
  readonly ledger: Ledger;
  readonly tools: Tools;
  /** Called for every item, in the order of sites and steps. */
  readonly onItem?: (item: PlannedItem) => void;
}

/** Looks at every site and changes nothing, here or far away. */
export async function plan(sites: AsyncIterable<Site | SpoiltSite>, options: PlanOptions): Promise<Plan> {
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
  /** Shared work that was counted already. */
  readonly #counted = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #revisions: Pick<PlannedItem, 'site' | 'step' | 'item'>[] = [];
  readonly #accounts = new Map<string, PlannedAccount>();
  #sites = 0;
  readonly #counts: Record<string, PlannedCounts>;
  readonly #requests = { watttime: 0, wattcarbon: 0 };
  readonly #perhaps = { watttime: 0, wattcarbon: 0 };

  constructor(options: PlanOptions, intents: SiteRecord['intents']) {
    this.#options = options;
    this.#intents = intents;
    this.#steps = withNeeds(options.steps, options.selected);
    const selected = this.#steps.filter(({ name }) => options.selected.has(name));
    this.#counts = Object.fromEntries(selected.map(({ name }) => [name, { do: 0, done: 0, waiting: 0 }]));
  }

  get plan(): Plan {
    const { watttime, wattcarbon } = this.#requests;
    return {
      sites: this.#sites,
      steps: this.#counts,
      requests: this.#requests,
      requestsAtMost: {
        watttime: watttime + this.#perhaps.watttime,
        wattcarbon: wattcarbon + this.#perhaps.wattcarbon,
      },
      problems: this.#problems,
      accounts: this.#accounts,
      revisions: this.#revisions,
    };
  }

  addProblems(problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  async add(site: Site): Promise<void> {
    const { ledger } = this.#options;
    const tools = toolsFor(site, this.#options.tools);
    this.#sites += 1;
    if (site.account !== undefined) this.#accountOf(site.account).sites += 1;
    const { items, problems } = await layOut(site, this.#steps, tools);
    const record = { slots: await ledger.slots(site.id), intents: this.#intents };
    const looked = [site, this.#steps, items, record, ledger, tools] as const;
    const refused = [...problems, ...(await findRenamed(...looked)), ...(await findMoved(...looked))];
    if (refused.length > 0) {
      this.#problems.push(...refused.flatMap((one) => one.problems));
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
          else if (this.#options.selected.has(step.name)) this.#fail(site, learned.failure);
        } else if (standing.kind === 'do' && this.#options.selected.has(step.name)) {
          coming.set(`${step.name} ${item.label}`, key);
          const foretold = foretell(step, standing.previous);
          if (foretold) known.set(item.label, foretold);
        }
        if (standing.kind === 'do') {
          const revises = step.kind === 'creates' && standing.previous !== undefined;
          this.#count(site, step, item, revises ? 'revise' : 'do', key, standing.requests);
          continue;
        }
        this.#count(site, step, item, standing.kind, key);
        const fault = faultOf(step, item, standing);
        if (fault) this.#fail(site, fault);
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
      this.#count(
        site,
        step,
        item,
        'waiting',
        willCome ? `${step.name} after ${sharedBy}` : `${site.id} ${item.label}`,
      );
      if (willCome && step.kind === 'learns' && this.#isNew(`${step.name} perhaps ${sharedBy}`)) {
        // Nothing is known of the series yet: the ledger's answer for no region is the whole window.
        const input = { site, item, facts };
        this.#perhaps[step.api] += countOf(await step.requests(input, this.#options.tools, undefined)).atMost;
      }
      return;
    }
    if (this.#options.selected.has(step.name)) coming.set(`${step.name} ${item.label}`, '');
    this.#count(site, step, item, 'do', '', countOf(1));
  }

  #count(
    site: Site,
    step: Step,
    item: Item,
    standing: PlannedItem['standing'],
    key: string,
    requests = countOf(0),
  ): void {
    const counts = this.#counts[step.name];
    if (!counts) return;
    this.#options.onItem?.({
      site: site.id,
      ...(site.account !== undefined && { account: site.account }),
      step: step.name,
      item: item.label,
      standing,
    });
    if (step.kind === 'learns' && !this.#isNew(key)) return;
    if (standing === 'do' || standing === 'revise') counts.do += 1;
    else if (standing === 'done') counts.done += 1;
    else counts.waiting += 1;
    if (standing === 'revise') {
      counts.revised = (counts.revised ?? 0) + 1;
      if (this.#revisions.length < namedRevisions)
        this.#revisions.push({ site: site.id, step: step.name, item: item.label });
    }
    this.#addRequests(step.api, requests);
    if (step.api === 'wattcarbon' && site.account !== undefined) {
      const own = this.#accountOf(site.account);
      own.requests += requests.certain;
      own.requestsAtMost += requests.atMost;
    }
    if (requests.shared && this.#isNew(requests.shared.name)) this.#addRequests(step.api, requests.shared);
  }

  #accountOf(name: string): PlannedAccount {
    const known = this.#accounts.get(name) ?? { sites: 0, requests: 0, requestsAtMost: 0 };
    this.#accounts.set(name, known);
    return known;
  }

  #addRequests(api: Step['api'], { certain, atMost }: RequestCount): void {
    this.#requests[api] += certain;
    this.#perhaps[api] += atMost - certain;
  }

  #fail(site: Site, { code, message }: Pick<Problem, 'code' | 'message'>): void {
    this.#problems.push({ severity: 'error', code, message, site: site.id, ...site.where() });
  }

  #isNew(key: string): boolean {
    return this.#counted.size < this.#counted.add(key).size;
  }
}

/** Why a run would fail at an item that is neither done nor to do. */
function faultOf(step: Step, item: Item, standing: Standing): Pick<Problem, 'code' | 'message'> | undefined {
  switch (standing.kind) {
    case 'drift':
      return { code: `${step.name}.drift`, message: driftMessage(step.name, item.label, standing.changed) };
    case 'doubt':
      return { code: `${step.name}.uncertain`, message: standing.message };
    case 'broken':
      return { code: standing.failure.code, message: standing.failure.message };
    case 'do':
    case 'done':
      return undefined;
  }
}
