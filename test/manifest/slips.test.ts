import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import { noticeUnsetAccounts } from '../../src/manifest/environment.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { readSites } from '../../src/manifest/sites.ts';
import { checkManifest } from './collect.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattlift-slips-'));
  path = join(folder, 'pipeline.yaml');
});

const sites = 'sites:\n  - { id: SP1, coordinates: { latitude: 41.4797, longitude: -91.5813 } }\n';

async function problemsOf(text: string, env: Record<string, string> = {}): Promise<readonly Problem[]> {
  await writeFile(path, text);
  return (await checkManifest(path, { env })).problems;
}

test.each([
  ['in braces over lines', 'wattcarbon: {\n  account: ${VAR},\n  gasUnit: kwh }\n', 'account: "${VAR}"'],
  ['inside a text', 'wattcarbon: { url: https://${HOST}/v1, gasUnit: kwh }\n', 'url: "https://${HOST}/v1"'],
  ['in brackets', 'watttime: { signals: [${A}, b] }\n', 'needs quotes: "${A}"'],
  ['a quote inside quotes', "name: 'it's'\n", 'quotes'],
  ['never closed', 'name: "Roof\n', 'never closed'],
  ['a colon in braces', 'a: { b: x: y }\n', 'a colon inside a text: put the value in quotes'],
  ['a folder of Windows', 'ledger: "C:\\Users\\ledger.db"\n', 'write / between folders, or use single quotes'],
  ['a tab in braces', 'moer: {\n\tfrom: P1M\n}\n', 'a tab indents this line'],
  ['a tab after a dash', 'sites:\n  - id: a\n\tname: b\n', 'a tab indents this line'],
  ['a key further in', 'version: 1\n name: b\n', 'in one column'],
  ['a dash further out', 'sites:\n  - id: a\n - id: b\n', 'in one column'],
  ['no colon', 'version: 1\nname\nsites: []\n', 'key: value'],
  ['an at sign', 'name: @home\n', 'put it in quotes'],
])('a fault of the syntax is told once, in words: %s', async (_name, text, words) => {
  const problems = await problemsOf(`${text}${sites}`);
  expect(problems).toMatchObject([{ code: 'manifest.syntax', message: expect.stringContaining(words) }]);
});

test.each([
  ['WATTTIME_API_URL', 'bob:hunter22@api.watttime.org'],
  ['WATTTIME_API_URL', 'http://bob:hunter22@127.0.0.1'],
  ['WATTCARBON_API_URL', 'https://api.example.org/?key=hunter22'],
])('an address from the environment is refused and not repeated: %s=%s', async (name, value) => {
  const problems = await problemsOf(`version: 1\n${sites}`, { [name]: value });
  expect(problems).toMatchObject([{ code: 'manifest.url', message: expect.stringContaining(name) }]);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});

test.each(['bob:hunter22@api.watttime.org', 'http://bob:hunter22@h', 'ftp://bob:hunter22@h', '["bob:hunter22@h"]'])(
  'an address with a password in the manifest is refused and not repeated: %s',
  async (url) => {
    const problems = await problemsOf(`version: 1\nwatttime: { url: ${JSON.stringify(url)} }\n${sites}`);
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('hunter22');
    const described = `version: 1\nwattcarbon: { openapi: "https://bob:hunter22@h/openapi.json" }\n${sites}`;
    expect(await problemsOf(described)).toMatchObject([{ code: 'manifest.url', line: 2, column: 24 }]);
  },
);

test.each(['password', 'user', 'apiKey', 'api_key', 'token', 'username', 'email'])(
  'the key %s is told where credentials come from, and its value is not repeated',
  async (key) => {
    const text = `version: 1\nwatttime: { ${key}: hunter22 }\nwattcarbon: { ${key}: "\${HUNTER}" }\n${sites}`;
    const problems = await problemsOf(text);
    expect(problems).toMatchObject([
      { code: 'manifest.credentials', line: 2, message: expect.stringContaining('WATTTIME_PASSWORD') },
      { code: 'manifest.credentials', line: 3, message: expect.stringContaining('WATTCARBON_API_KEY') },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter22');
  },
);

test.each(['Etc/GMT+5', 'EST5EDT', 'UTC', 'US/Eastern'])('the zone %s is taken', async (zone) => {
  expect(await problemsOf(`version: 1\ndefaults: { timezone: ${zone} }\n${sites}`)).toEqual([]);
});

test.each(['EST', 'est', 'MST', 'HST', 'CST', 'CET'])('the zone %s is refused with a better one', async (zone) => {
  const problems = await problemsOf(`version: 1\ndefaults: { timezone: ${zone} }\n${sites}`);
  expect(problems).toMatchObject([
    { code: 'site.timezone-unknown', message: expect.stringMatching(/use "(?:America|Pacific|Europe)\//) },
  ]);
});

test.each([
  ['{ from: 2030-01-01, to: now }', true],
  ['{ from: P1M, to: P2M }', true],
  ['{ from: now, to: 2026-03-31 }', true],
  ['{ from: 2026-03-31, to: now }', false],
  ['{ from: P2M, to: P1M }', false],
])('with a clock, the window %s is judged before a run: empty %s', async (moer, empty) => {
  await writeFile(path, `version: 1\nmoer: ${moer}\n${sites}`);
  const nowMs = Date.UTC(2026, 2, 31, 12);
  const { problems } = await loadManifest(path, { env: {}, sandbox: false, nowMs });
  expect(problems.map(({ code }) => code)).toEqual(empty ? ['manifest.moer-window'] : []);
});

test('an unset account is a warning of its own, with the variable that is set and looks like it', async () => {
  await writeFile(path, `version: 1\nwattcarbon: { account: "\${WATTCARBON_ACOUNT_ID}" }\n${sites}`);
  const env = { WATTCARBON_ACCOUNT_ID: 'acc-1', WATTCARBON_EMAIL: '' };
  const load = async (set: Record<string, string>, sandbox: boolean) => {
    const { manifest } = await loadManifest(path, { env: set, sandbox });
    return manifest === undefined ? undefined : noticeUnsetAccounts(manifest, set);
  };
  expect(await load(env, false)).toMatchObject([
    {
      severity: 'warning',
      code: 'manifest.env-unset',
      line: 2,
      message: expect.stringContaining('did you mean "WATTCARBON_ACCOUNT_ID"?'),
    },
  ]);
  expect(await load({ WATTCARBON_ACOUNT_ID: 'acc-1' }, false)).toEqual([]);
  expect(await load(env, true)).toEqual([]);
});

test('fields of an asset that are like no known one pass without a word', async () => {
  const asset = '{ kind: solar, panels: 12, tiltDegrees: 30, inverterMake: X, areaSqm: 12 }';
  const text = `version: 1\nsites:\n  - { id: S, location: A, meters: [{ id: m, type: gas }], asset: ${asset} }\n`;
  expect(await problemsOf(text)).toEqual([]);
});

const header = 'Site ID,Name\n';
const portfolio = 'version: 1\nportfolio:\n  file: p.csv\n  columns: { id: Site ID, name: Name }\n';

async function openPortfolio(csv: string) {
  await writeFile(join(folder, 'p.csv'), csv);
  await writeFile(path, portfolio);
  const { manifest } = await loadManifest(path, { env: {}, sandbox: false });
  if (manifest === undefined) throw new Error('no manifest');
  return async () => {
    const read = [];
    for await (const { id, problems } of readSites(manifest))
      read.push({ id, codes: problems.map(({ code }) => code) });
    return read;
  };
}

test('reading the sites a second time gives the same, problems told once a manifest included', async () => {
  const read = await openPortfolio(`${header}S1,a\nS1,b\nS2,c\n`);
  const first = await read();
  expect(first).toEqual([
    { id: 'S1', codes: [] },
    { id: 'S1', codes: ['site.id-doubled'] },
    { id: 'S2', codes: [] },
  ]);
  expect(await read()).toEqual(first);
});

test.each([
  ['gone', undefined, 'portfolio.file'],
  ['empty', '', 'portfolio.empty'],
  ['without rows', header, 'portfolio.empty'],
  ['with another header', 'Id,Name\nS1,a\n', 'portfolio.column-unknown'],
  ['cut in a row', `${header}S1`, 'portfolio.row-ragged'],
  ['with a doubled site', `${header}S1,a\nS1,a\n`, 'site.id-doubled'],
])('a portfolio that is %s when it is read again is a problem, not silence', async (_name, csv, code) => {
  const read = await openPortfolio(`${header}S1,a\nS2,b\n`);
  expect((await read()).flatMap(({ codes }) => codes)).toEqual([]);
  if (csv === undefined) await rm(join(folder, 'p.csv'));
  else await writeFile(join(folder, 'p.csv'), csv);
  expect((await read()).flatMap(({ codes }) => codes)).toContain(code);
});

test('a portfolio that is written while it is read is a problem', async () => {
  await writeFile(join(folder, 'p.csv'), `${header}S1,a\nS2,b\n`);
  await writeFile(path, portfolio);
  const { manifest } = await loadManifest(path, { env: {}, sandbox: false });
  if (manifest === undefined) throw new Error('no manifest');
  const found: string[] = [];
  for await (const { id, problems } of readSites(manifest)) {
    if (id === 'S1') await writeFile(join(folder, 'p.csv'), `${header}S1,a\n`);
    found.push(...problems.map(({ code }) => code));
  }
  expect(found).toEqual(['portfolio.changed']);
});

test('files of a meter with a fault, and of those after it, are looked for all the same', async () => {
  const site = sites.replace(
    ' }\n',
    ', meters: [{ id: m, type: elec, data: no.csv }, { id: n, type: gas, data: [nor.csv] }] }\n',
  );
  expect(await problemsOf(`version: 1\n${site}`)).toMatchObject([
    { code: 'manifest.value', line: 3 },
    { code: 'meter.file-missing', message: expect.stringContaining('no.csv'), line: 3 },
    { code: 'meter.file-missing', message: expect.stringContaining('nor.csv'), line: 3 },
  ]);
});
