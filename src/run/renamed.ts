import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Item, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import type { SiteItems } from './site-items.ts';
import type { SiteRecord } from './survey.ts';

/**
 * Things that cannot be changed once they are made, under a new label: a renamed meter would be created and uploaded a
 * second time, and the first could not be taken back. A problem for the site, before anything of it is sent.
 */
export async function findRenamed(
  site: Site,
  steps: readonly Step[],
  items: ReadonlyMap<StepName, readonly Item[]>,
  { slots }: SiteRecord,
  ledger: Ledger,
  tools: Tools,
): Promise<SiteItems['problems']> {
  const found: { step: StepName; problems: SiteItems['problems'][number]['problems'] }[] = [];
  for (const step of steps) {
    if (step.kind !== 'creates') continue;
    const labels = (items.get(step.name) ?? []).map(({ label }) => label);
    const held = slots.filter((slot) => slot.step === step.name && slot.scope === tools.wattcarbon.scope);
    const fresh = labels.filter((label) => !held.some(({ item }) => item === label));
    const gone = held.filter(({ item }) => !labels.includes(item));
    if (fresh.length === 0 || gone.length === 0) continue;
    const works = await ledger.works(gone.map(({ key }) => key));
    const made = gone.filter(({ key }) => works.get(key)?.result !== undefined).map(({ item }) => item);
    if (made.length === 0 || (await step.onChange(tools)) !== 'drift') continue;
    const message = `${step.name} ${quote(fresh)} is new and ${quote(made)} is no longer in the manifest; if it was renamed, give it its old id again: a new id would create it a second time`;
    found.push({
      step: step.name,
      problems: [{ severity: 'error', code: `${step.name}.renamed`, message, site: site.id, ...site.where('meters') }],
    });
  }
  return found;
}

function quote(labels: readonly string[]): string {
  return labels.map((label) => `"${label}"`).join(', ');
}
