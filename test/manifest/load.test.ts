import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { resolveWindow } from '../../src/manifest/moer-window.ts';
import { checkManifest } from './collect.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattlift-manifest-'));
  path = join(folder, 'pipeline.yaml');
});

const place = 'coordinates: { latitude: 41.4797, longitude: -91.5813 }';
const sites = `sites:\n  - { id: SP1, ${place} }\n`;

async function load(text: string | Uint8Array, options: { env?: Record<string, string>; sandbox?: boolean } = {}) {
  await writeFile(path, text);
  return checkManifest(path, options);
}

test('the least manifest gets every default, with absolute paths and milliseconds', async () => {
  const { manifest, problems } = await load(`version: 1\n${sites}`);
  expect(problems).toEqual([]);
  expect(manifest).toMatchObject({
    folder,
    watttime: {
      url: 'https://api.watttime.org',
      limit: { requests: 3000, windowMs: 300_000 },
      concurrency: 16,
      timeoutMs: 60_000,
      signals: ['co2_moer'],
      regions: 'auto',
    },
    wattcarbon: {
      url: 'https://api.wattcarbon.com',
      accounts: [{ name: undefined, id: {}, emailVariables: ['WATTCARBON_EMAIL'], keyVariable: 'WATTCARBON_API_KEY' }],
      limit: { requests: 300, windowMs: 60_000 },
      concurrency: 4,
      settleMs: 5000,
      reupload: 'replace',
      form: {
        intervals: ['start_datetime', 'energy_kwh'],
        bills: ['start_date', 'end_date', 'energy_kwh'],
        gasUnit: 'kwh',
      },
      coordinateKeys: ['latitude', 'longitude'],
      openapi: { kind: 'auto' },
      endpoints: {},
      allowUnverifiedEndpoints: false,
    },
    ledger: join(folder, '.wattlift/ledger.db'),
    store: join(folder, '.wattlift/moer'),
  });
  expect(manifest?.budget).toBeUndefined();
  expect(manifest?.moer).toBeUndefined();
});

test('addresses come from the environment before the manifest, and lose their last slash', async () => {
  const env = { WATTTIME_API_URL: 'http://127.0.0.1:4000/', HOST: 'api.example.org' };
  const text = `version: 1\nwatttime: { url: "\${UNSET}" }\nwattcarbon: { url: "https://\${HOST}/v1/" }\n${sites}`;
  const { manifest, problems } = await load(text, { env });
  expect(problems).toEqual([]);
  expect(manifest?.watttime.url).toBe('http://127.0.0.1:4000');
  expect(manifest?.wattcarbon.url).toBe('https://api.example.org/v1');
});

test('an unset account is remembered by name and is no problem of its own', async () => {
  const text = `version: 1\nwattcarbon: { account: "\${ACCOUNT}" }\n${sites}`;
  const unset = await load(text);
  expect(unset.problems).toEqual([]);
  expect(unset.manifest?.wattcarbon.accounts[0]?.id).toEqual({ unset: 'ACCOUNT' });
  const set = await load(text, { env: { ACCOUNT: 'acc-1' } });
  expect(set.manifest?.wattcarbon.accounts[0]?.id).toEqual({ value: 'acc-1' });
});

test('a rehearsal has its own ledger and store, no shared budget, and needs no environment', async () => {
  const text = `version: 1\nwattcarbon: { account: "\${A}", url: "\${B}" }\nledger: \${C}/l.db\nbudget: shared.db\n${sites}`;
  const { manifest, problems } = await load(text, { sandbox: true });
  expect(problems).toEqual([]);
  expect(manifest?.ledger).toBe(join(folder, '.wattlift/sandbox/ledger.db'));
  expect(manifest?.store).toBe(join(folder, '.wattlift/sandbox/moer'));
  expect(manifest?.budget).toBeUndefined();
  expect(manifest?.wattcarbon.accounts[0]?.id.value).toBe('sandbox');
});

test('a window back from now is resolved by the calendar, once now is known', async () => {
  const { manifest } = await load(`version: 1\nmoer: { from: P13M }\n${sites}`);
  if (manifest?.moer === undefined) throw new Error('no window');
  const now = Date.UTC(2026, 2, 31, 12);
  expect(resolveWindow(manifest.moer, now)).toEqual({ start: Date.UTC(2025, 1, 28, 12), end: now });
  expect(manifest.moer).toMatchObject({ revisionsMs: 7 * 86_400_000, chunkMs: 32 * 86_400_000, imputed: false });
});

test('a window that starts in the future is a problem when it is resolved', async () => {
  const { manifest } = await load(`version: 1\nmoer: { from: 2030-01-01 }\n${sites}`);
  if (manifest?.moer === undefined) throw new Error('no window');
  expect(resolveWindow(manifest.moer, Date.UTC(2026, 0, 1))).toMatchObject({ code: 'manifest.moer-window', line: 2 });
});

test.each([
  ['', 'manifest.empty'],
  ['# only a comment\n', 'manifest.empty'],
  ['- a\n', 'manifest.not-mapping'],
  ['just text\n', 'manifest.not-mapping'],
  ['version: 1\n', 'manifest.sites-missing'],
  ['version: 1\nsites: 3\n', 'manifest.type'],
  ['a: &a [*a]\n', 'manifest.alias'],
  ['a: *nothing\n', 'manifest.alias'],
  ['version: 1\n---\nversion: 1\n', 'manifest.syntax'],
  ['version: 1\n\tsites: []\n', 'manifest.syntax'],
  ['version: !secret 1\n', 'manifest.syntax'],
])('%j is one clear problem', async (text, code) => {
  const { problems } = await load(text);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
  expect(problems[0]?.line).toBeGreaterThan(0);
});

test('aliases that unfold without end are refused', async () => {
  const levels = 'bcdefghi'.split('').map((name, index) => {
    const before = 'abcdefgh'[index] ?? '';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  });
  const { problems } = await load(`a: &a [x]\n${levels.join('\n')}\n`);
  expect(problems.map((problem) => problem.code)).toEqual(['manifest.alias']);
});

test('a manifest that is not UTF-8 is refused', async () => {
  const { problems } = await load(Uint8Array.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
  expect(problems.map((problem) => problem.code)).toEqual(['manifest.encoding']);
});

test('a missing manifest, a folder and a file that cannot be read are problems, not exceptions', async () => {
  await mkdir(path);
  const missing = await checkManifest(join(folder, 'nothing.yaml'));
  const asFolder = await checkManifest(path);
  expect([...missing.problems, ...asFolder.problems].map((problem) => problem.code)).toEqual([
    'manifest.file',
    'manifest.file',
  ]);
  if (process.getuid?.() === 0) return;
  const locked = join(folder, 'locked.yaml');
  await writeFile(locked, 'version: 1\n');
  await chmod(locked, 0);
  expect((await checkManifest(locked)).problems.map((problem) => problem.code)).toEqual(['manifest.file']);
});

test('a site gets the defaults it does not overrule, and says where each value was written', async () => {
  const text = `version: 1\ndefaults: { timezone: America/Chicago, utility: ABC }\nsites:\n  - id: 123\n    utility: Other\n    ${place}\n`;
  const [site] = (await load(text)).sites;
  expect(site).toMatchObject({ id: '123', name: '123', timezone: 'America/Chicago', utility: 'Other', meters: [] });
  expect(site?.where('utility')).toMatchObject({ file: path, line: 5, column: 14 });
  expect(site?.where('timezone')).toMatchObject({ line: 2, column: 23 });
  expect(site?.where('coordinates.longitude')).toMatchObject({ line: 6, column: 50 });
  expect(site?.where('asset.kind')).toMatchObject({ line: 4, column: 5 });
});

test('fields of an asset that are not known pass through, and so does null', async () => {
  const asset = '{ kind: solar, panels: { count: 12, tilt: null }, tags: [a, 1] }';
  const text = `version: 1\nsites:\n  - { id: S, ${place}, meters: [{ id: m, type: gas }], asset: ${asset} }\n`;
  const { sites: found, problems } = await load(text);
  expect(problems).toEqual([]);
  expect(found[0]?.asset).toEqual({ kind: 'solar', panels: { count: 12, tilt: null }, tags: ['a', 1] });
});

test('a glob gives its files sorted, and a file wins over its name read as a glob', async () => {
  await mkdir(join(folder, 'e'));
  for (const name of ['b.csv', 'a.csv', '[a].csv', 'c.txt']) await writeFile(join(folder, 'e', name), '');
  const meters =
    '[{ id: g, type: gas, data: "e/?.csv" }, { id: d, type: gas, data: "**/*.txt" }, { id: l, type: gas, data: "e/[a].csv" }]';
  const { sites: found, problems } = await load(`version: 1\nsites:\n  - { id: S, ${place}, meters: ${meters} }\n`);
  expect(problems).toEqual([]);
  expect(found[0]?.meters.map((meter) => meter.data)).toEqual(
    [['e/a.csv', 'e/b.csv'], ['e/c.txt'], ['e/[a].csv']].map((files) => files.map((file) => join(folder, file))),
  );
});
