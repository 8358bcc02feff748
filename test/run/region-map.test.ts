import { expect, test } from 'vitest';
import { z } from 'zod';
import type { RegionMapAnswer } from '../../src/apis/region-map-answer.ts';
import { indexRegionMap } from '../../src/apis/region-map.ts';
import { serve, type Loopback, type Reply } from '../apis/loopback.ts';
import { gridMap } from '../apis/make-map.ts';
import { openWorld, type World } from './open-run.ts';

const day = 86_400_000;
const signals = ['co2_moer', 'co2_aoer'] as const;

interface RegionsApi extends Loopback {
  map: RegionMapAnswer;
  hasMaps: boolean;
  /** How many look-ups and maps were asked for since the last call. */
  take(): { readonly lookUps: number; readonly maps: number };
}

/** Logins, maps and look-ups, which agree as long as nobody moves a border: WattTime as far as regions need it. */
async function regionsApi(): Promise<RegionsApi> {
  let taken = 0;
  const server = await serve(({ url }): Reply => {
    const query = Object.fromEntries(url.searchParams);
    const signal = query['signal_type'] ?? '';
    if (url.pathname === '/login') return { body: { token: 'token-1' } };
    if (url.pathname === '/v3/maps') {
      if (!api.hasMaps) return { status: 403, body: { error: 'not in this plan' } };
      return { body: { ...api.map, meta: { ...api.map.meta, signal_type: signal } } };
    }
    const at = { latitude: Number(query['latitude']), longitude: Number(query['longitude']) };
    const [found] = indexRegionMap(api.map).locate(at).inside;
    if (!found) return { status: 404, body: { error: 'No coverage available for these coordinates' } };
    return { body: { region: found.region, region_full_name: found.fullName, signal_type: signal } };
  });
  const api: RegionsApi = Object.assign(server, {
    map: gridMap(8, 8),
    hasMaps: true,
    take: () => {
      const paths = server.seen.slice(taken).map(({ url }) => url.pathname);
      taken = server.seen.length;
      const count = (path: string): number => paths.filter((one) => one === path).length;
      return { lookUps: count('/v3/region-from-loc'), maps: count('/v3/maps') };
    },
  });
  return api;
}

/** Sites in a row to the east through the map's southernmost boxes, so many degrees apart, each at a spot of its own. */
function sitesAt(count: number, apart = 0.01, aside = 0): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `SP${String(n)},${String(30.2 + aside)},${String(-99.98 + n * apart)}`,
  );
  return `id,lat,lon\n${rows.join('\n')}\n`;
}

async function worldWith(
  api: RegionsApi,
  sites: string,
  regions = 'auto',
  of: readonly string[] = signals,
): Promise<World> {
  const manifest = {
    version: 1,
    ledger: 'ledger.db',
    watttime: { signals: of, regions, limit: { requests: 100_000, per: 'PT5M' } },
    portfolio: {
      file: 'sites.csv',
      columns: { id: 'id', 'coordinates.latitude': 'lat', 'coordinates.longitude': 'lon' },
    },
  };
  const world = await openWorld({ sites: [] }, {}, { WATTTIME_API_URL: api.url });
  await world.put({ 'pipeline.yaml': JSON.stringify(manifest), 'sites.csv': sites });
  return world;
}

test('2,000 sites are resolved by one request, and one for each spot beside a border', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(2000, 3.95e-3), 'auto', ['co2_moer']);
  expect(await world.run({ concurrency: 8 })).toMatchObject({
    sites: { done: 2000 },
    steps: { region: { done: 2000 } },
  });
  const { maps, lookUps } = api.take();
  expect(maps).toBe(1);
  // Seven borders lie across the row: a kilometre to each side of one is 5 sites.
  expect(lookUps).toBeGreaterThan(7 * 4);
  expect(lookUps).toBeLessThan(7 * 6 + 1);
}, 60_000);

test('each signal has a map of its own; nothing is asked again the next night', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(200));
  const before = await world.plan();
  expect(before).toMatchObject({ requests: { watttime: 2 }, requestsAtMost: { watttime: 2 + 400 } });
  expect(api.seen).toEqual([]);
  expect(await world.run()).toMatchObject({ sites: { done: 200 }, steps: { region: { done: 400 } } });
  expect(api.take()).toMatchObject({ maps: 2 });
  expect(await world.plan()).toMatchObject({ requests: { watttime: 0 }, steps: { region: { do: 0, done: 400 } } });
  await world.run();
  expect(api.take()).toEqual({ maps: 0, lookUps: 0 });
});

test('with a map at hand the plan knows what a run will ask', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(300), 'auto', ['co2_moer']);
  await world.run();
  api.take();
  await world.put({ 'sites.csv': sitesAt(300, 0.01, 0.05) });
  const planned = await world.plan();
  expect(api.take()).toEqual({ maps: 0, lookUps: 0 });
  expect(planned.requests.watttime).toBeGreaterThan(3);
  expect(planned.requestsAtMost).toEqual(planned.requests);
  await world.run();
  expect(api.take()).toEqual({ maps: 0, lookUps: planned.requests.watttime });
});

test('a plan without maps costs one refusal, and the sites are looked up', async () => {
  const api = await regionsApi();
  api.hasMaps = false;
  const world = await worldWith(api, sitesAt(150), 'auto', ['co2_moer']);
  expect(await world.plan()).toMatchObject({ requests: { watttime: 1 }, requestsAtMost: { watttime: 151 } });
  expect(await world.run()).toMatchObject({ sites: { done: 150 } });
  expect(api.take()).toEqual({ maps: 1, lookUps: 150 });
});

test('few sites are looked up, without a map', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(99), 'auto', ['co2_moer']);
  expect(await world.plan()).toMatchObject({ requests: { watttime: 99 }, requestsAtMost: { watttime: 99 } });
  await world.run();
  expect(api.take()).toEqual({ maps: 0, lookUps: 99 });
});

test('with regions: map a plan without maps fails every site with its reason, after one request', async () => {
  const api = await regionsApi();
  api.hasMaps = false;
  const world = await worldWith(api, sitesAt(30), 'map', ['co2_moer']);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { failed: 30 }, accessRefused: true });
  expect(end.failures[0]?.message).toMatch(/ANALYST and PRO/);
  expect(api.take()).toEqual({ maps: 1, lookUps: 0 });
});

test('outside coverage is the problem of that site only, and the plan tells it beforehand', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, `${sitesAt(3)}SEA,30.2,-40\n`, 'map', ['co2_moer']);
  await world.run();
  const planned = await world.plan();
  expect(planned.problems.map(({ site, code }) => [site, code])).toEqual([['SEA', 'watttime.absent']]);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 3, failed: 1 } });
  expect(end.failures.map(({ site, code }) => [site, code])).toEqual([['SEA', 'watttime.absent']]);
});

test('fact 6: a map that changed is loaded after a month, and whatever an older one said is looked up again', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(120), 'auto', ['co2_moer']);
  await world.run();
  const regionOf = async (site: string) => (await world.items(site))[0]?.result;
  expect(await regionOf('SP5')).toMatchObject({ region: 'R_0_0' });
  api.take();

  world.clock.advance(20 * day);
  await world.put({ 'sites.csv': `${sitesAt(120)}NEW,30.3,-98.5\n` });
  await world.run();
  expect(api.take()).toEqual({ maps: 0, lookUps: 0 });
  expect(await regionOf('NEW')).toMatchObject({ region: 'R_1_0' });

  const text = JSON.stringify(gridMap(8, 8, '2026-03-01T00:00:00+00:00'))
    .replaceAll('R_0_0', 'RENAMED')
    .replaceAll('R_1_0', 'RENAMED_1');
  api.map = JSON.parse(text);
  world.clock.advance(11 * day);
  // What the map said 20 days later is as old as the map.
  expect(await world.plan()).toMatchObject({ requests: { watttime: 1 }, steps: { region: { do: 121 } } });
  await world.run();
  expect(api.take()).toMatchObject({ maps: 1 });
  expect(await regionOf('SP5')).toMatchObject({ region: 'RENAMED' });
  expect(await regionOf('NEW')).toMatchObject({ region: 'RENAMED_1' });
  await world.run();
  expect(api.take()).toEqual({ maps: 0, lookUps: 0 });
});

test('when a look-up shows that borders moved, the map is loaded at once and the other sites follow with the next run', async () => {
  const api = await regionsApi();
  const world = await worldWith(api, sitesAt(120), 'auto', ['co2_moer']);
  await world.run();
  api.take();
  world.clock.advance(2 * day);
  api.map = JSON.parse(JSON.stringify(gridMap(8, 8, '2026-02-02T00:00:00+00:00')).replaceAll('R_0_0', 'RENAMED'));
  await world.put({ 'sites.csv': `${sitesAt(120)}EDGE,30.3,-99.005\n` });
  expect(await world.plan()).toMatchObject({ requests: { watttime: 1 }, requestsAtMost: { watttime: 2 } });
  await world.run();
  expect(api.take()).toEqual({ maps: 1, lookUps: 1 });
  expect((await world.items('EDGE'))[0]?.result).toMatchObject({ region: 'RENAMED' });
  expect((await world.items('SP5'))[0]?.result).toMatchObject({ region: 'R_0_0' });
  await world.run();
  expect(api.take()).toMatchObject({ maps: 0 });
  expect((await world.items('SP5'))[0]?.result).toMatchObject({ region: 'RENAMED' });
});

test("the sandbox's map places sites where its look-ups do, over all its regions", async () => {
  const rows = Array.from({ length: 400 }, (_, n) => {
    const [lat, lon] = [-45 + 105 * ((n * 0.7548776662466927) % 1), -175 + 350 * ((n * 0.5698402909980532) % 1)];
    return `SP${String(n)},${lat.toFixed(4)},${lon.toFixed(4)}`;
  });
  const manifest = (regions: string) => ({
    'pipeline.yaml': JSON.stringify({
      version: 1,
      ledger: 'ledger.db',
      watttime: { regions, limit: { requests: 100_000, per: 'PT5M' } },
      portfolio: {
        file: 'sites.csv',
        columns: { id: 'id', 'coordinates.latitude': 'lat', 'coordinates.longitude': 'lon' },
      },
    }),
    'sites.csv': `id,lat,lon\n${rows.join('\n')}\n`,
  });
  const regionsOf = async (world: World): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let n = 0; n < rows.length; n++) {
      const [item] = await world.items(`SP${String(n)}`);
      found.push(z.object({ region: z.string() }).safeParse(item?.result).data?.region ?? 'none');
    }
    return found;
  };
  const world = await openWorld({ sites: [] });
  await world.put(manifest('map'));
  const byMap = await world.run({ concurrency: 8 });
  const onMap = await regionsOf(world);
  const asked = await openWorld({ sites: [] });
  await asked.put(manifest('api'));
  const byApi = await asked.run({ concurrency: 8 });
  expect(onMap).toEqual(await regionsOf(asked));
  expect(new Set(onMap).size).toBeGreaterThan(30);
  expect(byMap.requests['watttime.maps']).toBe(1);
  expect(byMap.requests['watttime.region-from-loc'] ?? 0).toBeLessThan(20);
  expect(byApi.requests['watttime.region-from-loc']).toBe(400);
});
