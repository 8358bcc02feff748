import { mkdtemp, readFile, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import type { RegionMapAnswer } from '../../src/apis/region-map-answer.ts';
import { createRegions, type Regions, type RegionsOptions } from '../../src/apis/regions.ts';
import { ApiError, type ApiErrorKind } from '../../src/domain/errors.ts';
import type { Regions as RegionsTool } from '../../src/steps/tools.ts';
import { errorOf, testClock } from './loopback.ts';
import { box, mapOf } from './make-map.ts';

const day = 86_400_000;
const signal = 'co2_moer';
const inWest = { latitude: 35, longitude: -105 };
/** 90 m from the border between WEST and EAST. */
const onBorder = { latitude: 35, longitude: -100.001 };
const atSea = { latitude: 35, longitude: -40 };

const first = mapOf({ WEST: [[box(-110, 30, -100, 40)]], EAST: [[box(-100, 30, -90, 40)]] });
/** WEST was given another name. */
const second = mapOf(
  { FARWEST: [[box(-110, 30, -100, 40)]], EAST: [[box(-100, 30, -90, 40)]] },
  { last_updated: '2026-03-01T00:00:00+00:00', signal_type: signal },
);

function refusal(kind: ApiErrorKind): ApiError {
  return new ApiError({ api: 'watttime', kind, method: 'GET', path: '/' }, `the API says ${kind}`);
}

/** A folder for maps and an API of which calls are counted; each `open` is a process of its own. */
async function world(start: { readonly mode?: RegionsOptions['mode']; readonly unknown?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-regions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = testClock();
  const here = {
    folder,
    clock,
    path: join(folder, 'regions', `${signal}.geojson`),
    calls: [] as string[],
    warnings: [] as string[],
    counted: [] as string[],
    map: first as RegionMapAnswer | ApiError,
    answer: 'EAST' as string | ApiError,
    open: (more: Partial<RegionsOptions> = {}): Regions =>
      createRegions({
        mode: start.mode ?? 'auto',
        api: {
          maps: async (of) => {
            here.calls.push(`map ${of}`);
            if (here.map instanceof Error) throw here.map;
            return here.map;
          },
          regionAt: async (of, { latitude, longitude }) => {
            here.calls.push(`${of} ${String(latitude)},${String(longitude)}`);
            if (here.answer instanceof Error) throw here.answer;
            return { region: here.answer, fullName: `${here.answer} in full` };
          },
        },
        url: 'https://api.example.org',
        folder: join(folder, 'regions'),
        clock,
        mark: '1',
        unknownSpots: async (of, atMost) => {
          here.counted.push(of);
          return Math.min(atMost, start.unknown ?? 10_000);
        },
        warn: (message) => void here.warnings.push(message),
        ...more,
      }),
    take: (): readonly string[] => here.calls.splice(0),
  };
  return here;
}

test('it is what the steps take for regions', async () => {
  const regions = (await world()).open();
  expectTypeOf(regions).toExtend<RegionsTool>();
  expect(Object.keys(regions).sort()).toEqual(['changedAt', 'regionAt', 'requests']);
});

test('many spots are found by one download, whoever asks first, and the next process needs none', async () => {
  const here = await world();
  const regions = here.open();
  const spots = Array.from({ length: 50 }, (_, n) => ({ latitude: 31 + n / 10, longitude: -105 }));
  const found = await Promise.all(spots.map((spot) => regions.regionAt(signal, spot)));
  expect(new Set(found.map(({ region }) => region))).toEqual(new Set(['WEST']));
  expect(found[0]).toEqual({ region: 'WEST', fullName: 'WEST by name ', asOf: here.clock.now() });
  expect(here.take()).toEqual(['map co2_moer']);
  const later = here.open();
  expect(await later.requests(signal, inWest)).toEqual({ certain: 0, atMost: 0 });
  expect(await later.regionAt(signal, inWest)).toMatchObject({ region: 'WEST' });
  expect(here.take()).toEqual([]);
  expect(await readdir(join(here.folder, 'regions'))).toEqual([`${signal}.geojson`]);
});

test('what is kept is GeoJSON as the API gave it, with where it is from and of when', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  const kept: unknown = JSON.parse(await readFile(here.path, 'utf8'));
  expect(kept).toEqual({
    wattlift: { url: 'https://api.example.org', fetchedAt: '2025-06-01T00:00:00.000Z' },
    ...first,
  });
});

test('a spot within a kilometre of a border is asked, and its answer is taken', async () => {
  const here = await world();
  const regions = here.open();
  expect(await regions.regionAt(signal, onBorder)).toEqual({ region: 'EAST', fullName: 'EAST in full' });
  expect(here.take()).toEqual(['map co2_moer', 'co2_moer 35,-100.001']);
  expect(await here.open().requests(signal, onBorder)).toEqual({ certain: 1, atMost: 1 });
  expect(here.warnings).toEqual([]);
});

test('outside every region nothing is asked, and a turned pair is told', async () => {
  const here = await world();
  const regions = here.open();
  const sea = await errorOf(regions.regionAt(signal, atSea));
  expect(sea).toMatchObject({ code: 'watttime.absent' });
  expect(sea.message).toBe(
    "no coverage at latitude 35, longitude -40 for co2_moer, by WattTime's region map of 2026-01-01T00:00:00+00:00: check the coordinates, or give the site a region by hand",
  );
  const turned = await errorOf(regions.regionAt(signal, { latitude: -85, longitude: 35 }));
  expect(turned.message).toContain('check the coordinates');
  const east = here.open();
  here.map = mapOf({ FRANCE: [[box(-1, 44, 7, 49)]] });
  await rm(here.path);
  const swapped = await errorOf(east.regionAt(signal, { latitude: 2.35, longitude: 48.85 }));
  expect(swapped.message).toContain('if the two are swapped, latitude 48.85, longitude 2.35 is in FRANCE;');
  const sign = await errorOf(east.regionAt(signal, { latitude: 46, longitude: -5 }));
  expect(sign.message).toContain('if a minus sign is missing or too many, latitude 46, longitude 5 is in FRANCE;');
  expect(here.take()).toEqual(['map co2_moer', 'map co2_moer']);
});

test('few unknown spots are not worth a map, and are counted once', async () => {
  const here = await world({ unknown: 99 });
  const regions = here.open();
  expect(await regions.requests(signal, inWest)).toEqual({ certain: 1, atMost: 1 });
  await regions.regionAt(signal, inWest);
  await regions.regionAt(signal, onBorder);
  expect(here.take()).toEqual(['co2_moer 35,-105', 'co2_moer 35,-100.001']);
  expect(here.counted).toEqual([signal]);
});

test('a hundred are, and the plan counts the map once and each spot at most', async () => {
  const here = await world({ unknown: 100 });
  expect(await here.open().requests(signal, inWest)).toEqual({
    certain: 0,
    atMost: 1,
    shared: { name: 'map co2_moer', certain: 1, atMost: 1 },
  });
  expect(here.take()).toEqual([]);
});

test('mode api asks for each spot, and looks at no map', async () => {
  const withMap = await world();
  await withMap.open().regionAt(signal, inWest);
  withMap.take();
  const regions = withMap.open({ mode: 'api' });
  expect(await regions.requests(signal, inWest)).toEqual({ certain: 1, atMost: 1 });
  expect(await regions.regionAt(signal, inWest)).toEqual({ region: 'EAST', fullName: 'EAST in full' });
  expect(await regions.changedAt(signal)).toBeUndefined();
  expect(withMap.take()).toEqual(['co2_moer 35,-105']);
});

test('a plan without maps falls back to look-ups after one refusal, without a warning', async () => {
  const here = await world();
  here.map = refusal('forbidden');
  const regions = here.open();
  await Promise.all([inWest, onBorder].map((spot) => regions.regionAt(signal, spot)));
  expect(here.take()).toEqual(['map co2_moer', 'co2_moer 35,-105', 'co2_moer 35,-100.001']);
  expect(here.warnings).toEqual([]);
});

test('a map that fails otherwise falls back too, and is told', async () => {
  const here = await world();
  here.map = refusal('timeout');
  expect(await here.open().regionAt(signal, inWest)).toMatchObject({ region: 'EAST' });
  expect(here.warnings).toEqual([
    'co2_moer: without the region map, each spot is looked up by itself: the API says timeout',
  ]);
});

test('in mode map a refusal is the end of every spot, after one request', async () => {
  const here = await world({ mode: 'map', unknown: 1 });
  here.map = refusal('forbidden');
  const regions = here.open();
  const errors = await Promise.all([inWest, onBorder].map((spot) => errorOf(regions.regionAt(signal, spot))));
  expect(errors.map(({ message }) => message)).toEqual(['the API says forbidden', 'the API says forbidden']);
  expect(here.take()).toEqual(['map co2_moer']);
});

test('refused credentials stop the run, in auto too', async () => {
  const here = await world();
  const refused = new Error('refused');
  const regions = here.open({ api: { maps: () => Promise.reject(refused), regionAt: () => Promise.reject(refused) } });
  expect(await errorOf(regions.regionAt(signal, inWest))).toBe(refused);
});

test('a map is good for thirty days, and of one API', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  here.clock.pass(30 * day - 1);
  await here.open().regionAt(signal, inWest);
  expect(here.take()).toEqual(['map co2_moer']);
  expect(await here.open({ url: 'https://other.example.org' }).requests(signal, inWest)).toMatchObject({ atMost: 1 });
  here.clock.pass(1);
  await here.open().regionAt(signal, inWest);
  expect(here.take()).toEqual(['map co2_moer']);
  expect(await here.open().changedAt(signal)).toBeUndefined();
});

test('each signal has a map of its own', async () => {
  const here = await world();
  const regions = here.open();
  await regions.regionAt('co2_moer', inWest);
  here.map = mapOf({ ALL: [[box(-110, 30, -90, 40)]] }, {});
  expect(await regions.regionAt('co2_aoer', onBorder)).toMatchObject({ region: 'ALL' });
  expect(await regions.regionAt('co2_moer', inWest)).toMatchObject({ region: 'WEST' });
  expect(here.take()).toEqual(['map co2_moer', 'map co2_aoer']);
});

test('an answer that contradicts the map has it downloaded again, once, and what had changed is told', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  here.clock.pass(2 * day);
  here.take();
  here.map = second;
  here.answer = 'FARWEST';
  const regions = here.open();
  expect(await regions.requests(signal, onBorder)).toEqual({
    certain: 1,
    atMost: 1,
    shared: { name: 'map co2_moer', certain: 0, atMost: 1 },
  });
  const alsoOnBorder = { ...onBorder, latitude: 36 };
  const found = await Promise.all([onBorder, alsoOnBorder].map((spot) => regions.regionAt(signal, spot)));
  expect(found.map(({ region }) => region)).toEqual(['FARWEST', 'FARWEST']);
  expect(await regions.regionAt(signal, inWest)).toMatchObject({ region: 'FARWEST', asOf: here.clock.now() });
  expect(here.take()).toEqual(['co2_moer 35,-100.001', 'co2_moer 36,-100.001', 'map co2_moer']);
  expect(here.warnings).toEqual([
    'co2_moer: WattTime has FARWEST at latitude 35, longitude -100.001, its map WEST or EAST; what the look-up says is taken. The map was downloaded again: it changed on 2026-03-01T00:00:00+00:00',
  ]);
  // This run goes by what it began with, so that the order of sites does not matter.
  expect(await regions.changedAt(signal)).toBeUndefined();
  expect(await here.open().changedAt(signal)).toBe(here.clock.now());
});

test('a map that has not changed is not downloaded again for each contradiction', async () => {
  const here = await world();
  here.answer = 'ELSEWHERE';
  const young = here.open();
  await young.regionAt(signal, onBorder);
  expect(here.take()).toEqual(['map co2_moer', 'co2_moer 35,-100.001']);
  here.clock.pass(2 * day);
  await here.open().regionAt(signal, onBorder);
  expect(here.take()).toEqual(['co2_moer 35,-100.001', 'map co2_moer']);
  expect(here.warnings.at(-1)).toContain('it has not changed');
  await here.open().regionAt(signal, onBorder);
  expect(here.take()).toEqual(['co2_moer 35,-100.001']);
  expect(await here.open().changedAt(signal)).toBeUndefined();
});

test('a download that fails then leaves the map there is', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  here.clock.pass(2 * day);
  here.map = refusal('outage');
  here.answer = 'ELSEWHERE';
  const regions = here.open();
  expect(await regions.regionAt(signal, onBorder)).toMatchObject({ region: 'ELSEWHERE' });
  expect(await regions.regionAt(signal, inWest)).toMatchObject({ region: 'WEST' });
  expect(here.warnings).toEqual([
    'co2_moer: the region map seems out of date and could not be downloaded again: the API says outage',
  ]);
});

test('no coverage beside a border is an answer, and no contradiction', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  here.clock.pass(2 * day);
  here.take();
  here.answer = refusal('absent');
  expect(await errorOf(here.open().regionAt(signal, onBorder))).toBe(here.answer);
  expect(here.take()).toEqual(['co2_moer 35,-100.001']);
});

test.each([
  ['cut short', (path: string) => truncate(path, 300)],
  ['not ours', (path: string) => writeFile(path, '{}')],
  ['empty', (path: string) => writeFile(path, '')],
])('a map on disk that is %s is downloaded anew', async (_what, spoil) => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  await spoil(here.path);
  here.take();
  expect(await here.open().regionAt(signal, inWest)).toMatchObject({ region: 'WEST' });
  expect(here.take()).toEqual(['map co2_moer']);
  expect(await here.open().requests(signal, inWest)).toEqual({ certain: 0, atMost: 0 });
});

test('what a killed run left half written is no map, and is removed after an hour', async () => {
  const here = await world();
  await here.open().regionAt(signal, inWest);
  const [old, young] = [`${here.path}.7.part`, `${here.path}.8.part`];
  await writeFile(old, '{"wattlift"');
  await writeFile(young, '{"wattlift"');
  await utimes(old, 0, (here.clock.now() - 2 * 3_600_000) / 1000);
  await utimes(young, 0, here.clock.now() / 1000);
  expect(await here.open().requests(signal, inWest)).toEqual({ certain: 0, atMost: 0 });
  here.clock.pass(30 * day);
  await utimes(young, 0, here.clock.now() / 1000);
  await here.open().regionAt(signal, inWest);
  expect((await readdir(join(here.folder, 'regions'))).sort()).toEqual([
    `${signal}.geojson`,
    `${signal}.geojson.8.part`,
  ]);
});

test('a folder that cannot be written is an error with its path', async () => {
  const here = await world();
  await writeFile(join(here.folder, 'regions'), '');
  const error = await errorOf(here.open().regionAt(signal, inWest));
  expect(error).toMatchObject({ code: 'region.map-write' });
  expect(error.message).toContain(here.path);
});
