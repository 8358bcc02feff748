import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSandboxState } from '../../src/sandbox/read-state.ts';
import { serveApis } from './apis.ts';
import { readStatus } from './documents.ts';
import { copyDemonstration, createFolder, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { readLog, runWattlift, startWattlift, type Ended } from './wattlift.ts';

/** One log line that says what is wrong, and nothing of the program's inside. */
function expectSentence(ended: Ended, code: number, said: { readonly code: string; readonly msg: unknown }): void {
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(readLog(ended)).toMatchObject([{ level: 50, ...said }]);
  expect(ended.stderr).not.toMatch(/\n? +at /);
}

test('where and in which language the machine stands changes nothing that is uploaded', async () => {
  const places = [
    { TZ: 'UTC', LC_ALL: 'C' },
    { TZ: 'Australia/Sydney', LC_ALL: 'de_DE.UTF-8', LANG: 'tr_TR.UTF-8' },
  ];
  const [here, there] = await Promise.all(
    places.map(async (env) => {
      const cwd = createFolder();
      copyDemonstration(cwd);
      const run = await runWattlift(['run', '--sandbox', '--only', 'meter,upload,asset,events'], { cwd, env });
      expect(run.code).toBe(0);
      const { meters, assets, documents, uploads } = await readSandboxState(join(cwd, '.wattlift/sandbox/state.db'));
      return {
        bytes: [...uploads, ...documents].map(({ sha256 }) => sha256).sort(),
        // The ids of meters are given in the order in which they happen to be made.
        objects: [...meters, ...assets].map(({ fields }) => JSON.stringify({ ...fields, meterIds: [] })).sort(),
        check: (await runWattlift(['check', '--explain'], { cwd, env })).stdout,
      };
    }),
  );
  expect(here?.bytes).toHaveLength(49);
  expect(there).toEqual(here);
});

describe('a reader that goes away', () => {
  test('ends status without a word', async () => {
    const cwd = createFolder();
    writePipeline(cwd, [site('A'), site('B', 1)]);
    expect(await call(cwd, ['run', '@', '--sandbox'])).toMatchObject({ code: 0 });
    const status = startWattlift(['status', '--sandbox', '--json'], { cwd });
    status.child.stdout.destroy();
    expect(await status.ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('of the log does not stop a run', async () => {
    const apis = await serveApis();
    const cwd = createFolder();
    writePipeline(cwd, [site('A')]);
    const run = startWattlift(['run', '--json', '--log-level', 'trace'], { cwd, env: apis.env });
    run.child.stderr.destroy();
    expect((await run.ended).code).toBe(0);
    expect(apis.state().assets).toHaveLength(1);
  });
});

describe('a ledger that cannot be used is a sentence and exit 2', () => {
  const lookingAndRunning = [
    ['run', '@', '--sandbox'],
    ['plan', '@', '--sandbox'],
    ['status', '@', '--sandbox'],
  ] as const;
  const ledger = '.wattlift/sandbox/ledger.db';

  test('a folder in its place', async () => {
    const cwd = createFolder();
    writePipeline(cwd, [site('A')], { ledger: 'archive' });
    mkdirSync(join(cwd, 'archive'));
    const apis = await serveApis();
    for (const verb of ['run', 'plan', 'status'])
      expectSentence(await call(cwd, [verb, '@'], { env: apis.env }), 2, {
        code: 'ledger.not-a-file',
        msg: expect.stringContaining('is a folder; name a file, such as'),
      });
  });

  test('a file that is no ledger', async () => {
    const cwd = createFolder();
    writePipeline(cwd, [site('A')]);
    writeFile(cwd, ledger, 'what is this?\n'.repeat(100));
    for (const words of lookingAndRunning)
      expectSentence(await call(cwd, words), 2, {
        code: 'ledger.not-a-ledger',
        msg: expect.stringContaining('not an SQLite file'),
      });
    expect(readFileSync(join(cwd, ledger), 'utf8')).toBe('what is this?\n'.repeat(100));
  });

  test('a damaged one', async () => {
    const cwd = createFolder();
    writePipeline(cwd, [site('A')]);
    expect(await call(cwd, ['run', '@', '--sandbox'])).toMatchObject({ code: 0 });
    const path = join(cwd, ledger);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 100, bytes.length));
    for (const words of lookingAndRunning)
      expectSentence(await call(cwd, words), 2, {
        code: 'ledger.corrupt',
        msg: expect.stringMatching(/damaged/),
      });
    truncateSync(path, 4096);
    expect(await runWattlift(['run', '--sandbox'], { cwd })).toMatchObject({ code: 2 });
  });
});

describe('a folder that may not be written', () => {
  // Root may write everywhere: then the program runs as the user nobody.
  const isRoot = process.getuid?.() === 0;
  const nobody = isRoot ? { uid: 65_534 } : {};

  test('check, plan and status work there, a run says what it lacks', async ({ skip }) => {
    const { code } = await runWattlift(['--version'], { cwd: '/', ...nobody });
    if (code !== 0) skip('nobody may not read this checkout');
    const apis = await serveApis();
    const filled = createFolder();
    writePipeline(filled, [site('A')]);
    expect(await call(filled, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });
    const empty = createFolder();
    writePipeline(empty, [site('A')]);
    for (const cwd of [filled, empty]) {
      for (const path of [cwd, ...['.wattlift', 'meters'].map((name) => join(cwd, name))]) {
        if (existsSync(path)) chmodSync(path, 0o555);
      }
      const invocation = { cwd, env: apis.env, ...nobody };
      for (const verb of ['check', 'plan']) expect(await runWattlift([verb], invocation)).toMatchObject({ code: 0 });
      const status = await runWattlift(['status', '--json'], invocation);
      expect(readStatus(status).sites).toHaveLength(cwd === filled ? 1 : 0);
      const run = await runWattlift(['run'], invocation);
      expect(run).toMatchObject({ code: 2, stdout: '' });
      expect(readLog(run)).toMatchObject([{ level: 50, code: expect.stringMatching(/^ledger\.cannot-/) }]);
      for (const path of [cwd, join(cwd, '.wattlift'), join(cwd, 'meters')])
        if (existsSync(path)) chmodSync(path, 0o755);
    }
  });
});

test('a manifest elsewhere brings its own folder: paths are relative to it, not to where one stands', async () => {
  const cwd = createFolder();
  mkdirSync(join(cwd, 'west'));
  writePipeline(join(cwd, 'west'), [site('A')]);
  cpSync(join(cwd, 'west'), join(cwd, 'east'), { recursive: true });
  expect(await runWattlift(['run', 'west/pipeline.yaml', '--sandbox'], { cwd })).toMatchObject({ code: 0 });
  expect(existsSync(join(cwd, 'west/.wattlift/sandbox/ledger.db'))).toBe(true);
  expect(existsSync(join(cwd, '.wattlift'))).toBe(false);
  expect((await runWattlift(['plan', 'east/pipeline.yaml', '--sandbox'], { cwd })).stdout).toMatch(
    /\nmeter +1 +0 +0\n/,
  );
});
