import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { readSandboxState, type SandboxState } from '../../src/sandbox/read-state.ts';
import { createFolder } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';

interface Seen {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program in this process, its streams ours; neither is a terminal. */
async function wattlift(cwd: string, ...args: readonly string[]): Promise<Seen> {
  const seen = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof seen): object => ({
    write: (text: string) => {
      seen[name] += text;
    },
    drained: async () => undefined,
    isTerminal: false,
    columns: 120,
  });
  const streams = { stdout: stream('stdout'), stderr: stream('stderr') };
  const [verb = '', ...flags] = args;
  const manifest = verb === 'run' ? [join(cwd, 'pipeline.yaml')] : [];
  const code = await runProgram(
    [verb, ...manifest, ...flags],
    Object.assign({ ...openTerminal(process), env: {}, cwd }, streams),
  );
  return { code, ...seen };
}

/** `run --sandbox` over three sites without emissions, with these flags. */
async function rehearse(
  flags: readonly string[],
  wattcarbon = {},
): Promise<Seen & { readonly state: () => Promise<SandboxState>; readonly again: () => Promise<Seen> }> {
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1), site('C', 2)], {
    wattcarbon: { timeout: 'PT1S', ...wattcarbon },
  });
  const run = (more: readonly string[]): Promise<Seen> =>
    wattlift(cwd, 'run', '--sandbox', '--only', 'meter,upload,asset,events', '--json', ...more);
  const first = await run(flags);
  return {
    ...first,
    state: () => readSandboxState(join(cwd, '.wattlift/sandbox/state.db')),
    again: () => run(flags.filter((flag, at) => flag !== '--sandbox-fault' && flags[at - 1] !== '--sandbox-fault')),
  };
}

const oneOfEach = {
  meters: [1, 2, 3].map((id) =>
    expect.objectContaining({ id, readings: expect.objectContaining({ rows: 48, duplicates: 0 }) }),
  ),
  assets: [1, 2, 3].map(() => expect.objectContaining({ account: 'sandbox' })),
};

test('a rehearsal suffers the faults it is given, in an API of the form it is given, and ends with one of each', async () => {
  const options = ['paths=v2', 'ids=uuid', 'upload-method=put'].flatMap((option) => ['--sandbox-option', option]);
  const faults = ['create_meter:lost@2', 'create_asset:500-after-work@1'].flatMap((spec) => ['--sandbox-fault', spec]);
  const rehearsed = await rehearse([...options, ...faults]);
  expect(rehearsed.code).toBe(0);
  const state = await rehearsed.state();
  expect(state).toMatchObject(oneOfEach);
  expect(state.requests['wattcarbon.create_meter']?.outcomes).toEqual({ '201': 2, lost: 1 });
  expect(state.requests['wattcarbon.create_asset']?.outcomes).toEqual({ '201': 2, '500': 1 });
  expect(JSON.stringify(state.assets[0]?.fields)).toMatch(/"meterIds":\["[\da-f]{8}-/);
});

test('a refusal that never ends is exit 1, and without it the next run makes good', async () => {
  const rehearsed = await rehearse(['--sandbox-fault', 'create_asset:400']);
  expect(rehearsed.code).toBe(1);
  expect((await rehearsed.again()).code).toBe(0);
  expect(await rehearsed.state()).toMatchObject(oneOfEach);
});

test('the rehearsed API appends where the manifest says so: a lost upload is exit 5 and is there once', async () => {
  const rehearsed = await rehearse(['--sandbox-fault', 'upload_meter_intervals:lost@1'], { reupload: 'append' });
  expect(rehearsed.code).toBe(5);
  const { meters, uploads } = await rehearsed.state();
  expect(meters.map(({ readings }) => readings.duplicates)).toEqual([0, 0, 0]);
  expect(uploads.map(({ effect }) => effect)).toEqual(['append', 'append', 'append']);
});

test("the rehearsed API has the manifest's columns, unless an option says otherwise", async () => {
  const columns = { intervals: ['begin', 'kwh'] };
  expect((await rehearse([], { columns })).code).toBe(0);
  const wrong = await rehearse(['--sandbox-option', 'interval-columns=start,kwh'], { columns });
  expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('the header must be exactly')]);
});

test.each([
  ['--sandbox-fault', 'create_meter:lots', 'sandbox.fault-invalid', '500-after-work'],
  ['--sandbox-fault', 'make_meter:lost', 'sandbox.fault-invalid', 'upload_asset_document'],
  ['--sandbox-option', 'paths=v3', 'sandbox.option-invalid', 'renamed'],
  ['--sandbox-option', 'roads=v2', 'sandbox.option-unknown', 'conflict'],
])('%s %s is refused with what there is, exit 2, and nothing is sent', async (flag, value, code, known) => {
  const { state, ...seen } = await rehearse([flag, value]);
  expect(seen.code).toBe(2);
  expect(seen.stderr).toContain(`"code":"${code}"`);
  expect(seen.stderr).toContain(known);
  expect(await state().catch(() => ({ requests: {} }))).toMatchObject({ requests: {} });
});

test.each([
  [['run'], '--sandbox-fault', 'create_meter:lost'],
  [['run', '--sandbox', '--dry-run'], '--sandbox-option', 'paths=v2'],
  [['run'], '--sandbox-seed', '7'],
])('%j with %s is refused where no sandbox is started', async (command, flag, value) => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  const { code, stderr } = await wattlift(cwd, ...command, flag, value);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag} has an effect only where a sandbox is started`)]);
  expect(existsSync(join(cwd, '.wattlift'))).toBe(false);
});

test('wattlift sandbox --choices prints every fault and option, and ends', async () => {
  const { code, stdout } = await wattlift(createFolder(), 'sandbox', '--choices');
  expect(code).toBe(0);
  for (const words of ['html-after-work[=STATUS]:', '  list-lag: ', '  paging: ', 'create_meter:lost@3']) {
    expect(stdout).toContain(words);
  }
});

test('wattlift watttime has bad days too, and refuses their flags where no sandbox is started', async () => {
  const cwd = createFolder();
  const ask = ['watttime', 'historical', '--region', 'CAISO_NORTH', '--from', '2025-01-01', '--to', '2025-01-02'];
  const flags = ['--sandbox-option', 'watttime.plan=new', '--sandbox-fault', 'historical:html-after-work'];
  const cut = await call(cwd, [...ask, '--sandbox', ...flags]);
  expect(cut).toMatchObject({ code: 1, stdout: '' });
  expect(cut.stderr).toContain('watttime.unreadable');
  const beyond = await call(cwd, ['watttime', 'my-access', '--sandbox', ...flags]);
  expect(new Set(beyond.stdout.match(/"region": ?"[^"]+"/g))).toHaveLength(1);
  const refused = await call(cwd, [...ask, ...flags]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('only where a sandbox is started: watttime --sandbox');
});
