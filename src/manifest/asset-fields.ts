import { knownAssetFields } from '../domain/asset-kinds.ts';
import { retiredKeyMessage } from './retired.ts';
import { nearestWord } from './suggest.ts';

/**
 * What to say of an asset's field that is nearly a known one; undefined for a known one, for a retired one, which is refused elsewhere, and for one that is like none: the
 * list of fields is not complete, so what is new passes through.
 */
export function fieldFault(field: string): string | undefined {
  if (knownAssetFields.has(field) || retiredKeyMessage(field) !== undefined) return undefined;
  const near = nearestWord(field, knownAssetFields, 4);
  if (near === undefined) return undefined;
  return `"${field}" is not a field of an asset that is known here; did you mean "${near}"? It is sent as it is`;
}
