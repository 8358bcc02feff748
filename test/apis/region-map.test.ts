import { array, assert, constantFrom, integer, property, record, tuple } from 'fast-check';
import inPolygon from 'point-in-polygon-hao';
import { expect, test } from 'vitest';
import { regionMapAnswerFor } from '../../src/apis/region-map-answer.ts';
import { indexRegionMap } from '../../src/apis/region-map.ts';
import type { LonLat } from '../../src/domain/sphere.ts';
import { bruteDistance } from './brute-distance.ts';
import { box, mapOf } from './make-map.ts';

/** Spread evenly, as `double` is not. */
const within = (min: number, max: number) => integer({ min: 0, max: 1e9 }).map((n) => min + (n / 1e9) * (max - min));
const turns = [-360, 0, 360];
const names = (found: readonly { readonly region: string }[]): readonly string[] => found.map(({ region }) => region);

/** A ring around a point, its corners at these shares of the radius, drawn on past 180. */
function star([x, y]: LonLat, radius: number, shares: readonly number[]): number[][] {
  const corners = shares.map((share, n) => {
    const angle = (2 * Math.PI * n) / shares.length;
    return [x + radius * share * Math.cos(angle), y + radius * share * Math.sin(angle)];
  });
  return [...corners, corners[0] ?? []];
}

/** The same place, written between -180 and 180. */
function wrap(lon: number): number {
  return lon > 180 ? lon - 360 : lon < -180 ? lon + 360 : lon;
}

const starShape = record({
  centre: tuple(constantFrom(-179.9, -100, 0.3, 150, 179.7), within(-80, 80)),
  radius: constantFrom(0.02, 0.5, 8),
  shares: array(within(0.4, 1), { minLength: 3, maxLength: 60 }),
  hasHole: constantFrom(true, false),
  /** Drawn with a leap from 180 to -180, or on past 180. */
  leaps: constantFrom(true, false),
});

test('a point is inside exactly where an independent library says so: holes, islands, antimeridian', () => {
  const cases = record({
    shapes: array(starShape, { minLength: 1, maxLength: 6 }),
    points: array(tuple(within(-1.2, 1.2), within(-1.2, 1.2)), { minLength: 10, maxLength: 10 }),
  });
  let [inside, outside] = [0, 0];
  assert(
    property(cases, ({ shapes, points }) => {
      const drawn = shapes.map(({ centre, radius, shares, hasHole }) => [
        star(centre, radius, shares),
        ...(hasHole ? [star(centre, radius * 0.3, [1, 1, 1, 1]).toReversed()] : []),
      ]);
      const written = drawn.map((rings, n) =>
        shapes[n]?.leaps ? rings.map((ring) => ring.map(([x = 0, y = 0]) => [wrap(x), y])) : rings,
      );
      const map = indexRegionMap(mapOf(Object.fromEntries(written.map((rings, n) => [`R${String(n)}`, [rings]]))));
      for (const { centre, radius } of shapes) {
        for (const [dx, dy] of points) {
          const [lon, lat] = [wrap(centre[0] + dx * radius), centre[1] + dy * radius];
          const answers = drawn.map((rings) => turns.map((turn) => inPolygon([lon + turn, lat], rings)));
          if (answers.flat().includes(0)) continue;
          const expected = answers.flatMap((found, n) => (found.includes(true) ? [`R${String(n)}`] : []));
          if (expected.length > 0) inside += 1;
          else outside += 1;
          expect(names(map.locate({ latitude: lat, longitude: lon }).inside)).toEqual(expected);
        }
      }
    }),
    { numRuns: 120, seed: 11 },
  );
  expect(Math.min(inside, outside)).toBeGreaterThan(400);
});

test('a region borders on a point exactly where one of its edges is within a kilometre', () => {
  const cases = record({
    shapes: array(starShape, { minLength: 1, maxLength: 3 }),
    along: within(0, 1),
    east: within(-2000, 2000),
    north: within(-2000, 2000),
  });
  let [near, far] = [0, 0];
  assert(
    property(cases, ({ shapes, along, east, north }) => {
      const rings = shapes.map(({ centre, radius, shares }) => star(centre, radius, shares.slice(0, 24)));
      const written = rings.map((ring, n) => (shapes[n]?.leaps ? ring.map(([x = 0, y = 0]) => [wrap(x), y]) : ring));
      const map = indexRegionMap(mapOf(Object.fromEntries(written.map((ring, n) => [`R${String(n)}`, [[ring]]]))));
      const [[a, b] = []] = rings;
      const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = [a, b];
      const lat = ay + along * (by - ay) + north / 111_195;
      const lon = wrap(ax + along * (bx - ax) + east / 111_195 / Math.cos((lat * Math.PI) / 180));
      const distances = rings.map((ring) =>
        Math.min(
          ...ring.slice(1).flatMap(([x = 0, y = 0], n) => {
            const [fromX = 0, fromY = 0] = ring[n] ?? [];
            return turns
              .filter((turn) => Math.abs(lon + turn - x) < 30 || Math.abs(lon + turn - fromX) < 30)
              .map((turn) => bruteDistance([lon + turn, lat], [fromX, fromY], [x, y]));
          }),
        ),
      );
      if (distances.some((distance) => Math.abs(distance - 1000) < 0.2)) return;
      const expected = distances.flatMap((distance, n) => (distance < 1000 ? [`R${String(n)}`] : []));
      if (expected.length > 0) near += 1;
      else far += 1;
      expect(names(map.locate({ latitude: lat, longitude: lon }).bordering)).toEqual(expected);
    }),
    { numRuns: 60, seed: 11 },
  );
  expect(Math.min(near, far)).toBeGreaterThan(10);
}, 30_000);

test('a kilometre is a kilometre at 70 degrees north, where a degree of longitude is a third', () => {
  const map = indexRegionMap(mapOf({ NORTH: [[box(20, 69, 25, 71)]] }));
  const degree = 111_195 * Math.cos((70 * Math.PI) / 180);
  expect(map.locate({ latitude: 70, longitude: 20 + 990 / degree }).bordering).toHaveLength(1);
  expect(map.locate({ latitude: 70, longitude: 20 + 1010 / degree })).toEqual({
    inside: [{ region: 'NORTH', fullName: 'NORTH by name ' }],
    bordering: [],
  });
});

test('the border of a country across the antimeridian is near from both sides', () => {
  const map = indexRegionMap(mapOf({ FJ: [[box(177, -19, 179.999, -16)], [box(-179.999, -19, -178, -16)]] }));
  const place = map.locate({ latitude: -17, longitude: 180 });
  expect(place).toMatchObject({ inside: [], bordering: [{ region: 'FJ' }] });
  expect(map.locate({ latitude: -17, longitude: -179.5 })).toMatchObject({ inside: [{ region: 'FJ' }], bordering: [] });
});

test('neighbours share a border, a hole belongs to whoever fills it, and overlaps name both', () => {
  const hole = box(4, 4, 6, 6);
  const map = indexRegionMap(
    mapOf({
      A: [[box(0, 0, 10, 10), hole.toReversed()]],
      B: [[box(10, 0, 20, 10)], [hole]],
      C: [[box(15, 0, 25, 10)]],
    }),
  );
  expect(map.locate({ latitude: 5, longitude: 10.001 })).toMatchObject({
    inside: [{ region: 'B' }],
    bordering: [{ region: 'A' }, { region: 'B' }],
  });
  expect(names(map.locate({ latitude: 5, longitude: 5 }).inside)).toEqual(['B']);
  expect(names(map.locate({ latitude: 5, longitude: 17 }).inside)).toEqual(['B', 'C']);
});

test('a region in many parts, without a name or without geometry is read for what it is', () => {
  const answer = regionMapAnswerFor('co2_moer').parse({
    type: 'FeatureCollection',
    features: [
      {
        properties: { region: 'ONE ', region_full_name: null, extra: 1 },
        geometry: { type: 'Polygon', coordinates: [box(0, 0, 1, 1)] },
      },
      { properties: { region: 'NONE', region_full_name: 'Nothing' }, geometry: null },
    ],
    meta: null,
  });
  expect(indexRegionMap(answer).locate({ latitude: 0.5, longitude: 0.5 }).inside).toEqual([
    { region: 'ONE', fullName: 'ONE' },
  ]);
});

const feature = (coordinates: unknown): unknown => ({
  type: 'FeatureCollection',
  features: [{ properties: { region: 'A' }, geometry: { type: 'MultiPolygon', coordinates } }],
});

test.each<readonly [string, unknown]>([
  ['no collection', { error: 'no' }],
  ['no region', { type: 'FeatureCollection', features: [] }],
  ['no area', feature([])],
  ['no coordinates', feature(undefined)],
  [
    'a text for a coordinate',
    feature([
      [
        [
          ['0', 0],
          [1, 0],
          [1, 1],
        ],
      ],
    ]),
  ],
  [
    'a point too few',
    feature([
      [
        [
          [0, 0],
          [1, 0],
        ],
      ],
    ]),
  ],
  [
    'latitudes and longitudes turned round',
    feature([
      [
        [
          [40, -100],
          [41, -100],
          [41, -101],
        ],
      ],
    ]),
  ],
  ['another signal', { ...mapOf({ A: [[box(0, 0, 1, 1)]] }), meta: { signal_type: 'co2_aoer' } }],
])('%s is no map', (_what, answer) => {
  expect(regionMapAnswerFor('co2_moer').safeParse(answer).success).toBe(false);
});
