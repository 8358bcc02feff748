import type { Problem } from '../domain/problem.ts';
import type { ManifestDocument } from './document.ts';
import type { WrittenHead } from './schema.ts';
import { nearestWord } from './suggest.ts';

/** What sends something, as the published guide and common sense name it; `Meters-` and the like are tags. */
const sendingOperations: readonly string[] = [
  'create_token_auth_token_post',
  'create_token',
  'Meters-create_meter',
  'Meters-upload_meter_intervals',
  'Meters-upload_meter_bills',
  'Assets-create_asset',
  'Assets-update_asset',
  'Documents-upload_asset_document',
];

/** What only reads. */
const readingOperations: readonly string[] = [
  'Meters-list_meters',
  'Meters-list_meter_intervals',
  'Meters-list_meter_bills',
  'Assets-list_assets',
  'Documents-list_asset_documents',
];

/**
 * What is wrong with `wattcarbon.endpoints`: a retired path, a GET that should send something, and, as a warning, what is
 * nearly the name of an operation.
 */
export function findEndpointFaults(
  endpoints: WrittenHead['wattcarbon']['endpoints'],
  document: ManifestDocument,
): readonly Problem[] {
  const names = [...sendingOperations, ...readingOperations];
  const tails = names.map(afterTag);
  const sending = new Set(sendingOperations.map(afterTag));
  return Object.entries(endpoints).flatMap(([operation, endpoint]) => {
    const path = ['wattcarbon', 'endpoints', operation];
    const faults: Problem[] = [];
    if (/^\/devices(?:\/|$)/.test(endpoint.path)) {
      const message = `"${endpoint.path}" is a retired path; it is "/accounts/{account_id}/assets" now`;
      faults.push({ severity: 'error', code: 'manifest.name-retired', message, ...document.where([...path, 'path']) });
    }
    if (endpoint.method === 'GET' && sending.has(afterTag(operation))) {
      const message = `"${operation}" sends something, and GET only reads; give POST, PUT or PATCH, as WattCarbon wants it`;
      const at = document.where([...path, 'method']);
      faults.push({ severity: 'error', code: 'manifest.endpoint-method', message, ...at });
    }
    const near = tails.includes(afterTag(operation))
      ? undefined
      : nearestWord(operation, operation.includes('-') ? names : tails);
    if (near !== undefined) {
      const message = `"${operation}" is not an operation that is used; did you mean "${near}"?`;
      const at = document.where(path, 'key');
      faults.push({ severity: 'warning', code: 'manifest.operation-unknown', message, ...at });
    }
    return faults;
  });
}

/** The name as operations are looked up by it: without a tag, `createMeter` as `create_meter`. */
function afterTag(operation: string): string {
  const last = operation.split(/[-./:]/).at(-1) ?? '';
  return last.replaceAll(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}
