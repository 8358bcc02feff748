const hourMs = 3_600_000;

/** WattCarbon contract, "Timeseries": 1 therm = 29.3001 kWh. */
const kwhPerTherm = 29.3001;

export function kwhFromWh(wh: number): number {
  return wh / 1000;
}

export function kwhFromMwh(mwh: number): number {
  return mwh * 1000;
}

export function kwhFromMegajoules(megajoules: number): number {
  return megajoules / 3.6;
}

export function kwhFromGigajoules(gigajoules: number): number {
  return gigajoules / 0.0036;
}

export function kwhFromTherms(therms: number): number {
  return therms * kwhPerTherm;
}

export function thermsFromKwh(kwh: number): number {
  return kwh / kwhPerTherm;
}

/** Energy of an average power held for `durationMs`. */
export function kwhFromKw(kw: number, durationMs: number): number {
  return (kw * durationMs) / hourMs;
}

/** What a column of a meter file counts. `power` is the average over the interval and needs its length. */
export type UnitName = 'kWh' | 'Wh' | 'MWh' | 'MJ' | 'GJ' | 'therm' | 'kW' | 'W' | 'MW';

const spellings: ReadonlyMap<string, UnitName> = new Map([
  ['kwh', 'kWh'],
  ['kwhs', 'kWh'],
  ['wh', 'Wh'],
  ['mwh', 'MWh'],
  ['mj', 'MJ'],
  ['gj', 'GJ'],
  ['therm', 'therm'],
  ['therms', 'therm'],
  ['thm', 'therm'],
  ['kw', 'kW'],
  ['w', 'W'],
  ['mw', 'MW'],
]);

/** Units met in real files that are not energy without knowing more: heat content, power factor. */
const withoutEnergy: ReadonlySet<string> = new Set([
  'ccf', 'mcf', 'cf', 'scf', 'hcf', 'm3', 'm³', 'cbm', 'nm3', 'nm³', 'btu', 'mbtu', 'mmbtu', 'dth', 'gal', 'gallons',
  'kva', 'kvah', 'kvar', 'kvarh', 'va', 'vah', 'varh',
]); // prettier-ignore

/** A unit by one of its spellings, upper and lower case alike; undefined when this program does not convert it. */
export function unitNamed(text: string): UnitName | undefined {
  return spellings.get(text.trim().toLowerCase());
}

/** True for units that cannot become kWh by arithmetic alone (volumes, apparent power) or that differ by country (BTU). */
export function isRefusedUnit(text: string): boolean {
  return withoutEnergy.has(text.trim().toLowerCase());
}

export function isPower(unit: UnitName): boolean {
  return unit === 'kW' || unit === 'W' || unit === 'MW';
}

/** A reading as kWh; `durationMs` is its interval's length, which only power needs. */
export function toKwh(value: number, unit: UnitName, durationMs: number): number {
  switch (unit) {
    case 'kWh':
      return value;
    case 'Wh':
      return kwhFromWh(value);
    case 'MWh':
      return kwhFromMwh(value);
    case 'MJ':
      return kwhFromMegajoules(value);
    case 'GJ':
      return kwhFromGigajoules(value);
    case 'therm':
      return kwhFromTherms(value);
    case 'kW':
      return kwhFromKw(value, durationMs);
    case 'W':
      return kwhFromKw(value / 1000, durationMs);
    case 'MW':
      return kwhFromKw(value * 1000, durationMs);
  }
}
