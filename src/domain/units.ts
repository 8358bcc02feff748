const hourMs = 3_600_000;

/** WattCarbon contract, "Timeseries": 1 therm = 29.3001 kWh. */
const kwhPerTherm = 29.3001;

/** 1 therm = 100,000 BTU by definition; taken of the contract's therm, so that a file in BTU and one in therms agree. */
const kwhPerBtu = kwhPerTherm / 100_000;

/** 1 kWh = 3.6 MJ by definition (SI). */
const megajoulesPerKwh = 3.6;

export function kwhFromWh(wh: number): number {
  return wh / 1000;
}

export function kwhFromMwh(mwh: number): number {
  return mwh * 1000;
}

export function kwhFromGwh(gwh: number): number {
  return gwh * 1_000_000;
}

export function kwhFromMegajoules(megajoules: number): number {
  return megajoules / megajoulesPerKwh;
}

export function kwhFromGigajoules(gigajoules: number): number {
  return gigajoules / (megajoulesPerKwh / 1000);
}

export function kwhFromTherms(therms: number): number {
  return therms * kwhPerTherm;
}

/** 1 dekatherm = 10 therms. */
export function kwhFromDekatherms(dekatherms: number): number {
  return dekatherms * 10 * kwhPerTherm;
}

export function kwhFromBtu(btu: number): number {
  return btu * kwhPerBtu;
}

/** A thousand BTU. */
export function kwhFromKbtu(kbtu: number): number {
  return kbtu * 1000 * kwhPerBtu;
}

/** A million BTU, which is a dekatherm. */
export function kwhFromMmbtu(mmbtu: number): number {
  return mmbtu * 10 * kwhPerTherm;
}

export function thermsFromKwh(kwh: number): number {
  return kwh / kwhPerTherm;
}

/** Energy of an average power held for `durationMs`. */
export function kwhFromKw(kw: number, durationMs: number): number {
  return (kw * durationMs) / hourMs;
}

/** Energy of an average power held for `durationMs`. */
export function kwhFromW(w: number, durationMs: number): number {
  return kwhFromKw(w / 1000, durationMs);
}

/** Energy of an average power held for `durationMs`. */
export function kwhFromMw(mw: number, durationMs: number): number {
  return kwhFromKw(mw * 1000, durationMs);
}

/** Energy of a volume of gas; the heat content is kWh per that volume, as the supplier's bill gives it. */
export function kwhFromVolume(volume: number, heatContent: number): number {
  return volume * heatContent;
}

/** What a column of a meter file counts. `power` is the average over the interval and needs its length. */
export type UnitName =
  | 'kWh' | 'Wh' | 'MWh' | 'GWh' | 'MJ' | 'GJ' | 'therm' | 'dekatherm' | 'BTU' | 'kBTU' | 'MMBTU'
  | 'kW' | 'W' | 'MW'; // prettier-ignore

const spellings: ReadonlyMap<string, UnitName> = new Map([
  ['kwh', 'kWh'],
  ['kwhs', 'kWh'],
  ['wh', 'Wh'],
  ['mwh', 'MWh'],
  ['gwh', 'GWh'],
  ['mj', 'MJ'],
  ['gj', 'GJ'],
  ['therm', 'therm'],
  ['therms', 'therm'],
  ['thm', 'therm'],
  ['dekatherm', 'dekatherm'],
  ['dekatherms', 'dekatherm'],
  ['decatherm', 'dekatherm'],
  ['decatherms', 'dekatherm'],
  ['dth', 'dekatherm'],
  ['btu', 'BTU'],
  ['btus', 'BTU'],
  ['kbtu', 'kBTU'],
  ['kbtus', 'kBTU'],
  ['mmbtu', 'MMBTU'],
  ['mmbtus', 'MMBTU'],
  ['kw', 'kW'],
  ['kwatts', 'kW'],
  ['kilowatt', 'kW'],
  ['kilowatts', 'kW'],
  ['w', 'W'],
  ['watt', 'W'],
  ['watts', 'W'],
  ['mw', 'MW'],
  ['megawatt', 'MW'],
  ['megawatts', 'MW'],
]);

/** Volumes of gas: energy once the heat content is known. */
const volumes: ReadonlyMap<string, string> = new Map([
  ['ccf', 'CCF'],
  ['hcf', 'CCF'],
  ['mcf', 'MCF'],
  ['cf', 'ft3'],
  ['scf', 'ft3'],
  ['ft3', 'ft3'],
  ['ft³', 'ft3'],
  ['m3', 'm3'],
  ['m³', 'm3'],
  ['cbm', 'm3'],
  ['nm3', 'm3'],
  ['nm³', 'm3'],
]);

/** Units met in real files that never become energy here, or not by one arithmetic: liquids, apparent and reactive power. */
const withoutEnergy: ReadonlySet<string> = new Set([
  'mbtu', 'mbtus', 'gal', 'gallons', 'kva', 'kvah', 'kvar', 'kvarh', 'va', 'vah', 'var', 'varh', 'mva', 'mvah', 'mvar', 'mvarh',
  'wperhour', 'kwperhour', 'mwperhour', 'gwperhour',
]); // prettier-ignore

/** A unit by one of its spellings, upper and lower case alike; undefined when this program does not convert it. */
export function unitNamed(text: string): UnitName | undefined {
  return spellings.get(text.trim().toLowerCase());
}

/** A volume of gas by one of its spellings (`CCF`, `MCF`, `ft3`, `m3`), which a heat content turns into energy. */
export function volumeNamed(text: string): string | undefined {
  return volumes.get(text.trim().toLowerCase());
}

/** True for MBTU: a thousand BTU to those who count in Roman numerals, a million to others. */
export function isAmbiguousUnit(text: string): boolean {
  return /^mbtus?$/i.test(text.trim());
}

/** True for units that cannot become kWh by arithmetic alone: volumes, apparent and reactive power, and the ambiguous MBTU. */
export function isRefusedUnit(text: string): boolean {
  return withoutEnergy.has(text.trim().toLowerCase()) || volumeNamed(text) !== undefined;
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
    case 'GWh':
      return kwhFromGwh(value);
    case 'MJ':
      return kwhFromMegajoules(value);
    case 'GJ':
      return kwhFromGigajoules(value);
    case 'therm':
      return kwhFromTherms(value);
    case 'dekatherm':
      return kwhFromDekatherms(value);
    case 'BTU':
      return kwhFromBtu(value);
    case 'kBTU':
      return kwhFromKbtu(value);
    case 'MMBTU':
      return kwhFromMmbtu(value);
    case 'kW':
      return kwhFromKw(value, durationMs);
    case 'W':
      return kwhFromW(value, durationMs);
    case 'MW':
      return kwhFromMw(value, durationMs);
  }
}
