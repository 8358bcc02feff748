import type { Site } from '../domain/site.ts';
import type { Results, StepName } from '../steps/step.ts';

/** How an item ended in a run: `skipped` was done before, `waiting` lacks a step that is not done. */
export type ItemEnd = 'done' | 'skipped' | 'failed' | 'uncertain' | 'waiting';
export type SiteEnd = 'done' | 'failed' | 'uncertain' | 'waiting';

export interface Failure {
  readonly site: string;
  /** The one of several accounts that the site names. */
  readonly account?: string;
  readonly step: string;
  readonly code: string;
  readonly message: string;
}

/** What a step that sites share learned. */
export interface Learned {
  readonly step: StepName;
  readonly result: Results[StepName];
}

/** Whose failure it is, as `Failure` names it. */
export function nameSite({ id, account }: Pick<Site, 'id' | 'account'>): Pick<Failure, 'site' | 'account'> {
  return { site: id, ...(account !== undefined && { account }) };
}

export type StepCounts = Readonly<Record<ItemEnd, number>>;

export type SiteCounts = Readonly<Record<'total' | SiteEnd, number>>;

/** The counts of a run, while it goes and at its end. */
export interface RunCounts {
  /** `total` is those that came to an end. */
  readonly sites: SiteCounts;
  /** The sites of each of several accounts, by name. */
  readonly accounts: ReadonlyMap<string, SiteCounts>;
  readonly steps: Readonly<Record<string, StepCounts>>;
  readonly failures: readonly Failure[];
  /** What the series of the run's sites hold now, each once. */
  readonly learned: readonly Learned[];
  /** True when permission was refused for something (exit code 3). */
  readonly accessRefused: boolean;
}

/** Counts work items by step, each shared one once, and sites by how they ended. */
export class Tally {
  readonly #sites = noSites();
  readonly #accounts = new Map<string, Record<'total' | SiteEnd, number>>();
  readonly #steps: Record<string, Record<ItemEnd, number>>;
  readonly #failures: Failure[] = [];
  readonly #sharedKeys = new Set<string>();
  readonly #learned = new Map<string, Learned>();
  #accessRefused = false;

  constructor(steps: readonly StepName[]) {
    this.#steps = Object.fromEntries(
      steps.map((step) => [step, { done: 0, skipped: 0, failed: 0, uncertain: 0, waiting: 0 }]),
    );
  }

  /** Counts an item; one that sites share (`sharedKey`) counts the first time only. */
  item(step: StepName, end: ItemEnd, sharedKey?: string): void {
    if (sharedKey !== undefined) {
      if (this.#sharedKeys.has(sharedKey)) return;
      this.#sharedKeys.add(sharedKey);
    }
    const counts = this.#steps[step];
    if (counts) counts[end] += 1;
  }

  /** Keeps what a series is known to hold, once. What other shared items learn (regions) is as many as the sites. */
  learned(step: StepName, sharedKey: string, result: Results[StepName]): void {
    if (step === 'moer') this.#learned.set(sharedKey, { step, result });
  }

  /** What concerns no site in particular stands before what does: it is what a person has to read. */
  failure(failure: Failure, access: boolean): void {
    if (failure.site === '') this.#failures.unshift(failure);
    else this.#failures.push(failure);
    this.#accessRefused ||= access;
  }

  site(end: SiteEnd, account?: string): void {
    const own = account === undefined ? undefined : (this.#accounts.get(account) ?? noSites());
    if (account !== undefined && own) this.#accounts.set(account, own);
    for (const counts of own ? [this.#sites, own] : [this.#sites]) {
      counts.total += 1;
      counts[end] += 1;
    }
  }

  counts(): RunCounts {
    return {
      sites: this.#sites,
      accounts: this.#accounts,
      steps: this.#steps,
      failures: this.#failures,
      learned: [...this.#learned.values()],
      accessRefused: this.#accessRefused,
    };
  }
}

function noSites(): Record<'total' | SiteEnd, number> {
  return { total: 0, done: 0, failed: 0, uncertain: 0, waiting: 0 };
}
