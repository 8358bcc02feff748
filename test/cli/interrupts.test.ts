import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/serve/fault.ts';
import { serveApis, type Apis } from './apis.ts';
import { readRun, readStatus } from './documents.ts';
import { createFolder } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { readLog, startWattlift, until, type Started } from './wattlift.ts';

/** A run of four sites, one after another, that has arrived at the second one's asset, which ends as said. */
async function runToSecondAsset(fault: Fault): Promise<{ apis: Apis; cwd: string; run: Started }> {
  let assets = 0;
  const apis = await serveApis(({ operation }) => {
    if (operation !== 'create_asset') return undefined;
    assets += 1;
    return assets === 2 ? fault : undefined;
  });
  const cwd = createFolder();
  writePipeline(
    cwd,
    ['A', 'B', 'C', 'D'].map((id, n) => site(id, n)),
  );
  const run = startWattlift(['run', '--json', '--concurrency', '1'], { cwd, env: apis.env });
  await until('the second asset is under way', () => assets === 2);
  return { apis, cwd, run };
}

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s lets what is in flight finish, records it and exits %i; the next run goes on',
    async (signal, code) => {
      const { apis, cwd, run } = await runToSecondAsset({ kind: 'slow', delayMs: 700 });
      run.child.kill(signal);
      const ended = await run.ended;
      expect(ended.code).toBe(code);
      const { sites } = readRun(ended);
      expect(sites).toMatchObject({ done: 1, failed: 0, uncertain: 0 });
      expect(readLog(ended)).toContainEqual(
        expect.objectContaining({ level: 40, msg: expect.stringMatching(/^stopping:/) }),
      );
      expect(readLog(ended).at(-1)).toMatchObject({ msg: 'run ended', exitCode: code });

      expect(apis.state().assets).toHaveLength(2);
      const status = readStatus(await call(cwd, ['status', '@', '--json']));
      const made = status.sites.map(({ steps }) => steps['asset']?.remoteId).filter((id) => id !== undefined);
      expect(made).toEqual(apis.state().assets.map(({ id }) => id));

      const next = await call(cwd, ['run', '@', '--json'], { env: apis.env });
      expect(next.code).toBe(0);
      expect(readRun(next).sites).toEqual({ total: 4, done: 4, failed: 0, uncertain: 0, waiting: 0 });
      expect([apis.state().meters.length, apis.state().assets.length]).toEqual([4, 4]);
    },
  );

  test('that comes a second time ends the run at once, and the next one finds what was made meanwhile', async () => {
    const { apis, cwd, run } = await runToSecondAsset({ kind: 'slow', delayMs: 1_500 });
    run.child.kill('SIGINT');
    await until('it says that it stops', () => run.printed().stderr.includes('stopping:'));
    const startedMs = performance.now();
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(performance.now() - startedMs).toBeLessThan(1_000);

    const next = await call(cwd, ['run', '@', '--json'], { env: apis.env });
    expect(next.code).toBe(0);
    expect(readRun(next).sites).toEqual({ total: 4, done: 4, failed: 0, uncertain: 0, waiting: 0 });
    expect([apis.state().meters.length, apis.state().assets.length]).toEqual([4, 4]);
  });

  test('while a sandbox serves ends it with 0', async () => {
    const sandbox = startWattlift(['sandbox', '--json'], { cwd: createFolder() });
    await until('it serves', () => sandbox.printed().stdout.endsWith('\n'));
    sandbox.child.kill('SIGTERM');
    expect(await sandbox.ended).toMatchObject({ code: 0 });
  });
});
