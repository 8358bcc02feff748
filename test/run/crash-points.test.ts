import { expect, test, vi } from 'vitest';
import { exitCode, exitCodeOf } from '../../src/cli/exit-code.ts';
import type { WriteOperation } from '../../src/domain/remote.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { StepName } from '../../src/steps/step.ts';
import { dieAfter } from './crash.ts';
import { creating, dieEverywhere, permits, runAndDie } from './die-everywhere.ts';
import { onceEach } from './faults.ts';
import type { World } from './open-run.ts';
import { bareMeter, holdings, hourly, oneOfEach, siteOf } from './sites.ts';

vi.mock(import('../../src/ledger/sqlite-permits.ts'), async (original) => {
  const { openSqlitePermits } = await original();
  return { openSqlitePermits: async (path) => permits.watch(await openSqlitePermits(path)) };
});
vi.setConfig({ testTimeout: 600_000 });

/** `npm run test:crash` tries every moment of every trial; the suite every second one of a plain run, and some of the others. */
const here = process.env['MODE'] === 'every-moment' ? 1 : 12;
const ofPlainRun = Math.min(here, 2);

const wholeSite = { manifest: { sites: [siteOf('SP1')] }, files: { 'main.csv': february(1) } };
/** Lists that show what was made two seconds later, and a manifest that knows. */
const lagging = { switches: ['list-lag=2'], wattcarbon: { settle: 'PT2S' } };
const laggingSite = {
  manifest: { ...wholeSite.manifest, wattcarbon: lagging.wattcarbon },
  files: wholeSite.files,
  switches: lagging.switches,
};

/** The hours of February alone: one part. */
function february(changed: number): string {
  const rows = hourly(changed).split('\n');
  return rows.filter((row) => !row.startsWith('2025-01')).join('\n');
}

/** What a meter holds, as it was written. */
function bytesOf(world: World): readonly string[] {
  return world.state().meters.map(({ id }) => world.sandbox.series(id).intervals);
}

function rowsOf(csv: string): string {
  return csv.split('\n').slice(1).join('\n');
}

async function expectOneOfEach(
  world: World,
  moment: number,
  csv: string,
  others: { readonly documents?: number } = {},
): Promise<void> {
  const rows = [rowsOf(csv).split('\n').filter(Boolean).length];
  expect({ moment, ...holdings(world) }).toEqual({ moment, ...oneOfEach, rows, ...others });
  expect({ moment, bytes: bytesOf(world) }).toEqual({ moment, bytes: [rowsOf(csv)] });
  expect(await world.intents()).toEqual([]);
}

test('a run that dies anywhere in meter, upload, asset or events leaves one of each after the next', async () => {
  const moments = await dieEverywhere({
    ...wholeSite,
    stride: ofPlainRun,
    check: async (world, moment) => {
      await expectOneOfEach(world, moment, february(1));
      if (moment % 10 === 1) expect((await world.run({ only: creating })).requests).toEqual({});
    },
  });
  // Each of the four creations has its permit, its intent, its request and its end, each with a moment before and after.
  expect(moments).toBeGreaterThan(4 * 4 * 2);
});

test('so it does where lists lag and the first answer to every write was lost, so that it dies looking too', async () => {
  await dieEverywhere({
    ...laggingSite,
    stride: here,
    before: async (world) => {
      world.fault = onceEach({ kind: 'lost' });
    },
    check: (world, moment) => expectOneOfEach(world, moment, february(1)),
  });
});

test.each<[WriteOperation, readonly StepName[]]>([
  ['create_meter', ['meter']],
  ['upload_meter_intervals', ['upload']],
  ['create_asset', ['asset']],
  ['upload_asset_document', ['events']],
])('a second death in the run after one that died having done %s, changes nothing', async (operation, only) => {
  await dieEverywhere({
    ...laggingSite,
    how: { only },
    stride: here,
    before: async (world) => {
      const earlier = creating.slice(
        0,
        creating.findIndex((step) => only.includes(step)),
      );
      if (earlier.length > 0) await world.run({ only: earlier });
      expect(await runAndDie(world, (onDeath) => dieAfter(operation, 1, onDeath), { only })).toBe(true);
    },
    check: async (world, moment) => {
      await world.run({ only: creating });
      await expectOneOfEach(world, moment, february(1));
    },
  });
});

test('a run that dies anywhere while it revises a month and the events leaves the new bytes once', async () => {
  const revised = siteOf('SP1', { events: [{ start: '2025-02-01 16:00', end: '2025-02-01 20:00' }] });
  await dieEverywhere({
    ...laggingSite,
    how: { only: ['upload', 'events'] },
    stride: here,
    before: async (world) => {
      await world.run({ only: creating });
      await world.put({ 'main.csv': february(7) });
      await world.write({ ...laggingSite.manifest, sites: [revised] });
    },
    check: async (world, moment) => {
      // The first version of the document stays where it is, beside the second.
      await expectOneOfEach(world, moment, february(7), { documents: 2 });
      expect(new Set(world.state().documents.map(({ sha256 }) => sha256)).size).toBe(2);
      const versions = (await world.items('SP1')).flatMap(({ step, result }) =>
        step === 'upload' || step === 'events' ? [result] : [],
      );
      expect(versions).toEqual([expect.objectContaining({ version: 2 }), expect.objectContaining({ version: 2 })]);
    },
  });
});

test('of three look-alikes none is doubled or shared, wherever the run dies', async () => {
  const names = ['SP1', 'SP2', 'SP3'];
  await dieEverywhere({
    manifest: { sites: names.map((id) => bareMeter(id)), wattcarbon: lagging.wattcarbon },
    switches: lagging.switches,
    how: { only: ['meter'], concurrency: 3 },
    stride: here,
    check: async (world, moment) => {
      const owned = await Promise.all(names.map((site) => world.items(site)));
      const ids = owned.flat().map(({ remoteId }) => Number(remoteId));
      expect({ moment, ids: ids.toSorted((a, b) => a - b) }).toEqual({
        moment,
        ids: world.state().meters.map(({ id }) => id),
      });
      expect(ids).toHaveLength(3);
    },
  });
});

test('where the API appends, a run that dies here or there leaves nothing twice: all there, or uncertain and exit 5', async () => {
  const ends = { 0: 0, 5: 0 };
  await dieEverywhere({
    ...laggingSite,
    manifest: { ...laggingSite.manifest, wattcarbon: { ...lagging.wattcarbon, reupload: 'append' } },
    switches: [...laggingSite.switches, 'reupload=append'],
    how: { only: ['upload', 'asset', 'events'] },
    stride: Math.min(here, 3),
    before: async (world) => {
      await world.run({ only: ['meter'] });
    },
    check: async (world, moment) => {
      const end = await world.run({ only: creating });
      const code = exitCodeOf(end, undefined);
      expect({ moment, code: code === exitCode.done || code === exitCode.uncertain }).toEqual({ moment, code: true });
      ends[code === exitCode.done ? 0 : 5] += 1;
      const { meters, assets, documents, rows, duplicates } = holdings(world);
      expect({ moment, duplicates, twice: assets > 1 || documents > 1 }).toEqual({
        moment,
        duplicates: 0,
        twice: false,
      });
      expect(meters).toBe(1);
      if (code === exitCode.done) expect([assets, documents, rows]).toEqual([1, 1, [24]]);
      else expect(end.failures.map(({ code: problem }) => problem)).toEqual(['upload.uncertain']);
    },
  });
  expect(ends[0]).toBeGreaterThan(0);
  expect(ends[5]).toBeGreaterThan(0);
});

/** The ledger without the protocol: nothing is known of what was about to be sent. */
function withoutIntents(ledger: Ledger): Ledger {
  return {
    ...ledger,
    intend: () => Promise.resolve(),
    intent: () => Promise.resolve(undefined),
    intents: () => Promise.resolve([]),
  };
}

test('without the intents the same deaths do leave doubles', async () => {
  const doubled = { meters: 0, assets: 0, documents: 0 };
  await dieEverywhere({
    ...wholeSite,
    how: { wrapLedger: withoutIntents },
    stride: 5,
    check: async (world) => {
      const { meters, assets, documents } = holdings(world);
      if (meters > 1) doubled.meters += 1;
      if (assets > 1) doubled.assets += 1;
      if (documents > 1) doubled.documents += 1;
    },
  });
  expect(doubled.meters).toBeGreaterThan(0);
  expect(doubled.documents).toBeGreaterThan(0);
  // The customId keeps assets apart even so: the API refuses the second one, and it is looked up.
  expect(doubled.assets).toBe(0);
});
