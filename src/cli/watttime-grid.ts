import { ApiError, ProblemError, WattliftError } from '../domain/errors.ts';
import type { Coordinates } from '../domain/site.ts';
import type { WattTimeClient } from '../apis/watttime.ts';
import { coordinateFault } from '../manifest/check-place.ts';
import type { Terminal } from './terminal.ts';
import { showInstant, toCsvRow, writeDocument, writeOut, type OutFlags } from './watttime-output.ts';
import { withWattTime, type SessionFlags } from './watttime-session.ts';

export interface RegionFlags extends SessionFlags {
  readonly latitude: number;
  readonly longitude: number;
  readonly signal: string;
}

/** `watttime region`: the grid region of a point. Coordinates that can only be swapped are refused before anything is sent. */
export async function showRegion(flags: RegionFlags, terminal: Terminal): Promise<number> {
  const { latitude, longitude, signal } = flags;
  const fault = coordinateFault({ latitude, longitude }, undefined, undefined);
  // 0, 0 stands for "unknown" in a list of sites; who types it here means it.
  if (fault !== undefined && fault.code !== 'site.coordinates-zero') {
    throw new ProblemError([{ severity: 'error', code: fault.code, message: `${fault.message} Nothing was sent` }]);
  }
  return withWattTime(flags, { credentials: 'both' }, terminal, async ({ client }) => {
    const { region, fullName } = await lookUp(client, signal, { latitude, longitude });
    terminal.stdout.write(
      `${JSON.stringify({ region, region_full_name: fullName, signal_type: signal, latitude, longitude })}\n`,
    );
  });
}

/** Where there is no coverage, the place with the two swapped is looked up too: that is what most often is wrong. */
async function lookUp(client: WattTimeClient, signal: string, at: Coordinates): ReturnType<WattTimeClient['regionAt']> {
  try {
    return await client.regionAt(signal, at);
  } catch (error) {
    const { latitude, longitude } = at;
    const outside = error instanceof ApiError && /coverage/i.test(error.details.said ?? '');
    if (!outside || Math.abs(longitude) > 90 || latitude === longitude) throw error;
    const turned = await client.regionAt(signal, { latitude: longitude, longitude: latitude }).catch(() => undefined);
    if (turned === undefined) throw error;
    throw new WattliftError(
      'site.coordinates-swapped',
      `no coverage at latitude ${String(latitude)}, longitude ${String(longitude)}, but the two look swapped: latitude ${String(longitude)}, longitude ${String(latitude)} is ${turned.region} (${turned.fullName})`,
      { cause: error },
    );
  }
}

export interface MapsFlags extends SessionFlags, OutFlags {
  readonly signal: string;
}

/** `watttime maps`: every region of a signal as GeoJSON. */
export async function showMaps(flags: MapsFlags, terminal: Terminal): Promise<number> {
  return withWattTime(flags, { credentials: 'both' }, terminal, async ({ client }) =>
    writeDocument(await client.maps(flags.signal), flags, terminal),
  );
}

export interface IndexFlags extends SessionFlags, OutFlags {
  readonly region: string;
  readonly signal: string;
  readonly csv?: true;
}

/** `watttime index`: how clean the region is now. */
export async function showIndex(flags: IndexFlags, terminal: Terminal): Promise<number> {
  const { region, signal } = flags;
  return withWattTime(flags, { credentials: 'both' }, terminal, async ({ client }) => {
    const { time, value, periodSeconds, units, model } = await client.index({ region, signal });
    const point = { point_time: showInstant(time), value };
    if (flags.csv) {
      const rows =
        toCsvRow(['point_time', 'value', 'region', 'signal']) + toCsvRow([point.point_time, value, region, signal]);
      await writeOut(flags, terminal, async (write) => write(rows));
      return;
    }
    const meta = { region, signal_type: signal, data_point_period_seconds: periodSeconds, units, model };
    await writeDocument({ data: [point], meta }, flags, terminal);
  });
}
