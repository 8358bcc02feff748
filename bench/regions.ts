/**
 * What regions by the map cost: `npx tsx bench/regions.ts [corners=1000000] [sites=100000]` makes a map of 160 regions with
 * that many corners (a coast line between neighbours, so that no edge is straight), serves it on loopback, and has the
 * real client download, keep and load it again; then it resolves 10,000 sites and `sites` sites, each at a spot of its
 * own, and says what the server counted.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegions } from '../src/apis/regions.ts';
import { createWattTime } from '../src/apis/watttime.ts';
import { ApiError } from '../src/domain/errors.ts';

const [columns, rows, size] = [16, 10, 5];
const corners = Number(process.argv[2] ?? 1_000_000);
const most = Number(process.argv[3] ?? 100_000);
/** Each region has four sides. */
const perSide = Math.round(corners / (columns * rows * 4));

/** A rough line from one lattice point to the next, the same from both sides of the border. */
function side(x: number, y: number, dx: number, dy: number): number[][] {
  return Array.from({ length: perSide }, (_, n) => {
    const along = n / perSide;
    const swing = Math.sin(along * Math.PI) * (0.4 * Math.sin(along * 9 + x + y) + 0.01 * Math.sin(along * 4000));
    const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
    return [round(x + along * dx * size + dy * swing), round(y + along * dy * size + dx * swing)];
  });
}

function regionRing(column: number, row: number): number[][] {
  const [x, y] = [-120 + column * size, -20 + row * size];
  const south = side(x, y, 1, 0);
  const east = side(x + size, y, 0, 1);
  const north = [...side(x, y + size, 1, 0).slice(1), [x + size, y + size]].toReversed();
  const west = [...side(x, y, 0, 1).slice(1), [x, y + size]].toReversed();
  const ring = [...south, ...east, ...north, ...west];
  return [...ring, ring[0] ?? []];
}

const features = Array.from({ length: columns * rows }, (_, n) => ({
  type: 'Feature',
  properties: { region: `REGION_${String(n)}`, region_full_name: `Region ${String(n)}` },
  geometry: { type: 'MultiPolygon', coordinates: [[regionRing(n % columns, Math.floor(n / columns))]] },
}));
const map = Buffer.from(
  JSON.stringify({
    type: 'FeatureCollection',
    features,
    meta: { last_updated: '2026-01-01', signal_type: 'co2_moer' },
  }),
);
features.length = 0;

const counts = new Map<string, number>();
const server = createServer(({ url = '' }, response) => {
  const { pathname } = new URL(url, 'http://loopback');
  counts.set(pathname, (counts.get(pathname) ?? 0) + 1);
  response.setHeader('content-type', 'application/json');
  response.end(
    pathname === '/v3/maps' ? map : JSON.stringify({ token: 't', region: 'REGION_0', region_full_name: 'Region 0' }),
  );
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const url = `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
const folder = await mkdtemp(join(tmpdir(), 'bench-regions-'));
const clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined };
const wire = { fetch, fetchWith: () => fetch };
const api = createWattTime({
  url,
  user: 'bench',
  password: 'bench',
  wire,
  loginWire: wire,
  clock,
  version: 'bench',
  random: Math.random,
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const open = (): ReturnType<typeof createRegions> =>
  createRegions({
    mode: 'map',
    api,
    url,
    folder,
    clock,
    mark: '1',
    unknownSpots: async () => 0,
    warn: (message) => say(message),
  });

const peakMb = (): string => (process.resourceUsage().maxRSS / 1000).toFixed(0);
const spot = (n: number): { latitude: number; longitude: number } => ({
  // A low-discrepancy sequence: evenly spread, the same in every run.
  latitude: -20 + rows * size * ((n * 0.7548776662466927) % 1),
  longitude: -120 + columns * size * ((n * 0.5698402909980532) % 1),
});

say(`map: ${(map.length / 1e6).toFixed(1)} MB, ${String(columns * rows)} regions; peak before ${peakMb()} MB`);
let started = performance.now();
await open().regionAt('co2_moer', spot(1));
say(`download, check, index and keep: ${(performance.now() - started).toFixed(0)} ms, peak ${peakMb()} MB`);
const kept = await stat(join(folder, 'co2_moer.geojson'));
const regions = open();
started = performance.now();
await regions.requests('co2_moer', spot(1));
say(
  `load what is kept (${(kept.size / 1e6).toFixed(1)} MB): ${(performance.now() - started).toFixed(0)} ms, peak ${peakMb()} MB`,
);

for (const sites of [10_000, most]) {
  counts.clear();
  started = performance.now();
  let offline = 0;
  for (let n = 0; n < sites; n++) if ((await regions.requests('co2_moer', spot(n))).atMost === 0) offline += 1;
  const tookMs = performance.now() - started;
  for (let n = 0; n < sites; n++) {
    await regions.regionAt('co2_moer', spot(n)).catch((error: unknown) => {
      if (error instanceof ApiError) throw error;
    });
  }
  const asked = counts.get('/v3/region-from-loc') ?? 0;
  if (asked !== sites - offline) throw new Error(`${String(asked)} look-ups, not ${String(sites - offline)}`);
  say(
    `${String(sites)} sites: ${((sites / tookMs) * 1000).toFixed(0)} a second, ${String(offline)} offline, ` +
      `${String(asked)} beside a border looked up (as the server counts), ${String(counts.get('/v3/maps') ?? 0)} maps`,
  );
}
say(
  `peak ${peakMb()} MB, heap ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB, arrays ${(process.memoryUsage().arrayBuffers / 1e6).toFixed(0)} MB; node ${process.versions.node}`,
);
server.closeAllConnections();
server.close();
await rm(folder, { recursive: true, force: true });
