import { z } from 'zod';
import type { Meter } from '../domain/site.ts';
import type { DataKind, Part } from '../domain/meter-data.ts';
import { fileName, lookBySendingAgain } from './documents.ts';
import { creates, type Item } from './step.ts';

interface PartItem extends Item {
  readonly meter: Meter;
  readonly kind: DataKind;
  readonly part: Part;
}

/** Uploads each meter's canonical data: one item a UTC month of intervals, or one for all bills (wattcarbon contract, "Timeseries"). */
export const upload = creates({
  name: 'upload',
  needs: ['meter'],
  api: 'wattcarbon',
  owns: undefined,
  result: z.object({ version: z.number() }),
  items: async (site, { files }): Promise<readonly PartItem[]> => {
    const items: PartItem[] = [];
    for (const meter of site.meters.filter(({ data }) => data.length > 0)) {
      const { kind, parts } = await files.meter(site, meter);
      items.push(...parts.map((part) => ({ label: `${meter.id}/${part.name}`, meter, kind, part })));
    }
    return items;
  },
  key: ({ item, facts }, { wattcarbon }) => [
    wattcarbon.scope,
    facts.meter.get(item.meter.id)?.id ?? null,
    item.part.name,
    item.part.sha256,
  ],
  onChange: ({ settings }) => (settings.reupload === 'append' ? 'uncertain' : 'version'),
  creation: async ({ site, item, facts }, { files }) => {
    const meterId = facts.meter.get(item.meter.id)?.id;
    return {
      operation: item.kind === 'bills' ? 'upload_meter_bills' : 'upload_meter_intervals',
      path: meterId === undefined ? {} : { meter_id: meterId },
      fields: {},
      file: {
        name: fileName(site.id, item.meter.id, item.part.name),
        bytes: await files.bytes(site, item.meter, item.part),
        contentType: 'text/csv',
      },
    };
  },
  find: async ({ item }, { settings }, search) =>
    lookBySendingAgain(settings.reupload, search, `look at what meter data ${item.label} holds`),
});
