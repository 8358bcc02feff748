import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import type { Item, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';

/** A site's work, by step; or why some of it cannot be laid out, in which case nothing of the site is sent. */
export interface SiteItems {
  readonly items: ReadonlyMap<StepName, readonly Item[]>;
  readonly problems: readonly { readonly step: StepName; readonly problems: readonly Problem[] }[];
}

/** The steps to look at for a selection: those selected, and those whose facts they read. */
export function withNeeds(steps: readonly Step[], selected: ReadonlySet<StepName>): readonly Step[] {
  const wanted = new Set(selected);
  for (const step of steps.toReversed()) if (wanted.has(step.name)) for (const need of step.needs) wanted.add(need);
  return steps.filter(({ name }) => wanted.has(name));
}

/** Reads what the steps need of the site's files, all of it before anything of the site is sent. */
export async function layOut(site: Site, steps: readonly Step[], tools: Tools): Promise<SiteItems> {
  const items = new Map<StepName, readonly Item[]>();
  const problems: { step: StepName; problems: readonly Problem[] }[] = [];
  for (const step of steps) {
    try {
      items.set(step.name, await step.items(site, tools));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // A finding that was made an error comes with the warnings beside it, which fail nothing.
      const errors = error.problems.filter(({ severity }) => severity === 'error');
      problems.push({ step: step.name, problems: errors.map((problem) => ({ ...problem, site: site.id })) });
    }
  }
  return { items, problems };
}
