import type { Json } from '../domain/json.ts';
import { compareTexts } from './text-likeness.ts';

/**
 * Is what a list shows what was sent? `unclear`: it shows too little, or shows it in a form that cannot be compared;
 * it may be the same thing, and must not be taken for absent.
 */
export type Likeness = 'same' | 'different' | 'unclear';

export type Fields = { readonly [field: string]: Json };

/** One difference decides, then one doubt; nothing at all is a doubt. */
export function combine(likenesses: readonly Likeness[]): Likeness {
  if (likenesses.includes('different')) return 'different';
  return likenesses.length === 0 || likenesses.includes('unclear') ? 'unclear' : 'same';
}

/** A field as an object shows it, however its name is written (`customId`, `custom_id`); undefined when absent or null. */
export function shownField(shown: Fields, field: string): Json | undefined {
  const plain = plainName(field);
  const name = field in shown ? field : Object.keys(shown).find((one) => plainName(one) === plain);
  return (name === undefined ? undefined : shown[name]) ?? undefined;
}

/** Compares single values; lists are compared as sets, objects by the fields that are shown. */
export function compareValues(sent: Json, shown: Json): Likeness {
  if (sent === shown) return 'same';
  if (isList(sent)) return isList(shown) ? compareSets(sent, shown) : 'unclear';
  if (isFields(sent)) {
    if (!isFields(shown)) return 'unclear';
    return combine(
      Object.entries(sent).flatMap(([field, value]) => {
        const other = shownField(shown, field);
        return other === undefined ? [] : [compareValues(value, other)];
      }),
    );
  }
  if (shown === null || typeof shown === 'object') return 'unclear';
  if (typeof sent === 'string' && typeof shown === 'string') return compareTexts(sent, shown);
  if (String(sent) === String(shown)) return 'same';
  return typeof sent === typeof shown ? 'different' : 'unclear';
}

/**
 * An identity, such as a customId: to the letter, since two sites may have `SP-1` and `SP1`. Equal but for case,
 * punctuation or spaces is a doubt.
 */
export function compareIdentities(sent: Json, shown: Json): Likeness {
  if (typeof sent === 'object' || typeof shown === 'object') return 'unclear';
  if (String(sent) === String(shown)) return 'same';
  return compareTexts(String(sent), String(shown)) === 'same' ? 'unclear' : 'different';
}

function compareSets(sent: readonly Json[], shown: readonly Json[]): Likeness {
  if ([...sent, ...shown].some((one) => typeof one === 'object')) return 'unclear';
  const [ours, theirs] = [new Set(sent.map(String)), new Set(shown.map(String))];
  return ours.size === theirs.size && [...ours].every((one) => theirs.has(one)) ? 'same' : 'different';
}

function plainName(field: string): string {
  return field.replaceAll(/[^a-z\d]/gi, '').toLowerCase();
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** True for JSON objects. */
export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
