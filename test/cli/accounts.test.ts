import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlan, readRun, readStatus } from './documents.ts';
import { createFolder, root } from './folders.ts';
import { call } from './in-process.ts';

const env = {
  ACME_ACCOUNT_ID: 'acct-acme',
  ACME_API_KEY: 'key-1',
  WATTCARBON_API_KEY_BETA: 'key-2',
  BETA_EMAIL: 'b@example.org',
};

test('two accounts in one manifest: one is refused, and plan, run and status say whose sites are whose', async () => {
  const cwd = createFolder();
  cpSync(join(root, 'fixtures/pipelines/ok-accounts'), cwd, { recursive: true });
  const options = ['--sandbox', '--json', '--sandbox-option', 'accounts=acct-acme:key-1,acct-beta:key-3'];
  const refused = await call(cwd, ['run', '@', ...options], { env });
  expect(refused.code).toBe(3);
  const run = readRun(refused);
  expect(run.accounts).toMatchObject([
    { account: 'acme', sites: { total: 2, done: 2 } },
    { account: 'beta', sites: { total: 2, failed: 2 }, requests: { total: 1 } },
  ]);
  expect(run.failures.map(({ site, account }) => `${site} ${account ?? ''}`).toSorted()).toEqual([
    'SP2 beta',
    'SP3 beta',
  ]);
  expect(run.requests.wattcarbon.total).toBe(run.accounts?.reduce((sum, { requests }) => sum + requests.total, 0));

  const plan = readPlan(await call(cwd, ['plan', '@', '--sandbox', '--json'], { env }));
  expect(plan.accounts).toMatchObject([
    { account: 'acme', sites: 2, requests: 0 },
    { account: 'beta', sites: 2, requests: 6 },
  ]);
  const status = readStatus(await call(cwd, ['status', '@', '--sandbox', '--json'], { env }));
  expect(Object.fromEntries(status.sites.map(({ id, accounts }) => [id, accounts]))).toEqual({
    SP1: ['acme'],
    SP2: ['beta'],
    SP3: ['beta'],
    SP4: ['acme'],
  });
});
