import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Site } from '../domain/site.ts';
import { locationOf } from './location.ts';
import { combine, compareIdentities, compareValues, shownField, type Fields, type Likeness } from './likeness.ts';
import { pick, remoteId } from './look.ts';
import { comparePlaces } from './place-likeness.ts';
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
    // customId is never used twice in an account, so a second try cannot make a second asset.
    const inDoubt =
      because === 'unknown'
        ? ({ kind: 'send-again' } as const)
        : ({ kind: 'cannot-look', advice: `look for the asset with customId "${site.id}"` } as const);
    const objects = await wattcarbon.list(creation);
    if (!objects) return inDoubt;
    const found = await pick(objects, (fields) => {
      const customId = shownField(fields, 'customId');
      return customId === undefined ? 'unclear' : compareIdentities(site.id, customId);
    });
    for (const { id, fields } of found.objects) {
      if (compareAssets(prepared.sent, fields) === 'different') {
        throw new WattliftError(
          'asset.differs',
          `asset ${String(id)} already has customId "${site.id}", but not the kind, meters and location of the manifest; change one of the two`,
        );
      }
    }
    // The customId decides: beside its owner, assets that show none are others.
    return found.objects.length > 0 ? { ...found, unclear: [] } : { ...found, inDoubt };
  },
});

/** Is what has our customId what the manifest says? Other fields may have been set by hand. */
function compareAssets(sent: Fields, shown: Fields): Likeness {
  const compare = { kind: compareIdentities, meterIds: compareValues, location: comparePlaces };
  return combine(
    Object.entries(compare).flatMap(([field, likeness]) => {
      const [ours, theirs] = [sent[field], shownField(shown, field)];
      return ours === undefined || theirs === undefined ? [] : [likeness(ours, theirs)];
    }),
  );
}

/** The manifest refuses these keys of `asset` (`asset.key-reserved`); here too, ours win. */
const ours: ReadonlySet<string> = new Set(['name', 'location', 'customId', 'meterIds']);

function fieldsOf(site: Site, facts: Facts<'meter'>, settings: Settings): { readonly [field: string]: Json } {
  const meterIds = site.meters.flatMap(({ id }) => facts.meter.get(id)?.id ?? []);
  return {
    name: site.name,
    location: locationOf(site, 'asset', settings),
    customId: site.id,
    ...(site.utility !== undefined && { utility: site.utility }),
    ...(meterIds.length > 0 && { meterIds }),
    ...Object.fromEntries(Object.entries(site.asset ?? {}).filter(([field]) => !ours.has(field))),
  };
}
