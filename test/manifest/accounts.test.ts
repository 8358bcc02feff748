import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demandCredentials, readCredentials } from '../../src/cli/credentials.ts';
import type { Environment } from '../../src/manifest/environment.ts';
import { noticeUnsetAccounts } from '../../src/manifest/environment.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { checkManifest, type Checked } from './collect.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattlift-accounts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(text: string, env: Environment = {}, sandbox = false): Promise<Checked & { manifest: Manifest }> {
  const path = join(folder, 'pipeline.yaml');
  await writeFile(path, `version: 1\n${text}`);
  const { manifest, ...rest } = await checkManifest(path, { env, sandbox });
  if (manifest === undefined) throw new Error(JSON.stringify(rest.problems));
  return { manifest, ...rest };
}

const written = `wattcarbon:
  accounts:
    acme-west: { id: "\${WEST_ID}" }
    beta: { id: 42, email: "\${BETA_USER}", apiKey: "\${BETA_KEY}" }
`;
const site = (id: string, more = ''): string =>
  `  - { id: ${id}, location: 60 Greene St, meters: [{ id: main, type: gas }]${more} }\n`;

const terminalWith = (env: Environment): Parameters<typeof readCredentials>[1] => ({ env });

test('each account has variables of its own, by its name or as the manifest names them', async () => {
  const { manifest, problems } = await check(`${written}sites:\n${site('S', ', account: beta')}`, { WEST_ID: 'w-1' });
  expect(problems).toEqual([]);
  expect(manifest.wattcarbon.accounts).toEqual([
    {
      name: 'acme-west',
      id: { value: 'w-1' },
      emailVariables: ['WATTCARBON_EMAIL_ACME_WEST', 'WATTCARBON_EMAIL'],
      keyVariable: 'WATTCARBON_API_KEY_ACME_WEST',
    },
    { name: 'beta', id: { value: '42' }, emailVariables: ['BETA_USER'], keyVariable: 'BETA_KEY' },
  ]);
});

test('a site has its own account, else the default, else the only one', async () => {
  const two = `${written}defaults: { account: acme-west }\nsites:\n${site('A')}${site('B', ', account: beta')}`;
  expect((await check(two)).sites.map(({ account }) => account)).toEqual(['acme-west', 'beta']);
  const one = `wattcarbon: { accounts: { only: { id: x } } }\nsites:\n${site('A')}`;
  expect((await check(one)).sites.map(({ account }) => account)).toEqual(['only']);
  const none = `wattcarbon: { account: x }\nsites:\n${site('A')}`;
  expect((await check(none)).sites.map(({ account }) => account)).toEqual([undefined]);
});

test('a default is where the account of a site stands', async () => {
  const { sites } = await check(`${written}defaults: { account: beta }\nsites:\n${site('A')}`);
  expect(sites[0]?.where('account')).toMatchObject({ line: 6, column: 22 });
});

test('an account on a site of a manifest without accounts is refused with what to do', async () => {
  const { problems } = await check(`sites:\n${site('A', ', account: beta')}`);
  expect(problems).toMatchObject([
    { code: 'site.account-unknown', line: 3, message: expect.stringContaining('has no "wattcarbon.accounts"') },
  ]);
});

test('no accounts at all, and an account without a value, are told', async () => {
  const empty = await check(`wattcarbon: { accounts: {} }\nsites:\n${site('A')}`);
  expect(empty.problems).toMatchObject([{ code: 'manifest.list-empty', line: 2 }]);
  const nothing = await check(`wattcarbon: { accounts: { acme: } }\nsites:\n${site('A')}`);
  expect(nothing.problems).toMatchObject([{ code: 'manifest.type', line: 2 }]);
});

test('a credential in the manifest is never repeated, whatever it looks like', async () => {
  for (const literal of ['hunter22', '"${KEY}hunter22"', '[hunter22]', '{ hunter22: 1 }', '4711022']) {
    const text = `wattcarbon: { accounts: { acme: { id: x, apiKey: ${literal} } } }\nsites:\n${site('A')}`;
    const { problems, manifest } = await check(text, { KEY: 'secret-1' });
    expect(problems).toMatchObject([{ code: 'manifest.credentials', line: 2 }]);
    expect(JSON.stringify([problems, manifest.wattcarbon])).not.toMatch(/hunter22|4711022|secret-1/);
  }
});

test('ids whose variables are not set are warnings of check, and each is named', async () => {
  const { manifest, problems } = await check(`${written}sites:\n${site('S', ', account: beta')}`);
  expect(problems).toEqual([]);
  expect(manifest.wattcarbon.accounts[0]?.id).toEqual({ unset: 'WEST_ID' });
  expect(noticeUnsetAccounts(manifest, {})).toMatchObject([
    { severity: 'warning', code: 'manifest.env-unset', line: 4, message: expect.stringContaining('WEST_ID') },
  ]);
});

test('a rehearsal keeps accounts apart whose ids are not set', async () => {
  const text = written.replace('42', '"${BETA_ID}"');
  const { manifest } = await check(`${text}sites:\n${site('S', ', account: beta')}`, {}, true);
  expect(manifest.wattcarbon.accounts.map(({ id }) => id.value)).toEqual(['sandbox-acme-west', 'sandbox-beta']);
});

test('only accounts in use must have their credentials, and all that lacks is named at once', async () => {
  const { manifest } = await check(`${written}sites:\n${site('S', ', account: beta')}`);
  const demand = (env: Environment, ...accounts: readonly string[]): void =>
    demandCredentials(
      manifest,
      readCredentials(manifest, terminalWith(env), false),
      { watttime: false, wattcarbon: true, accounts: new Set(accounts) },
      new Set(['meter']),
    );
  expect(() => demand({ BETA_USER: 'u', BETA_KEY: 'k' }, 'beta')).not.toThrow();
  // No key stands for another account's.
  expect(() => demand({ WATTCARBON_EMAIL: 'u', WATTCARBON_API_KEY: 'k' }, 'acme-west', 'beta')).toThrow(
    'not set: WATTCARBON_API_KEY_ACME_WEST, WEST_ID, BETA_USER, BETA_KEY;',
  );
});
