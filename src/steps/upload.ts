import { z } from 'zod';
import type { Meter } from '../domain/site.ts';
import type { DataKind, MeterData, Part } from '../domain/meter-data.ts';
import type { UploadSubject } from '../domain/remote.ts';
import { fileName, lookBySendingAgain } from './documents.ts';
import { creates, type Item } from './step.ts';

interface PartItem extends Item {
  readonly meter: Meter;
  readonly kind: DataKind;
  readonly part: Part;
  readonly about: UploadSubject;
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
      const data = await files.meter(site, meter);
      const { kind, parts } = data;
      items.push(
        ...parts.map((part) => ({
          label: `${meter.id}/${part.name}`,
          meter,
          kind,
          part,
          about: describeUpload(meter, data, part),
        })),
      );
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
      about: item.about,
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

/**
 * What a part is. Where a meter's files have readings of several lengths, the part's is the longest of them that its rows
 * leave room for.
 */
function describeUpload({ type }: Meter, { kind, files }: MeterData, { rows, span }: Part): UploadSubject {
  const lengths = files.map(({ cadenceMs }) => cadenceMs).filter((length) => length !== null);
  const mean = (span.end - span.start) / rows;
  const fitting = lengths.filter((length) => length <= mean);
  return {
    commodity: type,
    intervalMs: kind === 'bills' ? undefined : fitting.length > 0 ? Math.max(...fitting) : Math.min(...lengths, mean),
    unit: files[0]?.sumUnit ?? 'kWh',
  };
}
