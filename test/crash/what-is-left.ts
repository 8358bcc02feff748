import { join } from 'node:path';
import { readSandboxState } from '../../src/sandbox/read-state.ts';
import { filesUnder, readRows } from '../store/parquet-rows.ts';

/** What a rehearsal left of one site at the far side: what its asset says, its meters' data and its documents. */
export interface SiteLeft {
  readonly customId: string;
  readonly meters: readonly { readonly type: string; readonly rows: number; readonly kwh: string }[];
  readonly documents: readonly string[];
}

/** What the rehearsal in `folder` left, without the ids, which depend on the order in which things were made. */
export async function readWhatIsLeft(folder: string): Promise<{
  readonly sites: readonly SiteLeft[];
  readonly meters: number;
  readonly duplicates: number;
  readonly documents: number;
  /** Requests by operation, all runs together. */
  readonly requests: Readonly<Record<string, number>>;
}> {
  const state = await readSandboxState(join(folder, '.wattlift', 'sandbox', 'state.db'));
  const sites = state.assets.map(({ id, fields }): SiteLeft => {
    const meterIds = Array.isArray(fields['meterIds']) ? fields['meterIds'] : [];
    return {
      customId: textOf(fields['customId']),
      meters: meterIds.map((meterId) => {
        const meter = state.meters.find((one) => one.id === meterId);
        return {
          type: textOf(meter?.fields['meterType']),
          rows: meter?.readings.rows ?? -1,
          // Parts come in any order, and sums of floating numbers depend on it.
          kwh: (meter?.readings.sumKwh ?? Number.NaN).toFixed(6),
        };
      }),
      documents: state.documents.filter(({ asset }) => asset === id).map(({ sha256 }) => sha256),
    };
  });
  return {
    sites: sites.toSorted((a, b) => (a.customId < b.customId ? -1 : 1)),
    meters: state.meters.length,
    duplicates: state.meters.reduce((sum, { readings }) => sum + readings.duplicates, 0),
    documents: state.documents.length,
    requests: Object.fromEntries(Object.entries(state.requests).map(([operation, { total }]) => [operation, total])),
  };
}

/** The months of the MOER dataset: `co2_moer/CAISO_NORTH/2025-01.parquet` to how many different points it holds. */
export async function readMonths(folder: string): Promise<ReadonlyMap<string, number>> {
  const store = join(folder, '.wattlift', 'sandbox', 'moer');
  const months = new Map<string, number>();
  for (const name of await filesUnder(store)) {
    if (!name.endsWith('.parquet')) continue;
    const rows = await readRows(join(store, name));
    months.set(name, rows.length === new Set(rows.map((row) => row.point_time.getTime())).size ? rows.length : -1);
  }
  return months;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How far the rehearsal in `folder` has come, for the log. */
export async function describeProgress(folder: string): Promise<string> {
  try {
    const { meters, sites, documents, requests } = await readWhatIsLeft(folder);
    const files = await filesUnder(join(folder, '.wattlift', 'sandbox'));
    const months = files.filter((name) => name.endsWith('.parquet')).length;
    const uploads =
      (requests['wattcarbon.upload_meter_intervals'] ?? 0) + (requests['wattcarbon.upload_meter_bills'] ?? 0);
    return `${String(meters)} meters, ${String(uploads)} uploads, ${String(sites.length)} assets, ${String(documents)} documents, ${String(months)} region-months`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'nothing yet';
    throw error;
  }
}
