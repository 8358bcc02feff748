import type { Json } from '../domain/json.ts';
import type { RemoteObject } from '../domain/remote.ts';
import { compareIdentities, compareValues, shownField, type Fields, type Likeness } from './likeness.ts';
import { comparePlaces } from './place-likeness.ts';

/** One field as it is (to be) sent, and as a remote object shows it; `shown` is absent where it does not. */
export interface FieldLikeness {
  readonly field: string;
  readonly sent: Json;
  readonly shown?: Json;
  readonly likeness: Likeness;
}

const comparisons: ReadonlyMap<string, (sent: Json, shown: Json) => Likeness> = new Map([
  ['customId', compareIdentities],
  ['name', compareIdentities],
  ['kind', compareIdentities],
  ['location', comparePlaces],
]);

/** Holds every field that was sent against what an object shows, for a person to see. A field that is not shown is unclear. */
export function compareFields(sent: Fields, { fields }: RemoteObject): readonly FieldLikeness[] {
  return Object.entries(sent).map(([field, ours]) => {
    const shown = shownField(fields, field);
    if (shown === undefined) return { field, sent: ours, likeness: 'unclear' };
    return { field, sent: ours, shown, likeness: (comparisons.get(field) ?? compareValues)(ours, shown) };
  });
}
