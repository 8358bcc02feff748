import { z } from 'zod';
import type { Meter, Site } from '../domain/site.ts';
import { locationOf } from './location.ts';
import { pick, remoteId, sameFields } from './look.ts';
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
  result: z.object({ id: remoteId, version: z.number() }),
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
  creation: async ({ site, item }, { settings }) => ({
    operation: 'create_meter',
    path: {},
    fields: { apiProvider: 'manual', meterType: item.meter.type, location: locationOf(site, 'meter', settings) },
    // Not documented: sent only where the live schema has them.
    optional: { name: meterName(site, item.meter), customId: meterName(site, item.meter) },
  }),
  find: async (_input, { wattcarbon }, { creation, prepared }) => {
    const objects = await wattcarbon.list(creation);
    return objects
      ? pick(objects, (object) => sameFields(prepared.sent, object.fields))
      : { kind: 'cannot-look', advice: `look for a meter with ${JSON.stringify(prepared.sent)}` };
  },
});

function meterName(site: Site, meter: Meter): string {
  return `${site.id}/${meter.id}`;
}
