import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import { openSqlite } from '../../src/sqlite/open-sqlite.ts';
import { openWorld, type World, type Written } from './open-run.ts';
import { bareMeter, holdings, hourly, placeAt, siteOf, writesOf } from './sites.ts';

/** The sandbox's accounts, each with its own key, and where the manifest says the keys are. */
const switches = ['accounts=acct:key-1,acct-beta:key-2,me:key-3:personal'];
const accounts = { acme: { id: 'acct', apiKey: '${ACME_KEY}' }, beta: { id: 'acct-beta' } };
const keys = { ACME_KEY: 'key-1', WATTCARBON_API_KEY_BETA: 'key-2', WATTCARBON_API_KEY: undefined };

const both: Written = {
  wattcarbon: { accounts },
  sites: [
    { ...siteOf('A1'), account: 'acme' },
    { ...siteOf('B1'), account: 'beta' },
  ],
};
const files = { 'main.csv': hourly() };

/** Whose assets are at the far side: `acct "A1"`. */
function ownersOf(world: World): readonly string[] {
  return world.state().assets.map(({ account, fields }) => `${account} ${JSON.stringify(fields['customId'])}`);
}

/** The budgets in which requests to WattCarbon were counted. */
async function budgetsOf(world: World): Promise<readonly string[]> {
  const database = await openSqlite(`${world.folder}/ledger.db`, { readOnly: true });
  try {
    const rows = database.prepare('select name from budget_1 order by name').all();
    return z
      .array(z.object({ name: z.string() }))
      .parse(rows)
      .map(({ name }) => name)
      .filter((name) => name.startsWith(world.sandbox.wattcarbonUrl));
  } finally {
    database.close();
  }
}

async function forget(world: World, site: string): Promise<void> {
  const ledger = await openSqliteLedger(`${world.folder}/ledger.db`, {
    mode: 'run',
    clock: world.clock,
    command: 'test',
  });
  for (const slot of await ledger.slots(site)) await ledger.unlink(slot);
  await ledger.close();
}

test('every site lands in its own account, with its own key and its own rows in the ledger', async () => {
  const world = await openWorld(both, files, keys, switches);
  const first = await world.run();
  expect(first).toMatchObject({ sites: { done: 2 }, failures: [] });
  expect(first.accounts.get('beta')).toMatchObject({ total: 1, done: 1 });
  expect(ownersOf(world).toSorted()).toEqual(['acct "A1"', 'acct-beta "B1"']);
  const scopes = (await world.items('B1')).map(({ scope }) => scope).filter(Boolean);
  expect(new Set(scopes)).toEqual(new Set([`${world.sandbox.wattcarbonUrl}/accounts/acct-beta`]));
  expect(await budgetsOf(world)).toEqual(['acct', 'acct-beta'].map((id) => `${world.sandbox.wattcarbonUrl} ${id}`));
  expect(first.requests['wattcarbon.token']).toBe(2);
  expect(first.requests['wattcarbon.openapi']).toBe(1);

  expect(writesOf(await world.run())).toEqual({});
  expect((await world.plan()).requests.wattcarbon).toBe(0);
});

test('the plan says what falls to each account', async () => {
  const world = await openWorld(both, files, keys, switches);
  const { accounts: planned, requests } = await world.plan();
  expect([...planned]).toEqual([
    ['acme', { sites: 1, requests: 5, requestsAtMost: 5 }],
    ['beta', { sites: 1, requests: 5, requestsAtMost: 5 }],
  ]);
  expect(requests.wattcarbon).toBe(10);
});

test('look-alikes of two accounts are two things', async () => {
  const sites = [
    { ...bareMeter('A1'), account: 'acme' },
    { ...bareMeter('B1'), account: 'beta' },
  ];
  const world = await openWorld({ ...both, sites }, {}, keys, switches);
  let lost = 0;
  world.fault = ({ operation }) => (operation === 'create_meter' && ++lost <= 2 ? { kind: 'lost' } : undefined);
  expect(await world.run()).toMatchObject({ sites: { done: 2 } });
  expect(
    world
      .state()
      .meters.map(({ account }) => account)
      .toSorted(),
  ).toEqual(['acct', 'acct-beta']);
});

test.each([
  ['a key that nobody has', 'nobody', 'wattcarbon.credentials-refused'],
  ['the key of another account', 'key-3', 'wattcarbon.account-refused'],
])('%s stops the sites of its account only, before anything of theirs is written', async (_, key, code) => {
  const sites = [
    { ...siteOf('B1'), account: 'beta' },
    { ...siteOf('B2'), account: 'beta', coordinates: { latitude: 41.5, longitude: -91.6 } },
    { ...siteOf('A1'), account: 'acme' },
  ];
  const world = await openWorld({ ...both, sites }, files, { ...keys, WATTCARBON_API_KEY_BETA: key }, switches);
  const end = await world.run({ concurrency: 1 });
  expect(end).toMatchObject({ sites: { total: 3, done: 1, failed: 2 }, stopped: undefined, accessRefused: true });
  expect(exitCodeOf(end, undefined)).toBe(3);
  expect(new Set(end.failures.map((failure) => `${failure.account ?? ''} ${failure.code}`))).toEqual(
    new Set([`beta ${code}`]),
  );
  expect(end.failures[0]?.message).toContain('WATTCARBON_API_KEY_BETA');
  expect(end.failures[0]?.message).not.toContain(key);
  expect(ownersOf(world)).toEqual(['acct "A1"']);
  expect(writesOf(end)).toMatchObject({ create_meter: 1, create_asset: 1 });
  // The region of a site needs no account.
  expect((await world.items('B2')).find(({ step }) => step === 'region')).toMatchObject({ state: 'done' });
  expect(await world.intents()).toEqual([]);
});

test('the key of another account stops a run that has only one, before anything is written', async () => {
  const world = await openWorld({ sites: [siteOf('A1')] }, files, { WATTCARBON_API_KEY: 'key-3' }, switches);
  const end = await world.run();
  expect(end).toMatchObject({ stopped: 'error', error: { code: 'wattcarbon.account-refused' } });
  expect(exitCodeOf(end, undefined)).toBe(3);
  expect(writesOf(end)).toEqual({});
});

test('what one account has done stays done when it becomes one of several', async () => {
  const world = await openWorld({ sites: [siteOf('A1')] }, files, {}, switches);
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  await world.write({
    wattcarbon: { accounts: { renamed: { id: 'acct', apiKey: '${WATTCARBON_API_KEY}' }, beta: { id: 'acct-beta' } } },
    sites: [{ ...siteOf('A1'), account: 'renamed' }],
  });
  const end = await world.run();
  expect(end).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(writesOf(end)).toEqual({});
});

test('a site that is moved to another account is refused until somebody decides', async () => {
  const world = await openWorld(both, files, keys, switches);
  await world.run();
  await world.write({ ...both, sites: [{ ...siteOf('A1'), account: 'beta' }] });
  const planned = await world.plan();
  expect(planned.problems).toMatchObject([{ code: 'site.account-moved', site: 'A1' }]);
  const refused = await world.run();
  expect(refused).toMatchObject({ sites: { failed: 1 }, failures: [{ code: 'site.account-moved', site: 'A1' }] });
  expect(refused.failures[0]?.message).toMatch(/meter "main" \(\d+\) was created in account "acme".*to "beta" now/);
  expect(writesOf(refused)).toEqual({});

  await world.write(both);
  expect(await world.run()).toMatchObject({ sites: { done: 2 }, failures: [] });
  expect(holdings(world)).toMatchObject({ meters: 2, assets: 2 });

  await world.write({ ...both, sites: [{ ...siteOf('A1'), account: 'beta' }] });
  await forget(world, 'A1');
  expect(await world.run()).toMatchObject({ sites: { done: 1 }, failures: [] });
  expect(
    ownersOf(world)
      .filter((owner) => owner.endsWith('"A1"'))
      .toSorted(),
  ).toEqual(['acct "A1"', 'acct-beta "A1"']);
});

test('a creation that was begun in another account and never answered counts as made there', async () => {
  const world = await openWorld({ ...both, sites: [{ ...bareMeter('A1'), account: 'acme' }] }, {}, keys, switches);
  const stop = new AbortController();
  world.fault = ({ operation }) => {
    if (operation !== 'create_meter') return undefined;
    stop.abort();
    return { kind: 'lost' };
  };
  await world.run({ stopping: stop.signal, waits: 'real' }).catch(() => undefined);
  world.fault = undefined;
  expect(await world.intents()).toHaveLength(1);
  await world.write({ ...both, sites: [{ ...bareMeter('A1'), account: 'beta' }] });
  const end = await world.run();
  expect(end.failures).toMatchObject([{ code: 'site.account-moved' }]);
  expect(end.failures[0]?.message).toContain('was begun in account "acme"');
  expect(world.state().meters).toHaveLength(1);
});

test('a site that sends nothing to WattCarbon needs no account', async () => {
  const sites = [placeAt('P1', 37.8, -122.4), { ...bareMeter('B1'), account: 'beta' }];
  const world = await openWorld({ ...both, sites }, {}, keys, switches);
  expect(await world.run()).toMatchObject({ sites: { done: 2 }, failures: [] });
});

test.each([
  ['account', { account: 'acct-acme' }],
  ['accounts', { accounts: { acme: { id: 'acct-acme' } } }],
  ['several accounts', { accounts: { beta: { id: 'acct-beta' }, acme: { id: 'acct-acme' } } }],
])('a ledger of before there were several accounts holds what was done, under %s', async (_, wattcarbon) => {
  const site = {
    id: 'SP1',
    location: '60 Greene St, Riverside, IA 52327, US',
    timezone: 'America/Chicago',
    coordinates: { latitude: 37.8, longitude: -122.4 },
    meters: [{ id: 'main', type: 'electricity', data: 'sp1.csv' }],
    asset: { kind: 'solar', commencedOperationDate: '2025-01-01' },
  };
  const rows = ['start,kWh', '2025-01-01T00:00:00-06:00,0.5', '2025-01-01T01:00:00-06:00,0.25'];
  const world = await openWorld(
    { wattcarbon, sites: ['accounts' in wattcarbon ? { ...site, account: 'acme' } : site] },
    { 'sp1.csv': `${[...rows, '2025-01-01T02:00:00-06:00,0.75'].join('\n')}\n` },
    { WATTCARBON_API_URL: 'http://wattcarbon.sandbox' },
  );
  const path = `${world.folder}/ledger.db`;
  const database = await openSqlite(path);
  database.exec(await readFile('test/run/ledger-of-one-account.sql', 'utf8'));
  database.close();
  // A run brings the ledger to the present schema; a plan only reads.
  await (await openSqliteLedger(path, { mode: 'run', clock: world.clock, command: 'test' })).close();

  const plan = await world.plan(['meter', 'upload', 'asset']);
  expect(plan.problems).toEqual([]);
  for (const step of ['meter', 'upload', 'asset']) expect(plan.steps[step]).toEqual({ do: 0, done: 1, waiting: 0 });
});
