import { expect, test } from 'vitest';
import { roundEnergy } from '../../src/domain/canonical.ts';
import {
  isAmbiguousUnit,
  isRefusedUnit,
  kwhFromTherms,
  kwhFromVolume,
  thermsFromKwh,
  toKwh,
  unitNamed,
  volumeNamed,
} from '../../src/domain/units.ts';

const hourMs = 3_600_000;

test.each([
  [1500, 'Wh', 1.5],
  [2, 'MWh', 2000],
  [3.6, 'MJ', 1],
  [0.0036, 'GJ', 1],
  [1, 'therm', 29.3001],
  [4, 'kW', 1],
  [4000, 'W', 1],
  [0.004, 'MW', 1],
  [7, 'kWh', 7],
  [0.5, 'GWh', 500_000],
  [1, 'dekatherm', 293.001],
  [100_000, 'BTU', 29.3001],
  [100, 'kBTU', 29.3001],
  [0.1, 'MMBTU', 29.3001],
] as const)('%d %s over a quarter of an hour is %d kWh', (value, unit, kwh) => {
  expect(roundEnergy(toKwh(value, unit, hourMs / 4))).toBe(kwh);
});

test('units are found by their spellings, and volumes are refused', () => {
  expect(['KWH', 'therms', ' kW ', 'ccf'].map((text) => unitNamed(text))).toEqual(['kWh', 'therm', 'kW', undefined]);
  expect(['CCF', 'm³', 'BTU', 'kWh'].map((text) => isRefusedUnit(text))).toEqual([true, true, false, false]);
  expect(['MBTU', 'mmbtu', 'kbtu'].map((text) => isAmbiguousUnit(text))).toEqual([true, false, false]);
  expect(['hcf', 'Mcf', 'ft³', 'Nm3', 'kWh'].map((text) => volumeNamed(text))).toEqual([
    'CCF',
    'MCF',
    'ft3',
    'm3',
    undefined,
  ]);
  expect(kwhFromVolume(3, 10.55)).toBeCloseTo(31.65, 9);
  expect(thermsFromKwh(kwhFromTherms(12.5))).toBeCloseTo(12.5, 9);
});
