import { z } from 'zod';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import { roundToSpot } from '../domain/spot.ts';
import { learns, type Item } from './step.ts';

const askAgainAfterMs = 30 * 24 * 3_600_000;

interface RegionItem extends Item {
  /** Given by hand in the manifest: nothing is asked. */
  readonly given: string | undefined;
}

/** Which grid region is the site in? Asked again after 30 days, since borders move (watttime contract, fact 6). */
export const region = learns({
  name: 'region',
  needs: [],
  api: 'watttime',
  result: z.object({ region: z.string(), fullName: z.string().exactOptional() }),
  items: async (site, { settings }): Promise<readonly RegionItem[]> => {
    const wanted = site.coordinates !== undefined || site.region !== undefined;
    if (!wanted && site.location !== undefined && settings.window) throw new ProblemError([unplaceable(site)]);
    return wanted ? settings.signals.map((signal) => ({ label: signal, given: givenRegion(site, signal) })) : [];
  },
  key: ({ site, item }) => [
    item.label,
    item.given ?? (site.coordinates ? Object.values(roundToSpot(site.coordinates)) : null),
  ],
  requests: async ({ item }, { clock }, doneAt) =>
    item.given !== undefined || (doneAt !== undefined && doneAt + askAgainAfterMs > clock.now()) ? 0 : 1,
  run: async ({ site, item }, { watttime }) => {
    if (item.given !== undefined) return { region: item.given };
    if (!site.coordinates) throw new ProblemError([unplaceable(site)]);
    return watttime.regionAt(item.label, roundToSpot(site.coordinates));
  },
});

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
