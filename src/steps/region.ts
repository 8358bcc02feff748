import { z } from 'zod';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Coordinates, Site } from '../domain/site.ts';
import { roundToSpot } from '../domain/spot.ts';
import { learns, workKey, type Item } from './step.ts';
import type { Tools } from './tools.ts';

/** Borders move: a region is asked again once a month (watttime contract, fact 6). */
const askAgainAfterMs = 30 * 24 * 3_600_000;

interface RegionItem extends Item {
  /** Given by hand in the manifest: nothing is asked. */
  readonly given: string | undefined;
}

/** Which grid region is the site in? Asked again after 30 days, and when the map of regions has changed. */
export const region = learns({
  name: 'region',
  needs: [],
  api: 'watttime',
  result: z.object({ region: z.string(), fullName: z.string().exactOptional(), asOf: z.number().exactOptional() }),
  items: async (site, { settings }): Promise<readonly RegionItem[]> => {
    const wanted = site.coordinates !== undefined || site.region !== undefined;
    if (!wanted && site.location !== undefined && settings.window) throw new ProblemError([unplaceable(site)]);
    return wanted ? settings.signals.map((signal) => ({ label: signal, given: givenRegion(site, signal) })) : [];
  },
  key: ({ site, item }) => [item.label, item.given ?? (site.coordinates ? spotKey(site.coordinates) : null)],
  requests: async ({ site, item }, tools, doneAt) => {
    if (item.given !== undefined || !site.coordinates) return 0;
    const known = doneAt !== undefined && !(await isOutdated(item.label, tools, doneAt));
    return known ? 0 : tools.regions.requests(item.label, roundToSpot(site.coordinates));
  },
  isOutdated: async ({ item }, tools, doneAt) => item.given === undefined && isOutdated(item.label, tools, doneAt),
  asOf: (result) => result.asOf,
  run: async ({ site, item }, { regions }) => {
    if (item.given !== undefined) return { region: item.given };
    if (!site.coordinates) throw new ProblemError([unplaceable(site)]);
    return regions.regionAt(item.label, roundToSpot(site.coordinates));
  },
});

/** The ledger's name for the look-up of a site's spot; undefined where its region is given by hand, or cannot be known. */
export function spotOf(site: Site, signal: string): string | undefined {
  if (!site.coordinates || givenRegion(site, signal) !== undefined) return undefined;
  return workKey('region', [signal, spotKey(site.coordinates)]);
}

/** Was a region that was learned then learned too long ago? */
export function isOldRegion(doneAt: number, nowMs: number): boolean {
  return doneAt + askAgainAfterMs <= nowMs;
}

function spotKey(coordinates: Coordinates): readonly number[] {
  return Object.values(roundToSpot(coordinates));
}

async function isOutdated(signal: string, { clock, regions }: Tools, doneAt: number): Promise<boolean> {
  return isOldRegion(doneAt, clock.now()) || ((await regions.changedAt(signal)) ?? doneAt) > doneAt;
}

function givenRegion(site: Site, signal: string): string | undefined {
  return typeof site.region === 'string' ? site.region : site.region?.[signal];
}

function unplaceable(site: Site): Problem {
  return {
    severity: 'error',
    code: 'site.region-missing',
    message: `site "${site.id}": step region needs coordinates or a region; an address alone cannot be placed in a grid region`,
    site: site.id,
    ...site.where('location'),
  };
}
