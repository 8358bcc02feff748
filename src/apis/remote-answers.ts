import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import type { RemoteId } from '../domain/remote.ts';
import { parseJson } from './api-client.ts';

/** `POST /auth/token`; `expires_in` may be absent (wattcarbon contract, "Auth"). */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().nullish().catch(undefined),
});

/** An answer's body as JSON; any other text as a string. */
export function readBody(text: string): Json {
  const value = z.json().safeParse(parseJson(text));
  return value.success ? value.data : text;
}

/** True for JSON objects. */
export function isFields(value: Json | undefined): value is { readonly [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The id of an object in an answer, its type kept: `id`, or `meter_id` and the like, or the same one level down
 * (`{"data": {"id": 7}}`). A number that JSON cannot carry exactly is no id.
 */
export function readRemoteId(value: Json | undefined, resource: string): RemoteId | undefined {
  const own = ownId(value, resource);
  if (own !== undefined || !isFields(value)) return own;
  for (const wrapper of ['data', 'result', resource]) {
    const inner = ownId(value[wrapper], resource);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function ownId(value: Json | undefined, resource: string): RemoteId | undefined {
  if (!isFields(value)) return undefined;
  return [value['id'], value[`${resource}_id`], value[`${resource}Id`]].find((id) => isId(id));
}

function isId(id: Json | undefined): id is RemoteId {
  return (typeof id === 'string' && id !== '') || (typeof id === 'number' && Number.isSafeInteger(id));
}
