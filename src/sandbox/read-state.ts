import { access } from 'node:fs/promises';
import type { Json } from '../domain/json.ts';
import { type StoredDocument, type StoredObject, type StoredUpload, SandboxStateStore } from './state.ts';
import { readAnyId } from './wattcarbon/ids.ts';
import { type Readings, countReadings } from './wattcarbon/readings.ts';

/** Requests of one operation: how many in all, and how many ended with each status, `lost`, `cut` or `hang`. */
export interface OperationRequests {
  readonly total: number;
  readonly outcomes: { readonly [outcome: string]: number };
}

/** Everything a sandbox holds: what a test asks after a run. */
export interface SandboxState {
  readonly meters: readonly (StoredObject & { readonly readings: Readings })[];
  /** With the meters each is linked to, by the ids they have here, whatever form they were sent in. */
  readonly assets: readonly (StoredObject & { readonly meters: readonly number[] })[];
  readonly documents: readonly StoredDocument[];
  /** The log of accepted uploads, in the order they came. */
  readonly uploads: readonly StoredUpload[];
  /** By `<api>.<operation>`: `watttime.historical`, `wattcarbon.create_meter`. */
  readonly requests: { readonly [operation: string]: OperationRequests };
}

/** Reads the state file of a sandbox that has ended, or was killed, or still runs. Throws when there is no such file. */
export async function readSandboxState(stateFile: string): Promise<SandboxState> {
  await access(stateFile);
  const store = await SandboxStateStore.open(stateFile);
  try {
    return summarize(store);
  } finally {
    store.close();
  }
}

/** The state as it is now. */
export function summarize(store: SandboxStateStore): SandboxState {
  const requests: { [operation: string]: { total: number; outcomes: { [outcome: string]: number } } } = {};
  for (const { api, operation, outcome, count } of store.requestCounts()) {
    const entry = (requests[`${api}.${operation}`] ??= { total: 0, outcomes: {} });
    entry.total += count;
    entry.outcomes[outcome] = count;
  }
  return {
    meters: store.meters().map((meter) => Object.assign(meter, { readings: countReadings(store.contents(meter.id)) })),
    assets: store.assets().map((asset) => Object.assign(asset, { meters: linksOf(asset) })),
    documents: store.documents(),
    uploads: store.uploads(),
    requests,
  };
}

function linksOf({ fields: { meterIds } }: StoredObject): readonly number[] {
  const sent: readonly Json[] = Array.isArray(meterIds) ? meterIds : [];
  return sent.map(readAnyId).filter((id) => id !== undefined);
}
