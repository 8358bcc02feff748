import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { checkManifest } from './collect.ts';

async function problemsOf(operation: string, method: string): Promise<readonly Problem[]> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-endpoints-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'pipeline.yaml');
  const endpoints = `{ ${operation}: { method: ${method}, path: /v9/things } }`;
  const sites = 'sites: [{ id: A, location: 1 Main St, region: CAISO_NORTH }]';
  await writeFile(path, `version: 1\nwattcarbon:\n  endpoints: ${endpoints}\n${sites}\n`);
  return (await checkManifest(path, { env: {} })).problems;
}

test.each(['create_meter', 'Meters-create_meter', 'createAsset', 'upload_meter_bills', 'create_token', 'update_asset'])(
  'what sends something is refused as a GET: %s',
  async (operation) => {
    const [problem, ...others] = await problemsOf(operation, 'GET');
    expect(problem).toMatchObject({ severity: 'error', code: 'manifest.endpoint-method', line: 3 });
    expect(problem?.message).toContain(`"${operation}"`);
    expect(others).toEqual([]);
    for (const method of ['POST', 'PUT', 'PATCH']) expect(await problemsOf(operation, method)).toEqual([]);
  },
);

test.each([
  ['create_metre', 'create_meter'],
  ['Assets-list_asset', 'Assets-list_assets'],
])('what is nearly an operation is a warning: %s', async (operation, meant) => {
  expect(await problemsOf(operation, 'PUT')).toMatchObject([
    { severity: 'warning', code: 'manifest.operation-unknown', message: expect.stringContaining(`mean "${meant}"?`) },
  ]);
});

test('what lists may be a GET', async () => {
  for (const operation of ['list_meters', 'Assets-list_assets', 'listMeterBills'])
    expect(await problemsOf(operation, 'GET')).toEqual([]);
});
