import { z } from 'zod';
import type { RemoteObject } from '../domain/remote.ts';
import type { Likeness } from './likeness.ts';
import type { Found } from './step.ts';

/** An id as WattCarbon gave it: a number stays a number. */
export const remoteId = z.union([z.string(), z.number()]);

/** What something was made from, as a ledger remembers it. */
export const fieldsSchema = z.record(z.string(), z.json());

/** Goes through a list and keeps what is the same, and what may be. */
export async function pick(
  objects: AsyncIterable<RemoteObject>,
  compare: (fields: RemoteObject['fields']) => Likeness,
): Promise<Found & { readonly kind: 'objects' }> {
  const same: RemoteObject[] = [];
  const unclear: RemoteObject[] = [];
  for await (const object of objects) {
    const likeness = compare(object.fields);
    if (likeness === 'same') same.push(object);
    if (likeness === 'unclear') unclear.push(object);
  }
  return { kind: 'objects', objects: same, unclear };
}
