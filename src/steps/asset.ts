import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { Site } from '../domain/site.ts';
import { locationOf } from './location.ts';
import { findChanges } from './changes.ts';
import { compareIdentities, compareValues, shownField, type Fields } from './likeness.ts';
import { fieldsSchema, pick, remoteId } from './look.ts';
import { comparePlaces } from './place-likeness.ts';
import { creates, type Facts } from './step.ts';
import type { Settings } from './tools.ts';

/** Creates the site's asset, once its meters hold data (wattcarbon contract, "Asset" and "Order"). */
export const asset = creates({
  name: 'asset',
  needs: ['meter', 'upload'],
  api: 'wattcarbon',
  owns: 'asset',
  result: z.object({ id: remoteId, version: z.number(), fields: fieldsSchema.exactOptional() }),
  items: async (site, { settings }) => {
    if (site.asset) locationOf(site, 'asset', settings);
    return site.asset ? [{ label: 'asset' }] : [];
  },
  key: ({ site, facts }, { settings, wattcarbon }) => [wattcarbon.scope, fieldsOf(site, facts, settings)],
  onChange: async ({ wattcarbon }) => ((await wattcarbon.assetUpdate()) === undefined ? 'drift' : 'update'),
  fields: ({ site, facts }, { settings }) => fieldsOf(site, facts, settings),
  creation: async ({ site, facts }, { settings, wattcarbon }, previous) => {
    const fields = fieldsOf(site, facts, settings);
    if (previous === undefined) return { operation: 'create_asset', path: {}, fields };
    const isWhole = (await wattcarbon.assetUpdate()) === 'whole';
    return {
      operation: 'update_asset',
      path: { asset_id: previous.id },
      fields: isWhole ? fields : changesOf(previous.fields, fields),
    };
  },
  find: async ({ site }, { wattcarbon }, { because, creation, prepared }) => {
    // The same change once more leaves the asset as it is; and it is refused for another reason than that it was made.
    if (creation.operation === 'update_asset') return { kind: 'send-again' };
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
      const differences = compareAssets(prepared.sent, fields);
      if (differences.length === 0) continue;
      throw new WattliftError(
        'asset.differs',
        `asset ${String(id)} already has customId "${site.id}", and it is not what the manifest says: ${differences.join(', ')}; change one of the two`,
      );
    }
    // The customId decides: beside its owner, assets that show none are others.
    return found.objects.length > 0 ? { ...found, unclear: [] } : { ...found, inDoubt };
  },
});

/**
 * In which fields what has our customId is not what the manifest says, in words. Kind, meters and location say what it is;
 * other fields may have been set by hand.
 */
function compareAssets(sent: Fields, shown: Fields): readonly string[] {
  const compare = { kind: compareIdentities, meterIds: compareValues, location: comparePlaces };
  return Object.entries(compare).flatMap(([field, likeness]) => {
    const [ours, theirs] = [sent[field], shownField(shown, field)];
    if (ours === undefined || theirs === undefined || likeness(ours, theirs) !== 'different') return [];
    return [`${field} is ${JSON.stringify(theirs)} there and ${JSON.stringify(ours)} here`];
  });
}

/** What a change by part sends: what is another now, null for what is gone. Without a memory, all but what never changes. */
function changesOf(was: Fields | undefined, is: Fields): Fields {
  if (was === undefined) return Object.fromEntries(Object.entries(is).filter(([field]) => field !== 'customId'));
  return Object.fromEntries(findChanges(was, is).map(({ field, is: now }) => [field, now ?? null]));
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
