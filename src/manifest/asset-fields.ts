import { retiredKeyMessage } from './retired.ts';
import { nearestWord } from './suggest.ts';

/** The kinds WattCarbon's guide names; there are more (wattcarbon contract, "Asset"). */
export const knownAssetKinds: readonly string[] = [
  'solar',
  'electrification_eemetered',
  'demand_response_eemetered',
  'energy_efficiency_eemetered',
  'storage_direct',
  'tracking_building',
  'vehicle_charging',
];

/** Fields of the guide's asset examples (wattcarbon contract, "Asset"), those that the program fills in included. */
const knownFields: ReadonlySet<string> = new Set([
  'name',
  'kind',
  'location',
  'customId',
  'utility',
  'meterIds',
  'commencedOperationDate',
  'nameplateCapacityKw',
  'inverterDataId',
  'inverterDataSource',
  'externalRegistryName',
  'externalRegistryAssetId',
  'areaSqft',
  'previousFuel',
  'buildingType',
  'replacementType',
  'yearBuilt',
  'numberOfStories',
]);

/**
 * What to say of an asset's field that is nearly a known one; undefined for a known one, for a retired one, which is refused elsewhere, and for one that is like none: the
 * list of fields is not complete, so what is new passes through.
 */
export function fieldFault(field: string): string | undefined {
  if (knownFields.has(field) || retiredKeyMessage(field) !== undefined) return undefined;
  const near = nearestWord(field, knownFields, 4);
  if (near === undefined) return undefined;
  return `"${field}" is not a field of an asset that is known here; did you mean "${near}"? It is sent as it is`;
}
