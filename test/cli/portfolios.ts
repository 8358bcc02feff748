import { writeFile } from './folders.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Credentials of the documented form, and the account that the manifests below ask the environment for. */
export const credentials = {
  WATTTIME_USER: 'ada',
  WATTTIME_PASSWORD: 'analytical-1!',
  WATTCARBON_EMAIL: 'ada@example.org',
  WATTCARBON_API_KEY: 'key-of-ada',
  WATTCARBON_ACCOUNT_ID: 'acme',
};

/** A site with a meter of two days, an asset and a place of its own. */
export function site(id: string, n = 0, more: Fields = {}): Fields {
  return {
    id,
    location: `${String(n + 1)} Ella St Riverside IA 52327`,
    coordinates: { latitude: 41.4797, longitude: -91.5813 },
    meters: [{ id: 'main', type: 'electricity', data: `meters/${id}.csv` }],
    asset: { kind: 'solar', commencedOperationDate: '2022-08-01', nameplateCapacityKw: 5 + n },
    ...more,
  };
}

/** Hourly readings of the first two days of 2025, small enough for a roof at night. */
export function readings(first = 1): string {
  const rows = Array.from({ length: 48 }, (_, hour) => {
    const start = new Date(Date.UTC(2025, 0, 1, hour)).toISOString();
    return `${start},${String((first + (hour % 7)) / 10_000)}`;
  });
  return `start_datetime,energy_kwh\n${rows.join('\n')}\n`;
}

/**
 * Writes `pipeline.yaml` with these sites, and readings for each meter that has no file yet. The window is one month, so
 * one MOER request a region; timeouts are short, so that a crash is settled within a test.
 */
export function writePipeline(
  folder: string,
  sites: readonly Fields[],
  { wattcarbon = {}, ...more }: { readonly wattcarbon?: Fields; readonly [key: string]: unknown } = {},
): void {
  const manifest = {
    version: 1,
    wattcarbon: { account: '${WATTCARBON_ACCOUNT_ID}', timeout: 'PT2S', settle: 'PT0.1S', ...wattcarbon },
    moer: { from: '2025-01-01', to: '2025-02-01' },
    defaults: { timezone: 'UTC', utility: 'ABC Utility' },
    sites,
    ...more,
  };
  writeFile(folder, 'pipeline.yaml', `${JSON.stringify(manifest, undefined, 2)}\n`);
  sites.forEach(({ id }, n) => writeFile(folder, `meters/${String(id)}.csv`, readings(n + 1)));
}
