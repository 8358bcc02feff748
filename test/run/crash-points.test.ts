import { expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { Crash, dieAt, type Dying } from './crash.ts';
import { openWorld, type RunHow, type World, type Written } from './open-run.ts';
import { bareMeter, holdings, hourly, oneOfEach, siteOf } from './sites.ts';

/** Longer than any request can be under way and any list can lag: the next run need not wait for that. */
const longAfterMs = 3_600_000;

/** A run that dies; what it was told to do is all that it may have done. */
async function runAndDie(world: World, dying: Dying, how: RunHow): Promise<void> {
  const wrap = how.wrapLedger ?? ((ledger: Ledger): Ledger => ledger);
  const watched = { ...dying.how, wrapLedger: (ledger: Ledger) => dying.how.wrapLedger(wrap(ledger)) };
  try {
    await world.run({ ...how, ...watched });
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  world.clock.advance(longAfterMs);
}

interface Trial {
  readonly manifest: Written;
  readonly files?: { readonly [name: string]: string };
  readonly how: RunHow;
  /** Checks one world after the run that follows the crash. */
  readonly check: (world: World, moment: number) => Promise<void>;
}

/** Dies at every moment there is, each time in a world of its own; returns how many there were. */
async function dieEverywhere({ manifest, files = {}, how, check }: Trial): Promise<number> {
  for (let moment = 1; ; moment++) {
    const world = await openWorld(manifest, files);
    const dying = dieAt(moment);
    await runAndDie(world, dying, how);
    if (!dying.dead) return moment - 1;
    await world.run(how.wrapLedger ? { wrapLedger: how.wrapLedger } : {});
    await check(world, moment);
    await world.sandbox.close();
  }
}

/** The ledger without the protocol: nothing is known of what was about to be sent. */
function withoutIntents(ledger: Ledger): Ledger {
  return {
    ...ledger,
    intend: () => Promise.resolve(),
    intent: () => Promise.resolve(undefined),
    intents: () => Promise.resolve([]),
  };
}

test('a run that dies anywhere in meter, upload, asset or events leaves one of each after the next', async () => {
  const moments = await dieEverywhere({
    manifest: { sites: [siteOf('SP1')] },
    files: { 'main.csv': hourly() },
    how: { concurrency: 1 },
    check: async (world, moment) => {
      expect({ moment, ...holdings(world) }).toEqual({ moment, ...oneOfEach });
      expect(await world.intents()).toEqual([]);
      if (moment % 10 === 0) expect((await world.run()).requests).toEqual({});
    },
  });
  // Every creation has its intent, its request and its end, each with a moment before and after.
  expect(moments).toBeGreaterThan(5 * 3 * 2);
}, 120_000);

test('of three look-alikes none is doubled or shared, wherever the run dies', async () => {
  const sites = ['SP1', 'SP2', 'SP3'].map((id) => bareMeter(id));
  await dieEverywhere({
    manifest: { sites },
    how: { concurrency: 3 },
    check: async (world, moment) => {
      const owned = await Promise.all(['SP1', 'SP2', 'SP3'].map((site) => world.items(site)));
      const ids = owned.flat().map(({ remoteId }) => Number(remoteId));
      expect({ moment, ids: ids.toSorted((a, b) => a - b) }).toEqual({
        moment,
        ids: world.state().meters.map(({ id }) => id),
      });
      expect(ids).toHaveLength(3);
    },
  });
}, 120_000);

test('a run that dies twice, at moments far apart, leaves one of each after the third', async () => {
  for (let moment = 3; ; moment += 7) {
    const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
    const first = dieAt(moment);
    await runAndDie(world, first, { concurrency: 2 });
    if (!first.dead) break;
    await runAndDie(world, dieAt(1 + ((moment * 5) % 40)), { concurrency: 2 });
    await world.run();
    expect({ moment, ...holdings(world) }).toEqual({ moment, ...oneOfEach });
    await world.sandbox.close();
  }
}, 120_000);

test('without the intents the same deaths do leave doubles', async () => {
  const doubled = { meters: new Set<number>(), assets: new Set<number>(), documents: new Set<number>() };
  await dieEverywhere({
    manifest: { sites: [siteOf('SP1')] },
    files: { 'main.csv': hourly() },
    how: { concurrency: 1, wrapLedger: withoutIntents },
    check: async (world, moment) => {
      const { meters, assets, documents } = holdings(world);
      if (meters > 1) doubled.meters.add(moment);
      if (assets > 1) doubled.assets.add(moment);
      if (documents > 1) doubled.documents.add(moment);
    },
  });
  expect(doubled.meters.size).toBeGreaterThan(0);
  expect(doubled.documents.size).toBeGreaterThan(0);
  // The customId keeps assets apart even so: the API refuses the second one, and it is looked up.
  expect(doubled.assets.size).toBe(0);
}, 120_000);
