import type { Json } from '../../src/domain/json.ts';
import type { Ended, World } from './open-run.ts';

/** Hourly readings from 30 January to 2 February 2025, UTC: two parts. `changed` puts another value on 1 February, 05:00. */
export function hourly(changed = 1): string {
  const rows = ['interval_start,energy_kwh'];
  for (let hour = 0; hour < 72; hour++) {
    const start = new Date(Date.UTC(2025, 0, 30) + hour * 3_600_000);
    rows.push(`${start.toISOString().replace('.000Z', 'Z')},${hour === 53 ? changed : 1}`);
  }
  return `${rows.join('\n')}\n`;
}

/** A site with a meter, an asset and an event. Its place is a text of its own unless `more` says otherwise. */
export function siteOf(id: string, more: { readonly [key: string]: Json } = {}): { readonly [key: string]: Json } {
  return {
    id,
    location: `${id} Main St, Riverside IA`,
    timezone: 'UTC',
    meters: [{ id: 'main', type: 'electricity', data: 'main.csv' }],
    asset: { kind: 'demand_response_eemetered', commencedOperationDate: '2024-06-01' },
    events: [{ start: '2025-02-01 15:00', end: '2025-02-01 19:00' }],
    ...more,
  };
}

/** A site that is only a place with a meter that has no data. */
export function bareMeter(id: string, location = 'Same St, Riverside IA'): { readonly [key: string]: Json } {
  return { id, location, meters: [{ id: 'main', type: 'electricity' }] };
}

/** A site that only wants its region's emissions. */
export function placeAt(id: string, latitude: number, longitude: number): { readonly [key: string]: Json } {
  return { id, coordinates: { latitude, longitude } };
}

/** What the far side holds, in numbers. */
export function holdings(world: World): {
  readonly meters: number;
  readonly assets: number;
  readonly documents: number;
  readonly rows: readonly number[];
  readonly duplicates: number;
} {
  const { meters, assets, documents } = world.state();
  return {
    meters: meters.length,
    assets: assets.length,
    documents: documents.length,
    rows: meters.map(({ readings }) => readings.rows),
    duplicates: meters.reduce((sum, { readings }) => sum + readings.duplicates, 0),
  };
}

/** What one `siteOf` leaves when everything is there once. */
export const oneOfEach = { meters: 1, assets: 1, documents: 1, rows: [72], duplicates: 0 };

/** The requests that create. */
export function writesOf({ requests }: Ended): { readonly [operation: string]: number } {
  return Object.fromEntries(
    Object.entries(requests)
      .filter(([operation]) => /^wattcarbon\.(?:create_meter|create_asset|upload_)/.test(operation))
      .map(([operation, count]) => [operation.replace('wattcarbon.', ''), count]),
  );
}
