import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { Meter, Site } from '../domain/site.ts';
import { locationOf } from './location.ts';
import { combine, compareIdentities, compareValues, shownField, type Fields, type Likeness } from './likeness.ts';
import { fieldsSchema, pick, remoteId } from './look.ts';
import { comparePlaces } from './place-likeness.ts';
import { creates, type Item } from './step.ts';

interface MeterItem extends Item {
  readonly meter: Meter;
}

/** Registers each of the site's meters at WattCarbon (wattcarbon contract, "Meter"). */
export const meter = creates({
  name: 'meter',
  needs: [],
  api: 'wattcarbon',
  owns: 'meter',
  result: z.object({ id: remoteId, version: z.number(), fields: fieldsSchema.exactOptional() }),
  items: async (site, { settings }): Promise<readonly MeterItem[]> => {
    if (site.meters.length > 0) locationOf(site, 'meter', settings);
    return site.meters.map((meter) => ({ label: meter.id, meter }));
  },
  key: ({ site, item }, { settings, wattcarbon }) => [
    wattcarbon.scope,
    site.id,
    item.label,
    item.meter.type,
    locationOf(site, 'meter', settings),
  ],
  onChange: () => 'drift',
  fields: ({ site, item }, { settings }) => ({
    meterType: item.meter.type,
    location: locationOf(site, 'meter', settings),
  }),
  creation: async ({ site, item }, { settings }) => ({
    operation: 'create_meter',
    path: {},
    fields: { apiProvider: 'manual', meterType: item.meter.type, location: locationOf(site, 'meter', settings) },
    // Not documented: sent only where the live schema has them.
    optional: { name: meterName(site, item.meter), customId: meterName(site, item.meter) },
  }),
  compare: compareMeters,
  find: async (_input, { wattcarbon }, { creation, prepared }) => {
    const objects = await wattcarbon.list(creation);
    return objects
      ? pick(objects, (fields) => compareMeters(prepared.sent, fields))
      : { kind: 'cannot-look', advice: `look for a meter with ${JSON.stringify(prepared.sent)}` };
  },
});

/** Each says by itself which meter it is; provider and type are shared by many. */
const telling: { readonly [field: string]: (sent: Json, shown: Json) => Likeness } = {
  customId: compareIdentities,
  name: compareIdentities,
  location: comparePlaces,
};

/**
 * Is a listed meter the one that was sent? A field that is left out or null says nothing; where none of those that tell
 * meters apart speaks, nobody can say. An equal customId settles what the other fields leave open.
 */
function compareMeters(sent: Fields, shown: Fields): Likeness {
  const spoken = Object.entries(sent).flatMap(([field, value]) => {
    const other = shownField(shown, field);
    return other === undefined ? [] : [{ field, likeness: (telling[field] ?? compareValues)(value, other) }];
  });
  const all = combine(spoken.map(({ likeness }) => likeness));
  if (all === 'different') return all;
  if (spoken.some(({ field, likeness }) => field === 'customId' && likeness === 'same')) return 'same';
  return spoken.some(({ field }) => field in telling) ? all : 'unclear';
}

function meterName(site: Site, meter: Meter): string {
  return `${site.id}/${meter.id}`;
}
