import type { RemoteId } from '../domain/remote.ts';
import type { Slot } from '../ledger/ledger.ts';

/** What leads a command to the same manifest and ledger as this one. */
export interface Lead {
  /** As typed; undefined for `pipeline.yaml` in this folder. */
  readonly manifest?: string | undefined;
  readonly sandbox: boolean;
}

type Place = Pick<Slot, 'site' | 'step' | 'item'>;

/** `pipeline.yaml` in this folder, and the real ledger. */
export const noLead: Lead = { sandbox: false };

/** An item as a person names it: the step alone where the item is called as the step is, or stands for all of it. */
export function nameItem(step: string, item: string): string {
  return item === step || item === '*' ? step : `${step}:${item}`;
}

/** `wattlift adopt SP1 meter:main 42`, as a shell takes it; `ID` where the id is not known. */
export function adoptCommand({ site, step, item }: Place, id: RemoteId | undefined, lead: Lead): string {
  const words = [site, nameItem(step, item), ...(id === undefined ? [] : [String(id)])].map(quote);
  return ['wattlift adopt', ...words, ...(id === undefined ? ['--no-check'] : []), ...flags(lead)].join(' ');
}

/** `wattlift forget SP1 meter:main`, or `wattlift forget SP1` for all of a site. */
export function forgetCommand(place: Place | Pick<Place, 'site'>, lead: Lead): string {
  const words = [place.site, ...('step' in place ? [nameItem(place.step, place.item)] : [])].map(quote);
  return ['wattlift forget', ...words, ...flags(lead)].join(' ');
}

/** `wattlift run --site SP1 --retry-uncertain`. */
export function retryCommand(site: string, { manifest, sandbox }: Lead): string {
  const glob = site.replaceAll(/[*?[\]{}()\\]/g, String.raw`\$&`);
  const words = ['wattlift run', ...(manifest === undefined ? [] : [quote(manifest)]), '--site', quote(glob)];
  return [...words, '--retry-uncertain', ...(sandbox ? ['--sandbox'] : [])].join(' ');
}

/**
 * What a person can do about an uncertain creation, once they have looked. `again`: the next run sends it when it is told
 * that it is not there; one that it would not send by itself must be forgotten for that.
 */
export function adviseOnDoubt(place: Place, hasId: boolean, again: 'retry' | 'forget', lead: Lead): string {
  const there = adoptCommand(place, hasId ? 'ID' : undefined, lead);
  const absent = again === 'retry' ? retryCommand(place.site, lead) : `${forgetCommand(place, lead)}, and run again`;
  return `. If it is there: ${there}. If it is not: ${absent}`;
}

function flags({ manifest, sandbox }: Lead): readonly string[] {
  return [...(manifest === undefined ? [] : ['--manifest', quote(manifest)]), ...(sandbox ? ['--sandbox'] : [])];
}

function quote(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
