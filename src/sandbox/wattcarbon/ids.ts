import { sha256, type Json } from '../../domain/json.ts';
import type { WattCarbonSettings } from './switches.ts';

/** What has an id. */
export type Resource = 'meter' | 'asset' | 'document';

type Form = WattCarbonSettings['ids'];

/** An id as answers show it; the store counts from 1. */
export function showId(form: Form, resource: Resource, id: number): string | number {
  switch (form) {
    case 'number':
      return id;
    case 'digits':
      return String(id);
    case 'uuid':
      return `${uuidStart(resource)}-${id.toString(16).padStart(12, '0')}`;
  }
}

/** The store's id for one in a body; undefined for any other form than the API's own. */
export function readIdValue(form: Form, resource: Resource, value: Json): number | undefined {
  if (form === 'number') return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' ? readIdText(form, resource, value) : undefined;
}

/** The store's id for one in a path. */
export function readIdText(form: Form, resource: Resource, text: string): number | undefined {
  if (form !== 'uuid') return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  const start = `${uuidStart(resource)}-`;
  return text.startsWith(start) && /^[\da-f]{12}$/.test(text.slice(start.length))
    ? Number.parseInt(text.slice(start.length), 16)
    : undefined;
}

/** The store's id of a meter in whatever form. */
export function readAnyId(value: Json): number | undefined {
  return (
    readIdValue('number', 'meter', value) ??
    readIdValue('digits', 'meter', value) ??
    readIdValue('uuid', 'meter', value)
  );
}

/** The JSON Schema of an id. */
export function describeId(form: Form): { readonly [keyword: string]: Json } {
  if (form === 'number') return { type: 'integer' };
  return form === 'uuid' ? { type: 'string', format: 'uuid' } : { type: 'string', pattern: String.raw`^\d+$` };
}

/** Version 4 to the eye, and of another kind for each resource, so that a meter's id is never taken for an asset's. */
function uuidStart(resource: Resource): string {
  const hash = sha256(resource);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(12, 15)}-8${hash.slice(15, 18)}`;
}
