import { z } from 'zod';
import type { EventsDocument } from '../domain/meter-data.ts';
import { fileName, lookBySendingAgain } from './documents.ts';
import { pick, remoteId, sameFields } from './look.ts';
import { creates, type Item } from './step.ts';

const documentType = 'demand_response_events';

interface EventsItem extends Item {
  readonly document: EventsDocument;
}

/** Attaches the site's demand-response events to its asset (wattcarbon contract, "Demand-response events"). */
export const events = creates({
  name: 'events',
  needs: ['asset'],
  api: 'wattcarbon',
  owns: 'document',
  result: z.object({ id: remoteId.exactOptional(), version: z.number() }),
  items: async (site, { files }): Promise<readonly EventsItem[]> =>
    site.events === undefined ? [] : [{ label: 'events', document: await files.events(site) }],
  key: ({ item, facts }, { wattcarbon }) => [
    wattcarbon.scope,
    facts.asset.get('asset')?.id ?? null,
    item.document.sha256,
  ],
  onChange: ({ settings }) => (settings.reupload === 'append' ? 'uncertain' : 'version'),
  creation: async ({ site, item, facts }) => {
    const assetId = facts.asset.get('asset')?.id;
    return {
      operation: 'upload_asset_document',
      path: assetId === undefined ? {} : { asset_id: assetId },
      fields: { type: documentType },
      file: {
        // The name tells one revision from another when a lost answer makes us look.
        name: fileName(site.id, 'events', item.document.sha256.slice(0, 12)),
        bytes: item.document.bytes,
        contentType: 'text/csv',
      },
    };
  },
  find: async (_input, { settings, wattcarbon }, search) => {
    const objects = await wattcarbon.list(search.creation);
    const name = search.creation.file?.name ?? '';
    return objects
      ? pick(
          objects,
          ({ fields }) => sameFields({ type: documentType }, fields) && Object.values(fields).includes(name),
        )
      : lookBySendingAgain(settings.reupload, search, `look for the document ${name}`);
  },
});
