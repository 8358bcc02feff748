import type { Problem } from '../domain/problem.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Site } from '../domain/site.ts';
import type { ChangedField } from '../steps/changes.ts';
import type { Item, Step, StepName } from '../steps/step.ts';
import { countOf } from './survey.ts';

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

/** An item that replaces or changes what is there; `changed` are the fields, where fields are what it is made from. */
export interface Revision extends Pick<PlannedItem, 'site' | 'step' | 'item'> {
  readonly changed?: readonly string[];
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
  readonly revisions: readonly Revision[];
}

export interface PlannedAccount {
  sites: number;
  requests: number;
  requestsAtMost: number;
}

/** Counts what a plan finds. */
export class PlanTally {
  /** Shared work that was counted already. */
  readonly #counted = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #revisions: Revision[] = [];
  readonly #accounts = new Map<string, PlannedAccount>();
  #sites = 0;
  readonly #counts: Record<string, PlannedCounts>;
  readonly #requests = { watttime: 0, wattcarbon: 0 };
  readonly #perhaps = { watttime: 0, wattcarbon: 0 };
  readonly #onItem: ((item: PlannedItem) => void) | undefined;

  /** `onItem` is told of every item as it is counted. */
  constructor(steps: readonly StepName[], onItem?: (item: PlannedItem) => void) {
    this.#counts = Object.fromEntries(steps.map((step) => [step, { do: 0, done: 0, waiting: 0 }]));
    this.#onItem = onItem;
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

  site({ account }: Site): void {
    this.#sites += 1;
    if (account !== undefined) this.#accountOf(account).sites += 1;
  }

  addProblems(problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  /** Requests that may be made, and may not. */
  perhaps(api: Step['api'], atMost: number): void {
    this.#perhaps[api] += atMost;
  }

  /** Counts an item; one that sites share, by its key, the first time only. */
  count(
    site: Site,
    step: Step,
    item: Item,
    standing: PlannedItem['standing'],
    key: string,
    requests = countOf(0),
    changed: readonly ChangedField[] = [],
  ): void {
    const counts = this.#counts[step.name];
    if (!counts) return;
    this.#onItem?.({
      site: site.id,
      ...(site.account !== undefined && { account: site.account }),
      step: step.name,
      item: item.label,
      standing,
    });
    if (step.kind === 'learns' && !this.isNew(key)) return;
    if (standing === 'do' || standing === 'revise') counts.do += 1;
    else if (standing === 'done') counts.done += 1;
    else counts.waiting += 1;
    if (standing === 'revise') {
      counts.revised = (counts.revised ?? 0) + 1;
      if (this.#revisions.length < namedRevisions)
        this.#revisions.push({
          site: site.id,
          step: step.name,
          item: item.label,
          ...(changed.length > 0 && { changed: changed.map(({ field }) => field) }),
        });
    }
    this.#addRequests(step.api, requests);
    if (step.api === 'wattcarbon' && site.account !== undefined) {
      const own = this.#accountOf(site.account);
      own.requests += requests.certain;
      own.requestsAtMost += requests.atMost;
    }
    if (requests.shared && this.isNew(requests.shared.name)) this.#addRequests(step.api, requests.shared);
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

  /** A problem that would fail the site in a run. */
  fail(site: Site, fault: Pick<Problem, 'code' | 'message' | 'data'>): void {
    const { code, message, data } = fault;
    this.#problems.push({
      severity: 'error',
      code,
      message,
      ...(data !== undefined && { data }),
      site: site.id,
      ...site.where(),
    });
  }

  /** Says true the first time that it is asked of a key. */
  isNew(key: string): boolean {
    return this.#counted.size < this.#counted.add(key).size;
  }
}
