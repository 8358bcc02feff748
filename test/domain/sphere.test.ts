import { assert, integer, pre, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { boxAround, isEdgeWithin, metresBetween, type LonLat } from '../../src/domain/sphere.ts';
import { bruteDistance } from '../apis/brute-distance.ts';

/** Spread evenly, as `double` is not. */
const within = (min: number, max: number) => integer({ min: 0, max: 1e9 }).map((n) => min + (n / 1e9) * (max - min));
const kilometre = 1000;

test('distances are those known of great circles', () => {
  expect(metresBetween([0, 0], [0, 90])).toBeCloseTo((Math.PI / 2) * 6_371_008.8, 3);
  expect(metresBetween([179.999, 0], [-179.999, 0])).toBeCloseTo(222.39, 1);
  expect(metresBetween([0, 89.999], [180, 89.999])).toBeCloseTo(222.39, 1);
  // Paris to London, as published for this radius.
  expect(metresBetween([2.3522, 48.8566], [-0.1278, 51.5074]) / 1000).toBeCloseTo(343.6, 0);
});

test('an edge is near exactly where its nearest point is, at any latitude and however long it is', () => {
  const cases = record({
    lon: within(-180, 180),
    lat: within(-89.99, 89.99),
    /** Where the edge passes, in metres to the east and north. */
    east: within(-2500, 2500),
    north: within(-2500, 2500),
    /** How far it goes from there, in degrees. */
    dx: within(-8, 8),
    dy: within(-8, 8),
    back: within(0, 1),
  });
  let [near, far] = [0, 0];
  assert(
    property(cases, ({ lon, lat, east, north, dx, dy, back }) => {
      const point: LonLat = [lon, lat];
      const pass = [lon + east / 111_195 / Math.cos((lat * Math.PI) / 180), lat + north / 111_195] as const;
      const from: LonLat = [pass[0] - back * dx, pass[1] - back * dy];
      const to: LonLat = [pass[0] + (1 - back) * dx, pass[1] + (1 - back) * dy];
      pre(Math.abs(from[1]) <= 90 && Math.abs(to[1]) <= 90);
      const distance = bruteDistance(point, from, to);
      pre(Math.abs(distance - kilometre) > 0.2);
      if (distance < kilometre) near += 1;
      else far += 1;
      expect(isEdgeWithin(point, from, to, kilometre)).toBe(distance < kilometre);
    }),
    { numRuns: 400, seed: 7 },
  );
  expect(Math.min(near, far)).toBeGreaterThan(60);
});

test('the box around a point holds everything that near, and is not much larger', () => {
  const cases = record({ lat: within(-90, 90), bearing: within(0, 2 * Math.PI), share: within(0, 1) });
  assert(
    property(cases, ({ lat, bearing, share }) => {
      const angle = (share * kilometre) / 6_371_008.8;
      const phi = (lat * Math.PI) / 180;
      const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing);
      const turn = Math.atan2(
        Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
        Math.cos(angle) - Math.sin(phi) * sine,
      );
      const half = boxAround(lat, kilometre);
      expect(Math.abs((turn * 180) / Math.PI)).toBeLessThanOrEqual(half.longitude + 1e-9);
      expect(Math.abs((Math.asin(sine) * 180) / Math.PI - lat)).toBeLessThanOrEqual(half.latitude + 1e-9);
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect(boxAround(60, kilometre).longitude).toBeCloseTo(2 * boxAround(0, kilometre).longitude, 5);
  expect(boxAround(89.995, kilometre).longitude).toBe(180);
});
