import { canonicalJson, type Json } from '../domain/json.ts';
import type { Fields } from './likeness.ts';

/** A field that is another one now than what was sent; absent where there was, or is, none. */
export interface ChangedField {
  readonly field: string;
  readonly was?: Json;
  readonly is?: Json;
}

/** The fields that differ, in the order of what is wanted now, then those that are gone. */
export function findChanges(was: Fields, is: Fields): readonly ChangedField[] {
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((field) => {
    const [before, now] = [was[field], is[field]];
    if (before !== undefined && now !== undefined && canonicalJson(before) === canonicalJson(now)) return [];
    return [{ field, ...(before !== undefined && { was: before }), ...(now !== undefined && { is: now }) }];
  });
}

/** `nameplateCapacityKw was 123 and is 150`. */
export function describeChange({ field, was, is }: ChangedField): string {
  if (was === undefined) return `${field} is new, ${JSON.stringify(is)}`;
  if (is === undefined) return `${field} was ${JSON.stringify(was)} and is gone`;
  return `${field} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`;
}
