import { expect, test } from 'vitest';
import { contains, turnOf } from '../../src/sandbox/watttime/ring.ts';
import { openWattTime, readAccess, readMap } from './open-watttime.ts';

test.each(['co2_moer', 'co2_aoer', 'health_damage'])('the map of %s draws the regions of my-access', async (signal) => {
  const { get } = await openWattTime();
  const map = readMap(await get('maps', { signal_type: signal }));
  const { signal_types: signals } = readAccess(await get('my-access', { signal_type: signal }));
  const listed = signals.flatMap(({ regions }) =>
    regions.map((region) => ({ region: region.region, region_full_name: region.region_full_name })),
  );
  expect(map.features.map(({ properties }) => properties)).toEqual(listed);
  expect(map.meta).toEqual({ last_updated: '2025-06-01T00:00:00+00:00', signal_type: signal });
});

test('rings are closed, exterior ones counter-clockwise, holes clockwise, and full names are as real ones are', async () => {
  const { get } = await openWattTime();
  const { features } = readMap(await get('maps', { signal_type: 'co2_moer' }));
  for (const { geometry } of features) {
    for (const [exterior = [], ...holes] of geometry.coordinates) {
      expect(exterior.at(-1)).toEqual(exterior[0]);
      expect(turnOf(exterior.slice(1))).toBeGreaterThan(0);
      for (const hole of holes) expect(turnOf(hole.slice(1))).toBeLessThan(0);
    }
  }
  expect(features.length).toBeGreaterThanOrEqual(150);
  expect(features.filter(({ properties }) => properties.region_full_name.endsWith(' ')).length).toBeGreaterThan(3);
});

test('Lesotho is a hole in South Africa, and Fiji lies on both sides of the antimeridian', async () => {
  const { get } = await openWattTime();
  const { features } = readMap(await get('maps', { signal_type: 'co2_moer' }));
  const partsOf = (name: string): readonly (readonly (readonly (readonly number[])[])[])[] =>
    features.find(({ properties }) => properties.region === name)?.geometry.coordinates ?? [];
  expect(partsOf('ZA').map((rings) => rings.length)).toContain(2);
  expect(
    partsOf('FJ')
      .flat(2)
      .map(([longitude]) => longitude),
  ).toEqual(expect.arrayContaining([180, -180]));
  const at = async (latitude: string, longitude: string): Promise<unknown> =>
    (await get('region-from-loc', { signal_type: 'co2_moer', latitude, longitude })).json;
  expect(await at('-29.31', '27.48')).toMatchObject({ region: 'LS' });
  expect(await at('-29.12', '26.21')).toMatchObject({ region: 'ZA' });
  for (const longitude of ['178.44', '180', '-180', '-179.9']) {
    expect(await at('-18.14', longitude)).toMatchObject({ region: 'FJ', region_full_name: 'Fiji ' });
  }
});

test('region-from-loc goes by the borders of the map', async () => {
  const { get } = await openWattTime();
  for (const signal of ['co2_moer', 'co2_aoer']) {
    const { features } = readMap(await get('maps', { signal_type: signal }));
    for (let index = 0; index < 60; index += 1) {
      const [longitude, latitude] = [((index * 137.5) % 360) - 180, ((index * 61.8) % 115) - 50];
      const drawn = features.find(({ geometry }) =>
        geometry.coordinates.some(([exterior = [], ...holes]) => contains([exterior, ...holes], longitude, latitude)),
      );
      const query = { signal_type: signal, latitude: String(latitude), longitude: String(longitude) };
      const reply = await get('region-from-loc', query);
      expect(reply.json).toMatchObject(
        drawn ? { region: drawn.properties.region } : { latitude: query.latitude, signal_type: signal },
      );
    }
  }
});

test('maps refuses an unknown or missing signal with a detail', async () => {
  const { get } = await openWattTime();
  for (const query of [{}, { signal_type: 'moer' }]) {
    const reply = await get('maps', query);
    expect(reply.status).toBe(422);
    expect(reply.json).toMatchObject({ detail: [{ loc: ['query', 'signal_type'], msg: expect.any(String) }] });
  }
});

test('detail adds corners and moves no border; the date of the map can be set', async () => {
  const plain = readMap(await (await openWattTime()).get('maps', { signal_type: 'co2_moer' }));
  const { get } = await openWattTime({ mapDetail: 5, mapUpdatedAt: Date.UTC(2026, 0, 31, 8, 30) });
  const fine = readMap(await get('maps', { signal_type: 'co2_moer' }));
  expect(fine.meta.last_updated).toBe('2026-01-31T08:30:00+00:00');
  const cornersOf = ({ features }: typeof fine): number =>
    features.reduce((sum, { geometry }) => sum + geometry.coordinates.flat(2).length, 0);
  expect(cornersOf(fine)).toBeGreaterThan(5 * cornersOf(plain));
  const areaOf = ({ features }: typeof fine): number =>
    features.reduce(
      (sum, { geometry }) => sum + geometry.coordinates.flat().reduce((all, ring) => all + turnOf(ring), 0),
      0,
    );
  expect(areaOf(fine)).toBeCloseTo(areaOf(plain), 1);
});
