import type { Quality } from '../../domain/meter-data.ts';

/** NAESB ESPI `uom` codes as units; those that are no energy, power or volume are named so that a problem can say them. */
const units: ReadonlyMap<string, string> = new Map([
  ['72', 'Wh'], ['38', 'W'], ['169', 'therm'], ['119', 'ft3'], ['42', 'm3'], ['132', 'BTU'], ['31', 'J'],
  ['61', 'VA'], ['63', 'var'], ['71', 'VAh'], ['73', 'varh'], ['128', 'gal'], ['130', 'gal'],
]); // prettier-ignore

/** Kilo, mega and giga, as `powerOfTenMultiplier` has them. */
const prefixes: ReadonlyMap<number, string> = new Map([
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
]);

const directions: ReadonlyMap<string, string> = new Map([
  ['1', 'delivered'],
  ['4', 'net'],
  ['19', 'received'],
]);

const qualities: ReadonlyMap<string, Quality> = new Map([
  ['7', 'substituted'],
  ['8', 'estimated'],
  ['9', 'estimated'],
  ['10', 'estimated'],
  ['12', 'estimated'],
  ['13', 'estimated'],
  ['15', 'substituted'],
  ['17', 'validated'],
  ['18', 'validated'],
  ['19', 'validated'],
]);

/** The unit of a `uom` code; joules become kJ of no use here, so they count as MJ by their own power of ten. */
export function unitOfUom(uom: string, powerOfTen: number): { readonly unit: string; readonly powerOfTen: number } {
  const unit = units.get(uom);
  if (unit === undefined) return { unit: uom === '' ? '' : `uom ${uom}`, powerOfTen };
  if (unit === 'J') return { unit: 'MJ', powerOfTen: powerOfTen - 6 };
  const prefix = unit === 'Wh' || unit === 'W' ? prefixes.get(powerOfTen) : undefined;
  // kWh rather than thousands of Wh: what is shown is what the file means.
  if (prefix !== undefined && `${prefix}${unit}` !== 'GW') return { unit: `${prefix}${unit}`, powerOfTen: 0 };
  return { unit, powerOfTen };
}

/** `1` is delivered to the customer, `19` received from them, `4` net. */
export function describeDirection(flowDirection: string): string {
  return directions.get(flowDirection) ?? (flowDirection === '' ? 'no direction' : `flow direction ${flowDirection}`);
}

/** The `quality` of a reading; `undefined` and codes that say nothing are measured. The worst of several counts. */
export function qualityOfCodes(codes: readonly string[]): Quality {
  const named = codes.map((code) => qualities.get(code) ?? 'measured');
  return (
    (['estimated', 'substituted', 'measured'] as const).find((quality) => named.includes(quality)) ??
    (named.length > 0 ? 'validated' : 'measured')
  );
}

/** Multiplies by a power of ten without the noise that 10 ** -3 brings. */
export function scaled(value: number, powerOfTen: number): number {
  return powerOfTen < 0 ? value / 10 ** -powerOfTen : value * 10 ** powerOfTen;
}
