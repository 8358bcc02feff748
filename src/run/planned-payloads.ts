import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import type { Step } from '../steps/step.ts';
import type { Plan } from './plan-tally.ts';
import { findInvalid, isNews, withoutFiles, type PayloadCheck } from './payloads.ts';
import type { SiteItems } from './site-items.ts';
import type { SiteRecord } from './survey.ts';

/** A plan, and what is said of the bodies that it would send. */
export interface CheckedPlan extends Plan {
  /** What a person should look at, and what fails nothing. */
  readonly warnings: readonly Problem[];
  /** Would a run stop before it sends anything? */
  readonly stops: boolean;
}

/** What a plan finds wrong with the bodies of its sites, by what is known of the API without asking. */
export class PlannedPayloads {
  readonly #warnings: Problem[] = [];
  readonly #told = new Set<string>();
  #stops = false;

  /** Each once. */
  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  get stops(): boolean {
    return this.#stops;
  }

  /** The errors of one site, of which nothing is sent when there are any. */
  async errorsOf(
    site: Site,
    steps: readonly Step[],
    items: SiteItems['items'],
    record: SiteRecord,
    check: Omit<PayloadCheck, 'offline'>,
  ): Promise<readonly Problem[]> {
    const errors: Problem[] = [];
    for (const { step, problems } of await findInvalid(site, steps, items, record, { ...check, offline: true })) {
      for (const problem of problems) {
        if (problem.severity === 'error') errors.push(problem);
        else if (isNews(problem, this.#told)) this.#warnings.push(problem);
        this.#stops ||= problem.severity === 'error' && withoutFiles.has(step);
      }
    }
    return errors;
  }
}
