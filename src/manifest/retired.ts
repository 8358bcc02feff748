const retiredKeys: ReadonlyMap<string, string> = new Map([
  ['meterId', '"meterId" is a retired name; it is "meterIds" now, and is filled from the site\'s "meters": remove it'],
  ['deviceOwner', '"deviceOwner" is a retired name; the owner is "wattcarbon.account" now: remove it'],
]);

/** What to say of a key that WattCarbon has retired (wattcarbon contract, "Asset"); undefined for any other. */
export function retiredKeyMessage(key: string): string | undefined {
  return retiredKeys.get(key);
}

/** The retired keys, for places that let unknown fields pass. */
export const retiredKeyNames: readonly string[] = [...retiredKeys.keys()];

const retiredValues: ReadonlyMap<string, string> = new Map([
  ['kind:electrification', 'electrification_eemetered'],
  // Which of the two it was used for, only the operator knows.
  ['kind:natural_gas', 'electrification_eemetered" or "energy_efficiency_eemetered'],
  ['type:natural_gas', 'gas'],
]);

/** The present name of a retired asset kind or meter type; undefined when the value is not retired. */
export function renamedValue(key: 'kind' | 'type', value: unknown): string | undefined {
  return typeof value === 'string' ? retiredValues.get(`${key}:${value}`) : undefined;
}
