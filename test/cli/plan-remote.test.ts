import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inspectPermits } from '../../src/ledger/inspect-permits.ts';
import { serveApis } from './apis.ts';
import { readPlan, readStatus } from './documents.ts';
import { createFolder, photograph } from './folders.ts';
import { call, type Calling } from './in-process.ts';
import { credentials, site, writePipeline } from './portfolios.ts';

type Document = ReturnType<typeof readPlan>;

function portfolio(sites = [site('A')], more: Parameters<typeof writePipeline>[2] = {}): string {
  const cwd = createFolder();
  writePipeline(cwd, sites, { ...more, wattcarbon: { account: 'acme', ...more.wattcarbon } });
  return cwd;
}

async function plan(
  cwd: string,
  flags: readonly string[],
  how: Calling = {},
): Promise<Document & { readonly code: unknown }> {
  const ended = await call(cwd, ['plan', '@', '--json', ...flags], how);
  return { ...readPlan(ended), code: ended.code };
}

/** The findings that are not ok. */
function notable({ remote = [] }: Document): NonNullable<Document['remote']> {
  return remote.filter(({ level }) => level !== 'ok');
}

const asking = ['--remote', '--sandbox'];

test('both APIs are asked what only they can tell, nothing is changed at either, and no file is left', async () => {
  const apis = await serveApis();
  const cwd = portfolio();
  const before = photograph(cwd);
  const planned = await plan(cwd, ['--remote'], { env: apis.env });
  expect(planned).toMatchObject({ code: 0, steps: { meter: { do: 1 } } });
  expect(new Set(planned.remote?.map(({ check }) => check))).toEqual(
    new Set([
      'watttime-credentials',
      'watttime-login',
      'watttime-access',
      'watttime-maps',
      'wattcarbon-credentials',
      'wattcarbon-login',
      'wattcarbon-account',
      'wattcarbon-endpoints',
      'clock',
    ]),
  );
  expect(notable(planned)).toEqual([]);
  expect(planned.endpoints.every(({ source }) => source.startsWith('openapi'))).toBe(true);
  expect(planned.description).toMatchObject({ changes: [] });
  expect([...new Set(apis.arrived)].toSorted()).toEqual([
    'list_meters',
    'login',
    'maps',
    'my-access',
    'openapi',
    'token',
  ]);
  expect(apis.state()).toMatchObject({ meters: [], assets: [] });
  // Kept by nobody: a plan that asks nothing knows what it knew.
  expect((await plan(cwd, [], { env: apis.env })).endpoints.some(({ source }) => source.includes('unverified'))).toBe(
    true,
  );
  await call(cwd, ['plan', '@', ...asking]);
  expect(photograph(cwd)).toEqual(before);
});

test('a ledger that is there counts the requests, and holds nothing else of what was asked', async () => {
  const cwd = portfolio();
  expect((await call(cwd, ['run', '@', '--sandbox'])).code).toBe(0);
  const others = photograph(cwd).filter((line) => !line.includes('ledger.db'));
  const status = readStatus(await call(cwd, ['status', '@', '--sandbox', '--json']));
  const counting = async (): Promise<number> => {
    const uses = await inspectPermits(join(cwd, '.wattlift/sandbox/ledger.db'), Date.now());
    return uses.reduce((sum, use) => sum + use.counting, 0);
  };
  const before = await counting();

  const moved = await plan(cwd, [...asking, '--sandbox-option', 'paths=v2', '--explain']);
  expect(moved.code).toBe(0);
  expect(moved.items).toContainEqual({ site: 'A', step: 'asset', item: 'asset', standing: 'done' });
  expect(moved.endpoints).toContainEqual(expect.objectContaining({ path: '/v2/accounts/{account_id}/meters' }));
  expect(moved.description?.changes).toContainEqual(expect.stringContaining('Meters-create_meter: was POST'));
  expect(moved.remote).toContainEqual(expect.objectContaining({ data: expect.objectContaining({ wanted: 1 }) }));

  expect(await counting()).toBeGreaterThan(before + 4);
  expect(photograph(cwd).filter((line) => !line.includes('ledger.db'))).toEqual(others);
  expect(readStatus(await call(cwd, ['status', '@', '--sandbox', '--json']))).toEqual(status);
  const after = await plan(cwd, ['--sandbox']);
  expect(after.remote).toBeUndefined();
  expect(after.description?.changes).toEqual([]);
});

test('bodies are held against what the API says now', async () => {
  const cwd = portfolio([site('A', 0, { asset: { kind: 'solar', externalRegistryAssetId: 7 } })]);
  const form = ['--sandbox-option', 'schemas=composed'];
  expect((await plan(cwd, ['--sandbox'])).code).toBe(0);
  const planned = await plan(cwd, [...asking, ...form]);
  expect(planned).toMatchObject({ code: 2, problems: [{ code: 'wattcarbon.payload-invalid', site: 'A' }] });
});

test('only what the selected steps of the selected sites need is asked, and what is refused is exit code 3', async () => {
  const cwd = portfolio([site('A'), site('B', 1, { meters: undefined, asset: undefined })]);
  const wrong = { env: { ...credentials, WATTCARBON_API_KEY: 'wrong' } };
  const refused = await plan(cwd, asking, wrong);
  expect(refused.code).toBe(3);
  expect(notable(refused)).toMatchObject([
    { check: 'wattcarbon-login', access: true, data: { code: 'wattcarbon.credentials-refused' } },
  ]);
  expect(refused.steps['meter']).toMatchObject({ do: 1 });
  for (const less of [
    ['--only', 'region,moer'],
    ['--site', 'B'],
  ])
    expect(await plan(cwd, [...asking, ...less], wrong)).toMatchObject({ code: 0 });
  const { env } = await serveApis();
  const missing = await plan(cwd, ['--remote', '--only', 'meter'], { env: { ...env, WATTCARBON_API_KEY: '' } });
  expect(missing.code).toBe(3);
  expect(notable(missing)).toMatchObject([{ check: 'wattcarbon-credentials', message: 'not set: WATTCARBON_API_KEY' }]);
});

test('an API that cannot be reached is exit code 1, and the rest is planned all the same', async () => {
  const apis = await serveApis();
  const cwd = portfolio();
  const env = { ...apis.env, WATTCARBON_API_URL: 'http://127.0.0.1:9' };
  const { code, stdout } = await call(cwd, ['plan', '@', '--remote'], { env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^step +to do +done +waiting\n/);
  expect(stdout).toMatch(/\nasked just now:\n(.*\n)*ok +watttime-login +accepted/);
  expect(stdout).toMatch(
    /\nerror +wattcarbon-login +reading WattCarbon's description of its API: .* failed in the network/,
  );
  expect(stdout).toMatch(/\n\d+ ok, 0 warnings, 2 errors\n$/);
});

test('flags of a sandbox want one that is started', async () => {
  const refused = await call(portfolio(), ['plan', '@', '--sandbox', '--sandbox-option', 'paths=v2']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('has an effect only where a sandbox is started: plan --remote --sandbox');
});
