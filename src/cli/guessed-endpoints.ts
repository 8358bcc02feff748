import { operationTable, type OperationName } from '../apis/operation-table.ts';
import { WattliftError } from '../domain/errors.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { StepName } from '../steps/step.ts';

/** What each step calls to write. */
const writesOf: Readonly<Record<StepName, readonly OperationName[]>> = {
  region: [],
  meter: ['create_meter'],
  upload: ['upload_meter_intervals', 'upload_meter_bills'],
  asset: ['create_asset'],
  events: ['upload_asset_document'],
  moer: [],
};

/** The endpoints that these steps write through, and only a guess knows. */
export function guessedOf(endpoints: readonly Endpoint[], writing: ReadonlySet<StepName>): readonly Endpoint[] {
  const needed = new Set(
    [...writing].flatMap((step) => writesOf[step]).map((name) => operationTable[name].operationId),
  );
  return endpoints.filter(({ operation, source }) => needed.has(operation) && source.includes('unverified'));
}

/** Why a real run that would write through these sends nothing: `wattcarbon.endpoint-unverified`, exit 2. */
export function unverified(guessed: readonly Endpoint[]): WattliftError {
  return new WattliftError(
    'wattcarbon.endpoint-unverified',
    `only a guess says how to call ${listCalls(guessed)}; say it in the manifest under wattcarbon.endpoints, name the API's description under wattcarbon.openapi, or set wattcarbon.allowUnverifiedEndpoints: true. Nothing was sent`,
  );
}

/** `Meters-create_meter (POST /meters), ...`. */
export function listCalls(endpoints: readonly Endpoint[]): string {
  return endpoints.map(({ operation, method, path }) => `${operation} (${method} ${path})`).join(', ');
}
