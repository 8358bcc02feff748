import { ProblemError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Site } from '../domain/site.ts';
import type { Settings } from './tools.ts';

/**
 * The location as WattCarbon takes it: free text, the parts of an address, or coordinates under the manifest's key names
 * (wattcarbon contract, "Meter"). Throws `ProblemError` when the site has none.
 */
export function locationOf(site: Site, step: 'meter' | 'asset', settings: Settings): Json {
  if (typeof site.location === 'string') return site.location;
  if (site.location) {
    return Object.fromEntries(Object.entries(site.location).filter((part): part is [string, string] => !!part[1]));
  }
  if (site.coordinates) {
    const [latitude, longitude] = settings.coordinateKeys;
    return { [latitude]: site.coordinates.latitude, [longitude]: site.coordinates.longitude };
  }
  throw new ProblemError([
    {
      severity: 'error',
      code: 'site.location-missing',
      message: `site "${site.id}": step ${step} needs a location; give an address or coordinates`,
      site: site.id,
      ...site.where(),
    },
  ]);
}
