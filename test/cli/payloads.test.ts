import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCheck, readPlan, readRun } from './documents.ts';
import { call } from './in-process.ts';

/** A folder whose second asset has a value that WattCarbon's composed schemas refuse, on line 8, column 52. */
async function openFolder(): Promise<{ readonly folder: string; readonly write: (assetId: string) => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-payloads-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const write = (assetId: string): Promise<void> =>
    writeFile(
      join(folder, 'pipeline.yaml'),
      `version: 1
sites:
  - id: SP1
    location: 1 Main St, Riverside IA
    asset: { kind: storage_direct }
  - id: SP2
    location: 2 Main St, Riverside IA
    asset: { kind: solar, externalRegistryAssetId: ${assetId} }
`,
    );
  await write('7');
  return { folder, write };
}

const rehearse = ['run', '@', '--sandbox', '--json', '--sandbox-option', 'schemas=composed'];

test('a body that does not fit stops the run before anything is sent, and the plan then says the same', async () => {
  const { folder, write } = await openFolder();
  const stopped = await call(folder, rehearse);
  expect(stopped.code).toBe(2);
  const refused = { code: 'wattcarbon.payload-invalid', severity: 'error', site: 'SP2', line: 8, column: 52 };
  expect(readCheck(stopped).problems).toContainEqual(expect.objectContaining(refused));

  const planned = await call(folder, ['plan', '@', '--sandbox', '--json']);
  expect(planned.code).toBe(2);
  const plan = readPlan(planned);
  expect(plan.problems).toEqual([expect.objectContaining(refused)]);
  expect(plan.steps['asset']).toMatchObject({ do: 1, done: 0 });
  expect(plan.description).toMatchObject({ from: 'http://wattcarbon.sandbox/openapi.json', changes: [] });

  await write('"7"');
  const ended = await call(folder, rehearse);
  expect([ended.code, readRun(ended).steps['asset']]).toMatchObject([0, { done: 2 }]);
});

test('the plan after a run says which operations had moved by then', async () => {
  const { folder, write } = await openFolder();
  await write('"7"');
  expect((await call(folder, ['run', '@', '--sandbox', '--site', 'SP1'])).code).toBe(0);
  const moved = ['--sandbox-option', 'paths=v2', '--sandbox-option', 'operation-ids=renamed-tag'];
  const ended = await call(folder, ['run', '@', '--sandbox', ...moved]);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('description of its API has changed since');
  const { stdout } = await call(folder, ['plan', '@', '--sandbox']);
  expect(stdout).toContain(
    'Assets-create_asset: was POST /accounts/{account_id}/assets, is POST /v2/accounts/{account_id}/assets now',
  );
});
