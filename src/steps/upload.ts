import { z } from 'zod';
import type { Meter } from '../domain/site.ts';
import type { DataKind, MeterData, Part } from '../domain/meter-data.ts';
import { ApiError, WattliftError } from '../domain/errors.ts';
import type { Creation, UploadSubject } from '../domain/remote.ts';
import { fileName, lookBySendingAgain } from './documents.ts';
import { cutInTwo } from './halves.ts';
import { compareReadings, readSent, spanOf, type ReadingLikeness } from './reading-likeness.ts';
import { findRefusedRow } from './refused-row.ts';
import { creates, type Item } from './step.ts';
import type { WattCarbon } from './tools.ts';

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
  result: z.object({ version: z.number(), confirmed: z.literal(true).exactOptional() }),
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
  cut: cutInTwo,
  find: async ({ item }, { settings, wattcarbon }, search) => {
    const advice = `look at what meter data ${item.label} holds`;
    const shown = await readBack(item, search.creation, wattcarbon, { anyhow: true });
    if (shown?.kind === 'same') return { kind: 'there' };
    // Nothing of it is there, so nothing can be doubled.
    if (shown?.kind === 'absent' && search.because === 'unknown') return { kind: 'send-again' };
    const why = shown?.kind === 'other' ? `${advice}: ${shown.difference}` : advice;
    return lookBySendingAgain(settings.reupload, search, why);
  },
  explain: async ({ site, item }, { files }, { file }, refused) => {
    const { said = '' } = refused.details;
    const found = findRefusedRow(said, readSent(file?.bytes ?? new Uint8Array()));
    const place = found && (await files.place(site, item.meter, found.row.start));
    if (found === undefined || place === undefined) return undefined;
    const { row, cell } = found;
    const what = { start: `the time ${row.startText}`, energy: `the value ${row.energyText}` };
    const reading = `${row.startText},${row.energyText}`;
    return new WattliftError(
      'upload.row-refused',
      `${place.file}:${String(place.line)}: WattCarbon refuses ${cell === undefined ? 'this row' : what[cell]} (uploaded as ${reading}): "${said}"; correct the file and run again, nothing of ${item.label} was taken`,
      { cause: refused },
    );
  },
  verify: async ({ item }, { wattcarbon, notices }, creation) => {
    try {
      const shown = await readBack(item, creation, wattcarbon);
      if (shown === undefined || shown.kind === 'same') return undefined;
      return shown.kind === 'absent' ? 'none of its readings is there' : shown.difference;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      notices.warn(`${item.label} was uploaded and could not be read back: ${error.message}`, { item: item.label });
      return undefined;
    }
  },
});

/** What is there of what a creation sends; undefined where nothing shows it. */
async function readBack(
  { about }: PartItem,
  creation: Creation,
  wattcarbon: WattCarbon,
  how?: { readonly anyhow: boolean },
): Promise<ReadingLikeness | undefined> {
  const bytes = creation.file?.bytes ?? new Uint8Array();
  const span = spanOf(bytes);
  const shown = span && (await wattcarbon.readings(creation, span, how));
  return shown && compareReadings(readSent(bytes), shown, about.unit);
}

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
