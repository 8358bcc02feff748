import type { Site } from '../domain/site.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Item, Step, StepName } from '../steps/step.ts';
import type { Tools } from '../steps/tools.ts';
import { forgetCommand, noLead, type Lead } from './commands.ts';
import type { SiteItems } from './site-items.ts';
import type { SiteRecord } from './survey.ts';

/**
 * A site that was created in another account of the same API than the manifest gives it now: it would be created a second
 * time, and nothing can be moved. A problem for the site, before anything of it is sent. One that was created in its
 * account too is none: somebody has decided that before.
 */
export async function findMoved(
  site: Site,
  steps: readonly Step[],
  items: ReadonlyMap<StepName, readonly Item[]>,
  { slots, intents }: SiteRecord,
  ledger: Ledger,
  { wattcarbon: { scope }, accounts = new Map() }: Pick<Tools, 'wattcarbon' | 'accounts'>,
  lead: Lead = noLead,
): Promise<SiteItems['problems']> {
  const creating = steps.filter(({ kind }) => kind === 'creates').map(({ name }) => name);
  const first = creating.find((name) => (items.get(name) ?? []).length > 0);
  if (first === undefined) return [];
  const isElsewhere = (other: string): boolean => other !== scope && apiOf(other) === apiOf(scope);
  const held = slots.filter((slot) => creating.some((name) => name === slot.step));
  const begun = [...intents.values()].find(({ slot }) => slot.site === site.id && isElsewhere(slot.scope));
  if (begun === undefined && !held.some((slot) => isElsewhere(slot.scope))) return [];

  const works = await ledger.works(held.map(({ key }) => key));
  const made = held.filter(({ key }) => works.get(key)?.result !== undefined);
  if (made.some((slot) => slot.scope === scope)) return [];
  const [there] = creating.flatMap((name) => made.filter((slot) => slot.step === name && isElsewhere(slot.scope)));
  const slot = there ?? begun?.slot;
  if (slot === undefined) return [];
  const id = there && works.get(there.key)?.remoteId;
  const nameOf = (of: string): string =>
    `"${[...accounts].find(([, account]) => account.scope === of)?.[0] ?? of.slice(apiOf(of).length)}"`;
  const what = `its ${slot.step}${slot.item === slot.step ? '' : ` "${slot.item}"`}${id === undefined ? '' : ` (${String(id)})`}`;
  const message = `${what} was ${there === undefined ? 'begun' : 'created'} in account ${nameOf(slot.scope)}, and the manifest gives the site to ${nameOf(scope)} now, where it would be created a second time; give it its earlier account again, or remove what is there at WattCarbon and say so: ${forgetCommand({ site: site.id }, lead)}`;
  const problem = { severity: 'error', code: 'site.account-moved', message, site: site.id } as const;
  return [{ step: first, problems: [{ ...problem, ...site.where('account') }] }];
}

/** A scope without its account: what is done at another address is no business of this one. */
function apiOf(scope: string): string {
  const mark = '/accounts/';
  const at = scope.lastIndexOf(mark);
  return at < 0 ? scope : scope.slice(0, at + mark.length);
}
