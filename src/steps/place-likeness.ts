import type { Json } from '../domain/json.ts';
import { combine, compareValues, isFields, shownField, type Likeness } from './likeness.ts';
import { compareTexts } from './text-likeness.ts';

/**
 * Compares locations, which an API may show in another form than they were sent: text, parts, coordinates, or parts with
 * coordinates added. Words are compared with words and coordinates with coordinates; an address and coordinates cannot be.
 */
export function comparePlaces(sent: Json, shown: Json): Likeness {
  if (isFields(sent) && isFields(shown)) {
    const fields = Object.entries(sent);
    const spoken = fields.every(([field]) => shownField(shown, field) !== undefined);
    if (spoken && compareValues(sent, shown) === 'same') return 'same';
  }
  const [ours, theirs] = [coordinatesOf(sent), coordinatesOf(shown)];
  if (ours && theirs) return combine(ours.map((degrees, n) => compareDegrees(degrees, theirs[n] ?? Number.NaN)));
  const [ourWords, theirWords] = [addressOf(sent), addressOf(shown)];
  return ourWords && theirWords ? compareTexts(ourWords, theirWords) : 'unclear';
}

/** Latitude and longitude, under whichever names. */
function coordinatesOf(place: Json): readonly [number, number] | undefined {
  if (!isFields(place)) return undefined;
  const [latitude, longitude] = [/^lat/i, /^(?:lon|lng)/i].map((name) => {
    const value = Object.entries(place).find(([field]) => name.test(field))?.[1];
    return value === undefined || value === null || value === '' ? Number.NaN : Number(value);
  });
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? [latitude ?? 0, longitude ?? 0] : undefined;
}

/** The words of an address; undefined where there are none. */
function addressOf(place: Json): string | undefined {
  if (typeof place === 'string') return place.trim() === '' ? undefined : place;
  if (!isFields(place) || coordinatesOnly(place)) return undefined;
  const words = Object.entries(place).flatMap(([field, value]) =>
    typeof value === 'string' && !/^(?:id|type|lat|lon|lng)/i.test(field) ? [value] : [],
  );
  return words.length === 0 ? undefined : words.join(' ');
}

function coordinatesOnly(place: { readonly [field: string]: Json }): boolean {
  return Object.keys(place).every((field) => /^(?:id|type|lat|lon|lng)/i.test(field));
}

/** The one with fewer decimals may be the other, rounded or cut off. */
function compareDegrees(a: number, b: number): Likeness {
  if (a === b) return 'same';
  const decimals = [a, b].map((degrees) => String(degrees).split('.')[1]?.length ?? 0);
  const fewest = Math.min(...decimals);
  return fewest !== Math.max(...decimals) && Math.abs(a - b) < 10 ** -fewest ? 'unclear' : 'different';
}
