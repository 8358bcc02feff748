import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import { readRun, readStatus } from './documents.ts';
import { createFolder } from './folders.ts';
import { call, type Calling } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import type { Ended } from './wattlift.ts';

// A lost answer is waited out for a second; nothing here lists what was made unless a test says so.
const quick = { account: 'acme', timeout: 'PT0.5S', settle: 'PT0.1S' };
const blind = ['--sandbox-option', 'lists=none'];

function portfolio(...sites: Parameters<typeof writePipeline>[1]): string {
  const cwd = createFolder();
  writePipeline(cwd, sites, { wattcarbon: quick, moer: undefined });
  return cwd;
}

const run = (cwd: string, ...flags: readonly string[]): Promise<Ended> =>
  call(cwd, ['run', '@', '--sandbox', '--json', ...flags]);
const adopt = (cwd: string, ...words: readonly string[]): Promise<Ended> =>
  call(cwd, ['adopt', '--manifest', '@', '--sandbox', ...words]);
const forget = (cwd: string, words: readonly string[], how: Calling = {}): Promise<Ended> =>
  call(cwd, ['forget', '--manifest', '@', '--sandbox', ...words], how);

/** What WattCarbon has and what the ledger makes of it. */
async function remote(cwd: string): Promise<ReturnType<typeof readStatus>> {
  return readStatus(await call(cwd, ['status', '@', '--sandbox', '--json', '--remote']));
}

async function listed(cwd: string): Promise<Readonly<Record<string, number | null>>> {
  const [account] = (await remote(cwd)).remote ?? [];
  return Object.fromEntries((account?.kinds ?? []).map((kind) => [kind.kind, kind.listed]));
}

/** A ledger whose first meter was made and never answered for. */
async function uncertainMeter(...sites: Parameters<typeof writePipeline>[1]): Promise<string> {
  const cwd = portfolio(...sites);
  const ended = await run(cwd, ...blind, '--sandbox-fault', 'create_meter:lost@1', '--concurrency', '1');
  expect(ended.code).toBe(5);
  return cwd;
}

describe('an uncertain creation', () => {
  test('is told with the commands that settle it, found by status --remote, adopted, and never made twice', async () => {
    const cwd = await uncertainMeter(site('SP 1'));
    const manifest = join(cwd, 'pipeline.yaml');
    const { stdout } = await call(cwd, ['status', '@', '--sandbox']);
    expect(stdout).toContain(`If it is there: wattlift adopt 'SP 1' meter:main ID --manifest ${manifest} --sandbox`);
    expect(stdout).toContain(`If it is not: wattlift run ${manifest} --site 'SP 1' --retry-uncertain --sandbox`);

    const { remote: [account] = [], unsettled } = await remote(cwd);
    expect(unsettled).toBe(1);
    const [meters] = account?.kinds ?? [];
    const command = `wattlift adopt 'SP 1' meter:main 1 --manifest ${manifest} --sandbox`;
    expect(meters).toMatchObject({ listed: 1, orphans: [{ id: 1, mayBe: [command] }], gone: [] });

    const adopted = await adopt(cwd, 'SP 1', 'meter', '1');
    expect(adopted).toMatchObject({ code: 0 });
    expect(adopted.stdout).toBe(
      'SP 1 meter:main: recorded that it is 1\nas in the manifest: apiProvider, meterType, location\n',
    );
    expect(adopted.stderr).toMatch(/"site":"SP 1","step":"meter","item":"main","id":1,"checked":true,"msg":"adopted"/);

    expect((await remote(cwd)).unsettled).toBe(0);
    const ended = await run(cwd, ...blind);
    expect(ended.code).toBe(0);
    expect(readRun(ended).steps).toMatchObject({ meter: { done: 0, skipped: 1 }, asset: { done: 1 } });
    expect(await listed(cwd)).toEqual({ meters: 1, assets: 1 });
    expect((await remote(cwd)).remote?.[0]?.kinds.flatMap(({ orphans }) => orphans)).toEqual([]);
    expect((await adopt(cwd, 'SP 1', 'meter', '1')).stdout).toContain('the ledger has it so already');
  });

  test('that is not there is sent once more by --retry-uncertain, and only then', async () => {
    const cwd = portfolio(site('SP1'));
    expect((await run(cwd, ...blind, '--sandbox-fault', 'create_meter:cut@1')).code).toBe(5);
    expect((await run(cwd, ...blind)).code).toBe(5);
    expect(await listed(cwd)).toMatchObject({ meters: 0 });
    expect((await run(cwd, ...blind, '--retry-uncertain')).code).toBe(0);
    expect(await listed(cwd)).toEqual({ meters: 1, assets: 1 });
  });

  test('of readings, which have no id, is settled by a word', async () => {
    const cwd = createFolder();
    writePipeline(cwd, [site('SP1')], { wattcarbon: { ...quick, reupload: 'append' }, moer: undefined });
    const lost = await run(cwd, ...blind, '--sandbox-fault', 'upload_meter_intervals:lost@1');
    expect(lost.code).toBe(5);
    expect(readRun(lost).failures[0]?.message).toContain('wattlift adopt SP1 upload:main/2025-01 --no-check');
    expect((await adopt(cwd, 'SP1', 'upload', '7')).stderr).toContain('"adopt.id-needless"');
    expect((await adopt(cwd, 'SP1', 'upload')).stderr).toContain('"adopt.cannot-look"');
    expect(await adopt(cwd, 'SP1', 'upload', '--no-check')).toMatchObject({
      code: 0,
      stdout: 'SP1 upload:main/2025-01: recorded that it is there, on your word\n',
    });
    const ended = await run(cwd, ...blind);
    expect(ended.code).toBe(0);
    expect(readRun(ended).steps).toMatchObject({ upload: { done: 0, skipped: 1 } });
  });
});

describe('adopt', () => {
  test('refuses what is not there, belongs to another, or is something else, and changes nothing', async () => {
    const two = site('SP2', 1, {
      meters: ['main', 'gas'].map((id) => ({ id, type: id === 'gas' ? 'gas' : 'electricity', data: 'meters/SP2.csv' })),
    });
    const cwd = await uncertainMeter(site('SP1'), two);
    const refusals: readonly (readonly [words: readonly string[], said: string])[] = [
      [['SP1', 'meter', '99'], 'adopt.absent'],
      [['SP1', 'meter', '2'], 'adopt.held-by-another'],
      [['SP1', 'meter'], 'adopt.id-missing'],
      [['SP1', 'meter:other', '1'], 'adopt.item-unknown'],
      [['SP2', 'meter', '1'], 'adopt.item-unknown'],
      [['SP2', 'meter:gas', '1'], 'adopt.already-known'],
      [['SP1', 'asset', '1'], 'adopt.needs-missing'],
      [['SP1', 'region', '1'], 'adopt.no-creation'],
      [['SP1', 'metre', '1'], 'site.step-unknown'],
      [['SP9', 'meter', '1'], 'adopt.site-unknown'],
    ];
    for (const [words, said] of refusals) {
      const refused = await adopt(cwd, ...words);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(`"${said}"`);
    }
    // SP2's two meters take 2 and 3; what SP1's lost answer made is still nobody's.
    const { remote: [account] = [] } = await remote(cwd);
    expect(account?.kinds[0]?.orphans).toMatchObject([{ id: 1 }]);

    // Another orphan is not taken for it.
    expect((await forget(cwd, ['SP2', 'meter:main', '--yes'])).code).toBe(0);
    const orphans = (await remote(cwd)).remote?.[0]?.kinds[0]?.orphans ?? [];
    expect(orphans.map(({ mayBe }) => mayBe.length)).toEqual([1, 0]);
  });

  test('shows what differs, and takes it by force; so it ends a drift', async () => {
    const cwd = portfolio(site('SP1'));
    expect((await run(cwd)).code).toBe(0);
    const moved = site('SP1', 0, { location: '9 Other Way, Ames IA 50010' });
    writePipeline(cwd, [moved], { wattcarbon: quick, moer: undefined });
    expect(readRun(await run(cwd, '--only', 'meter')).failures).toMatchObject([{ code: 'meter.drift' }]);
    const differing = await adopt(cwd, 'SP1', 'meter', '1');
    expect(differing.code).toBe(2);
    expect(differing.stderr).toMatch(/adopt\.differs.*location is .*1 Ella St.* there and .*9 Other Way.* here/);
    expect(await adopt(cwd, 'SP1', 'meter', '1', '--force')).toMatchObject({ code: 0 });
    expect((await run(cwd, '--only', 'meter')).code).toBe(0);
    expect(await listed(cwd)).toMatchObject({ meters: 1 });
  });

  test('waits for nobody: a run that holds the ledger is exit code 4', async () => {
    const cwd = portfolio(site('SP1'));
    const path = join(cwd, '.wattlift', 'sandbox', 'ledger.db');
    const held = await openSqliteLedger(path, { mode: 'run', clock: { now: () => 0 }, command: 'wattlift run' });
    try {
      expect((await adopt(cwd, 'SP1', 'meter', '1', '--no-check')).code).toBe(4);
      expect((await forget(cwd, ['SP1', '--yes'])).code).toBe(4);
    } finally {
      await held.close();
    }
  });
});

describe('forget', () => {
  test('says what goes and what comes of it, asks, and drops it', async () => {
    const cwd = portfolio(site('SP1'), site('SP2', 1));
    expect((await run(cwd)).code).toBe(0);
    const unasked = await forget(cwd, ['SP1', 'meter']);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('"forget.unconfirmed"');
    const declined = await forget(cwd, ['SP1', 'meter'], { answer: 'n' });
    expect(declined.stdout).toMatch(/^of SP1 {6}state {2}at WattCarbon\nmeter:main {2}done {3}#\d\n/);
    expect(declined.stdout).toMatch(/meter: creates it A SECOND TIME.*wattlift adopt SP1 meter:main \d .*--sandbox\n/);
    expect(declined).toMatchObject({ code: 0, stdout: expect.stringMatching(/nothing was forgotten\n$/) });
    expect((await remote(cwd)).remote?.[0]?.kinds[0]?.orphans).toEqual([]);

    expect((await forget(cwd, ['SP1', 'meter'], { answer: 'y' })).stdout).toMatch(/forgotten: 1 row\n$/);
    const [orphan, ...others] = (await remote(cwd)).remote?.[0]?.kinds[0]?.orphans ?? [];
    expect(others).toEqual([]);

    // Given back, it is as if it had never been forgotten.
    expect((await adopt(cwd, 'SP1', 'meter', String(orphan?.id))).code).toBe(0);
    const ended = await run(cwd);
    expect(ended.code).toBe(0);
    expect(readRun(ended).requests.wattcarbon.total).toBe(0);
  });

  test('what was forgotten is made again, though the ledger once had it from the same input', async () => {
    const cwd = portfolio(site('SP1'));
    const only = ['--only', 'meter'];
    expect((await run(cwd, ...only)).code).toBe(0);
    writePipeline(cwd, [site('SP1', 0, { location: '9 Other Way' })], { wattcarbon: quick, moer: undefined });
    expect(readRun(await run(cwd, ...only)).failures).toMatchObject([{ code: 'meter.drift' }]);
    expect((await forget(cwd, ['SP1', '--yes'])).code).toBe(0);
    writePipeline(cwd, [site('SP1')], { wattcarbon: quick, moer: undefined });
    expect(readRun(await run(cwd, ...only)).steps).toMatchObject({ meter: { done: 1, skipped: 0 } });
    expect((await remote(cwd)).remote?.[0]?.kinds[0]).toMatchObject({ listed: 2, orphans: [{ id: 1 }] });
  });

  test('a whole site, which the manifest need not list any more', async () => {
    const cwd = portfolio(site('SP1'), site('SP2', 1));
    expect((await run(cwd)).code).toBe(0);
    writePipeline(cwd, [site('SP2', 1)], { wattcarbon: quick, moer: undefined });
    const forgotten = await forget(cwd, ['SP1', '--yes']);
    expect(forgotten.code).toBe(0);
    expect(forgotten.stdout).toContain('does not list the site: no run does anything for it');
    expect((await remote(cwd)).sites.map(({ id }) => id)).toEqual(['SP2']);
    expect((await run(cwd)).stderr).not.toContain('site.unlisted');
    expect((await forget(cwd, ['SP1', '--yes'])).stderr).toContain('"forget.nothing-there"');
  });
});

test('status --remote names rows whose object is gone from the list', async () => {
  const cwd = portfolio(site('SP1'));
  expect((await adopt(cwd, 'SP1', 'meter', '77', '--no-check')).code).toBe(0);
  const { remote: [account] = [] } = await remote(cwd);
  expect(account?.kinds[0]).toEqual({
    kind: 'meters',
    listed: 0,
    orphans: [],
    gone: [{ site: 'SP1', item: 'main', id: 77 }],
  });
});
