import { z } from 'zod';
import type { EventsDocument } from '../domain/meter-data.ts';
import { fileName, lookBySendingAgain } from './documents.ts';
import { compareIdentities, shownField, type Fields, type Likeness } from './likeness.ts';
import { pick, remoteId } from './look.ts';
import { creates, type Item } from './step.ts';

const documentType = 'demand_response_events';
/** Where lists show a document's file name, as far as lists are known. */
const nameFields = ['name', 'fileName', 'originalName', 'originalFileName', 'documentName', 'title', 'file'] as const;

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
    const name = search.creation.file?.name ?? '';
    const inDoubt = lookBySendingAgain(settings.reupload, search, `look for the document ${name}`);
    const objects = await wattcarbon.list(search.creation);
    return objects ? { ...(await pick(objects, (fields) => compareDocuments(name, fields))), inDoubt } : inDoubt;
  },
});

/**
 * Is a listed document the one of this file name? The name carries the content's hash, so it counts wherever it shows, in
 * an address too. A document that shows no name may be any.
 */
function compareDocuments(name: string, shown: Fields): Likeness {
  const type = shownField(shown, 'type') ?? documentType;
  if (compareIdentities(documentType, type) === 'different') return 'different';
  const stem = name.replace(/\.csv$/, '');
  if (Object.values(shown).some((value) => typeof value === 'string' && value.includes(stem))) return 'same';
  return nameFields.some((field) => typeof shownField(shown, field) === 'string') ? 'different' : 'unclear';
}
