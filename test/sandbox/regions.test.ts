import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionShapes } from '../../src/sandbox/watttime/region-shapes.ts';
import { contains } from '../../src/sandbox/watttime/ring.ts';
import { regionAt, regionNamed } from '../../src/sandbox/watttime/regions.ts';

test.each([
  ['Riverside, Iowa', 41.4797, -91.5813, 'MISO_MASON_CITY'],
  ['San Francisco', 37.7749, -122.4194, 'CAISO_NORTH'],
  ['Oakland', 37.8044, -122.2712, 'CAISO_NORTH'],
  ['Sacramento', 38.5816, -121.4944, 'CAISO_NORTH'],
  ['Austin', 30.2672, -97.7431, 'ERCOT_AUSTIN'],
  ['Houston', 29.7604, -95.3698, 'ERCOT_COAST'],
  ['Dallas', 32.7767, -96.797, 'ERCOT_NORTHCENTRAL'],
  ['Chicago', 41.8781, -87.6298, 'PJM_CHICAGO'],
  ['New York City', 40.7128, -74.006, 'NYISO_NYC'],
  ['Boston', 42.3601, -71.0589, 'ISONE_NEMA'],
  ['Phoenix', 33.4484, -112.074, 'SRP'],
  ['Las Vegas', 36.1699, -115.1398, 'NEVP'],
  ['Los Angeles', 34.0522, -118.2437, 'LDWP'],
  ['San Diego', 32.7157, -117.1611, 'CAISO_SANDIEGO'],
  ['Minneapolis', 44.9778, -93.265, 'MISO_MINNEAPOLIS'],
  ['Denver', 39.7392, -104.9903, 'PSCO'],
  ['Seattle', 47.6062, -122.3321, 'SCL'],
  ['London', 51.5072, -0.1276, 'UK'],
  ['Sydney', -33.8688, 151.2093, 'NEM_NSW'],
  ['the Gulf of Guinea', 0, 0, undefined],
])('%s lies in its region', (_place, latitude, longitude, region) => {
  expect(regionAt('co2_moer', latitude, longitude)?.region).toBe(region);
});

test('no point lies in two regions', () => {
  const corners = regionShapes.flatMap(({ polygons }) => polygons.flat(2));
  const near = fc
    .tuple(
      fc.constantFrom(...corners),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    )
    .map(([[longitude, latitude], east, north]) => [longitude + east, latitude + north] as const);
  fc.assert(
    fc.property(near, ([longitude, latitude]) => {
      const owners = regionShapes.filter(({ polygons }) =>
        polygons.some((polygon) => contains(polygon, longitude, latitude)),
      );
      expect(owners.map(({ region }) => region).length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 5_000 },
  );
});

test('names are unique, and some full names end in a space as real ones do', () => {
  const names = regionShapes.map(({ region }) => region);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(regionShapes.some(({ fullName }) => fullName.endsWith(' '))).toBe(true);
});

test('each signal has its own set of regions', () => {
  expect(regionNamed('co2_moer', 'CAISO')).toBeUndefined();
  expect(regionNamed('co2_aoer', 'CAISO')?.fullName).toBe('California ISO');
  expect(regionNamed('co2_aoer', 'CAISO_NORTH')).toBeUndefined();
  expect(regionNamed('health_damage', 'CAISO_NORTH')).toBeDefined();
  expect(regionNamed('health_damage', 'UK')).toBeUndefined();
});
