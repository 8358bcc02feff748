import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Site } from '../domain/site.ts';
import { locationOf } from './location.ts';
import { pick, remoteId, sameFields } from './look.ts';
import { creates, type Facts } from './step.ts';
import type { Settings } from './tools.ts';

/** Creates the site's asset, once its meters hold data (wattcarbon contract, "Asset" and "Order"). */
export const asset = creates({
  name: 'asset',
  needs: ['meter', 'upload'],
  api: 'wattcarbon',
  owns: 'asset',
  result: z.object({ id: remoteId, version: z.number() }),
  items: async (site, { settings }) => {
    if (site.asset) locationOf(site, 'asset', settings);
    return site.asset ? [{ label: 'asset' }] : [];
  },
  key: ({ site, facts }, { settings, wattcarbon }) => [wattcarbon.scope, fieldsOf(site, facts, settings)],
  onChange: () => 'drift',
  creation: async ({ site, facts }, { settings }) => ({
    operation: 'create_asset',
    path: {},
    fields: fieldsOf(site, facts, settings),
  }),
  find: async ({ site }, { wattcarbon }, { because, creation, prepared }) => {
    const objects = await wattcarbon.list(creation);
    if (!objects) {
      // customId is never used twice in an account, so a second try cannot make a second asset.
      return because === 'unknown'
        ? { kind: 'send-again' }
        : { kind: 'cannot-look', advice: `look for the asset with customId "${site.id}"` };
    }
    const found = await pick(objects, ({ fields }) => fields['customId'] === site.id);
    for (const { id, fields } of found.kind === 'objects' ? found.objects : []) {
      const { kind, meterIds, location } = prepared.sent;
      if (!sameFields(definedOnly({ kind, meterIds, location }), fields)) {
        throw new WattliftError(
          'asset.differs',
          `asset ${String(id)} already has customId "${site.id}", but not the kind, meters and location of the manifest; change one of the two`,
        );
      }
    }
    return found;
  },
});

function fieldsOf(site: Site, facts: Facts<'meter'>, settings: Settings): { readonly [field: string]: Json } {
  const meterIds = site.meters.flatMap(({ id }) => facts.meter.get(id)?.id ?? []);
  return {
    name: site.name,
    location: locationOf(site, 'asset', settings),
    customId: site.id,
    ...(site.utility !== undefined && { utility: site.utility }),
    ...(meterIds.length > 0 && { meterIds }),
    ...site.asset,
  };
}

function definedOnly(fields: { readonly [field: string]: Json | undefined }): { readonly [field: string]: Json } {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined));
}
