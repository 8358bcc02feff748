/** How a field of an asset is known: always sent, shown in the guide for its kind, or not at all. */
export type FieldStanding = 'required' | 'seen' | 'unknown';

type Known = Exclude<FieldStanding, 'unknown'>;

/** What every asset has (wattcarbon contract, "Asset"). */
const common: Readonly<Record<string, Known>> = {
  name: 'required',
  kind: 'required',
  location: 'required',
  customId: 'seen',
  utility: 'seen',
  meterIds: 'seen',
  commencedOperationDate: 'seen',
};

/**
 * The kinds that WattCarbon's guide names, each with the fields of its example; undefined where none is shown. There are more
 * kinds, and more fields.
 */
const kinds: Readonly<Record<string, Readonly<Record<string, Known>> | undefined>> = {
  solar: {
    nameplateCapacityKw: 'seen',
    inverterDataId: 'seen',
    inverterDataSource: 'seen',
    externalRegistryName: 'seen',
    externalRegistryAssetId: 'seen',
  },
  electrification_eemetered: {
    areaSqft: 'seen',
    previousFuel: 'seen',
    buildingType: 'seen',
    replacementType: 'seen',
    yearBuilt: 'seen',
    numberOfStories: 'seen',
  },
  demand_response_eemetered: {},
  energy_efficiency_eemetered: undefined,
  storage_direct: undefined,
  tracking_building: undefined,
  vehicle_charging: undefined,
};

/** The kinds of the guide, in its order. */
export const knownAssetKinds: readonly string[] = Object.keys(kinds);

/** Every field that the guide shows for some kind. */
export const knownAssetFields: ReadonlySet<string> = new Set(
  [common, ...Object.values(kinds)].flatMap((fields) => Object.keys(fields ?? {})),
);

/**
 * How a field is known for a kind. A kind whose example is not shown, or that is not known, may have any field of the guide.
 */
export function standingOfField(kind: string, field: string): FieldStanding {
  const own = common[field];
  if (own !== undefined) return own;
  const fields = kinds[kind];
  if (fields !== undefined) return fields[field] ?? 'unknown';
  return knownAssetFields.has(field) ? 'seen' : 'unknown';
}
