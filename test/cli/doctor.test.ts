import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ServerClocks } from '../../src/cli/server-clocks.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import { serveApis } from './apis.ts';
import { readDoctor } from './documents.ts';
import { createFolder, photograph, writeFile } from './folders.ts';
import { call, type Calling } from './in-process.ts';
import { credentials, site, writePipeline } from './portfolios.ts';

type Document = ReturnType<typeof readDoctor>;

function portfolio(more: Parameters<typeof writePipeline>[2] = {}): string {
  const cwd = createFolder();
  writePipeline(cwd, [site('SP1')], { ...more, wattcarbon: { account: 'acme', ...more.wattcarbon } });
  return cwd;
}

async function examine(cwd: string, flags: readonly string[] = ['--sandbox'], how: Calling = {}): Promise<Document> {
  const ended = await call(cwd, ['doctor', '@', '--json', ...flags], how);
  const document = readDoctor(ended);
  expect(ended.code).toBe(document.exitCode);
  return document;
}

/** The findings that are not ok, or those of one check. */
function notable({ findings }: Document, check?: string): Document['findings'] {
  return findings.filter((finding) => (check === undefined ? finding.level !== 'ok' : finding.check === check));
}

const rehearsal = ['run', '@', '--sandbox'];

test('a portfolio in good order is all well, before its first run and after, and nothing is written but permits', async () => {
  const cwd = portfolio();
  const before = await examine(cwd);
  expect(notable(before)).toEqual([]);
  expect(before).toMatchObject({ ok: true, exitCode: 0 });
  expect(notable(before, 'ledger')[0]?.message).toContain('the first run makes it');
  const looked = [
    'program manifest disk-ledger disk-store disk-quarantine ledger ledger-lock',
    'watttime-credentials wattcarbon-credentials watttime-login watttime-access watttime-maps',
    'wattcarbon-login wattcarbon-account wattcarbon-endpoints wattcarbon-description clock permits',
  ];
  expect(new Set(before.findings.map(({ check }) => check))).toEqual(new Set(looked.join(' ').split(' ')));
  expect(before.endpoints.map(({ operation }) => operation)).toContain('Meters-create_meter');

  expect((await call(cwd, rehearsal)).code).toBe(0);
  const files = photograph(cwd).filter((line) => !/(?:ledger|state)\.db/.test(line));
  const after = await examine(cwd);
  expect(notable(after)).toEqual([]);
  expect(notable(after, 'ledger')[0]?.message).toMatch(/^whole, .*schema \d+/);
  expect(notable(after, 'last-run')[0]?.message).toContain('ended with 0');
  expect(notable(after, 'watttime-access')[0]?.data).toMatchObject({ signal: 'co2_moer', wanted: 1, missing: [] });
  expect(photograph(cwd).filter((line) => !/(?:ledger|state)\.db/.test(line))).toEqual(files);
});

test('text has a line a finding, the endpoints, and what is to be done', async () => {
  const { code, stdout } = await call(portfolio(), ['doctor', '@', '--sandbox'], { aheadMs: 120_000 });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok {7}program {2,}wattlift /);
  expect(stdout).toMatch(/\nwarning {2}clock {2,}this machine is 1\d\d s ahead of \S+: .*\n +-> set the clock/);
  expect(stdout).toMatch(/\nMeters-create_meter +POST /);
  expect(stdout).toMatch(/\n\d+ ok, 2 warnings, 0 errors\n$/);
});

test('credentials that are missing or refused, and a plan without the region, are exit code 3', async () => {
  const cwd = portfolio();
  const { WATTTIME_API_URL, WATTCARBON_API_URL } = (await serveApis()).env;
  const missing = await examine(cwd, [], { env: { WATTTIME_USER: 'ada', WATTTIME_API_URL, WATTCARBON_API_URL } });
  expect(missing.exitCode).toBe(3);
  expect(notable(missing)).toMatchObject([
    { check: 'watttime-credentials', access: true, message: 'not set: WATTTIME_PASSWORD' },
    { check: 'wattcarbon-credentials', access: true, message: 'not set: WATTCARBON_EMAIL, WATTCARBON_API_KEY' },
  ]);

  const refused = await examine(cwd, ['--sandbox'], {
    env: { ...credentials, WATTTIME_PASSWORD: 'wrong', WATTCARBON_API_KEY: 'wrong' },
  });
  expect(refused.exitCode).toBe(3);
  expect(notable(refused)).toMatchObject([
    { check: 'watttime-login', level: 'error', access: true, data: { code: 'watttime.credentials-refused' } },
    { check: 'wattcarbon-login', level: 'error', access: true, data: { code: 'wattcarbon.credentials-refused' } },
  ]);
  expect(JSON.stringify(refused)).not.toContain('analytical');

  const elsewhere = createFolder();
  writePipeline(elsewhere, [site('SP1', 0, { region: 'NO_SUCH_REGION' })], {
    watttime: { signals: ['co2_moer', 'no_signal'] },
  });
  const uncovered = await examine(elsewhere);
  expect(uncovered.exitCode).toBe(3);
  expect(notable(uncovered, 'watttime-access')).toMatchObject([
    { level: 'error', data: { missing: ['NO_SUCH_REGION'] } },
    { level: 'error', message: expect.stringContaining('the plan has no no_signal') },
  ]);
});

test('a write that only a guess describes is an error, a description that moved a warning as long as no run has read it', async () => {
  const apis = await serveApis(({ path }) =>
    path === '/openapi.json' || path === '/' ? { kind: 'status', status: 404 } : undefined,
  );
  const guessed = await examine(portfolio(), [], { env: apis.env });
  expect(guessed.exitCode).toBe(1);
  const errors = guessed.findings.filter(({ level }) => level === 'error');
  expect(errors).toMatchObject([
    { check: 'wattcarbon-endpoints', advice: expect.stringContaining('wattcarbon.endpoints') },
  ]);
  expect(guessed.endpoints.some(({ source }) => source.includes('unverified'))).toBe(true);

  const cwd = portfolio();
  expect((await call(cwd, rehearsal)).code).toBe(0);
  for (let looks = 0; looks < 2; looks++) {
    const moved = await examine(cwd, ['--sandbox', '--sandbox-option', 'paths=v2']);
    expect(notable(moved)).toMatchObject([{ check: 'wattcarbon-description', level: 'warning' }]);
    expect(notable(moved)[0]?.message).toContain('is POST /v2/accounts/{account_id}/meters now');
  }
});

test('who holds the ledger is named, and a damaged ledger is an error', async () => {
  const cwd = portfolio();
  const path = join(cwd, '.wattlift', 'sandbox', 'ledger.db');
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  const held = await openSqliteLedger(path, { mode: 'run', clock, command: 'wattlift run held.yaml' });
  const busy = await examine(cwd);
  await held.close();
  expect(notable(busy)).toMatchObject([
    { check: 'ledger-lock', level: 'warning', data: { pid: process.pid, command: 'wattlift run held.yaml' } },
  ]);
  expect(notable(await examine(cwd))).toEqual([]);

  writeFile(
    cwd,
    '.wattlift/sandbox/ledger.db',
    'no database at all, but long enough to have a header of a hundred bytes'.repeat(9),
  );
  const damaged = await examine(cwd);
  expect(damaged.exitCode).toBe(1);
  expect(notable(damaged, 'ledger')).toMatchObject([{ level: 'error', data: { code: 'ledger.not-a-ledger' } }]);
});

test('a manifest that cannot be read is exit code 2, and sandbox flags want a sandbox', async () => {
  const cwd = createFolder();
  writeFile(cwd, 'pipeline.yaml', 'version: 2\n');
  expect((await call(cwd, ['doctor', '@'])).code).toBe(2);
  const refused = await call(portfolio(), ['doctor', '@', '--sandbox-option', 'paths=v2']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--sandbox-option has an effect only where a sandbox is started');
});

test("a server's clock is read from its answers, whatever the wait, and a cache's age is counted", async () => {
  let headers: Readonly<Record<string, string>> = {};
  const server = createServer((_, response) => response.writeHead(200, headers).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const noon = Date.UTC(2026, 0, 1, 12);
  /** What is found when the answer takes `tookMs` by a machine that shows noon when it asks. */
  const found = async (date: number, tookMs: number, age = 0): Promise<unknown> => {
    headers = { date: new Date(date).toUTCString(), age: String(age) };
    const times = [noon, noon + tookMs];
    const clocks = new ServerClocks({
      now: () => times.shift() ?? 0,
      monotonic: () => 0,
      sleep: async () => undefined,
    });
    await clocks.listen(fetch)(`http://127.0.0.1:${String(port)}/`);
    return clocks.findings()[0]?.data;
  };
  expect(await found(noon, 0)).toMatchObject({ aheadSeconds: 0 });
  expect(await found(noon + 50_000, 60_000)).toMatchObject({ aheadSeconds: 0 });
  expect(await found(noon - 91_000, 10)).toMatchObject({ aheadSeconds: 90 });
  expect(await found(noon + 90_000, 0)).toMatchObject({ aheadSeconds: -90 });
  expect(await found(noon - 90_000, 0, 90)).toMatchObject({ aheadSeconds: 0 });
});
