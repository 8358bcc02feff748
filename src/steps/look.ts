import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { RemoteObject } from '../domain/remote.ts';
import type { Found } from './step.ts';

/** An id as WattCarbon gave it: a number stays a number. */
export const remoteId = z.union([z.string(), z.number()]);

/** Goes through a list and keeps what matches. */
export async function pick(
  objects: AsyncIterable<RemoteObject>,
  matches: (object: RemoteObject) => boolean,
): Promise<Found> {
  const hits: RemoteObject[] = [];
  for await (const object of objects) if (matches(object)) hits.push(object);
  return { kind: 'objects', objects: hits };
}

/**
 * Does a listed object show every field that was sent? Fields the list leaves out, or shows as null, say nothing;
 * at least one field must speak for it.
 */
export function sameFields(
  sent: { readonly [field: string]: Json },
  shown: { readonly [field: string]: Json },
): boolean {
  const spoken = Object.entries(sent).filter(([field]) => shown[field] !== undefined && shown[field] !== null);
  return spoken.length > 0 && spoken.every(([field, value]) => sameValue(value, shown[field] ?? null));
}

function sameValue(sent: Json, shown: Json): boolean {
  if (sent === shown) return true;
  if (sent === null || shown === null || typeof sent !== 'object' || typeof shown !== 'object') {
    return typeof sent !== 'object' && typeof shown !== 'object' && String(sent) === String(shown);
  }
  if (isList(sent) || isList(shown)) {
    return (
      isList(sent) &&
      isList(shown) &&
      sent.length === shown.length &&
      sent.every((item, n) => sameValue(item, shown[n] ?? null))
    );
  }
  return sameFields(sent, shown);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
