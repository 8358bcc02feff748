import type { Site } from '../domain/site.ts';
import type { StepName } from '../steps/step.ts';

/** The site's keys that fields of bodies come from. */
const fromSite: Readonly<Record<string, string>> = {
  name: 'name',
  customId: 'id',
  utility: 'utility',
  meterIds: 'meters',
};

/**
 * Where in the manifest a field of a body comes from, as a dotted path within the site (`asset.areaSqft`,
 * `meters.0.type`); the whole of what the step sends for an empty `path`.
 */
export function writtenAt(site: Site, step: StepName, item: string, path: readonly string[]): string {
  const [field = '', ...inner] = path;
  if (field === 'location') return site.location === undefined ? 'coordinates' : [field, ...inner].join('.');
  switch (step) {
    case 'asset':
      return fromSite[field] ?? ['asset', ...path].join('.');
    case 'meter':
    case 'upload': {
      const at = site.meters.findIndex(({ id }) => item === id || item.startsWith(`${id}/`));
      const keys: Readonly<Record<string, string>> = { meterType: 'type', name: 'id', customId: 'id' };
      const key = step === 'upload' ? 'data' : keys[field];
      return ['meters', String(at), ...(key === undefined ? [] : [key])].join('.');
    }
    case 'events':
    case 'region':
    case 'moer':
      return step === 'events' ? 'events' : 'coordinates';
  }
}
