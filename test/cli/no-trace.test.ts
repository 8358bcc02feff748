import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveApis, serveNobody } from './apis.ts';
import { copyDemonstration, createFolder, createSharedFolder, photograph, writeFile } from './folders.ts';
import { site, writePipeline } from './portfolios.ts';
import { runWattlift, startWattlift, until, type Environment } from './wattlift.ts';

const { folder, remove } = createSharedFolder();
const preload = join(folder, 'no-sockets.cjs');
const cwd = join(folder, 'portfolio');

/** Opening, listening and looking up a name are the ways out; whatever tries one ends the process. */
const noSockets = `
const refuse = (what) => () => { process.stderr.write('a socket was used: ' + what); process.exit(99); };
require('node:net').Socket.prototype.connect = refuse('connect');
require('node:net').Server.prototype.listen = refuse('listen');
require('node:dgram').createSocket = refuse('dgram');
require('node:dns').lookup = refuse('lookup');
require('node:dns/promises').lookup = refuse('lookup');
`;

const looking: readonly (readonly string[])[] = [
  ['check'],
  ['check', '--json', '--explain'],
  ['plan'],
  ['plan', '--json', '--explain'],
  ['plan', '--sandbox'],
  ['run', '--dry-run'],
  ['status'],
];

beforeAll(() => {
  writeFile(folder, 'no-sockets.cjs', noSockets);
  copyDemonstration(cwd);
});

afterAll(remove);

test('only a run finds the way out closed', async () => {
  const nobody = await serveNobody();
  expect(await runWattlift(['run'], { cwd: createdPipeline(), env: nobody.env, preload })).toMatchObject({ code: 99 });
  nobody.close();
});

function createdPipeline(): string {
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  return cwd;
}

/** Without SQLite's lock table, and the empty -wal that readers at the same time may leave: neither holds anything. */
function photographLedger(cwd: string): readonly string[] {
  return photograph(cwd).filter((line) => !/-shm \d+|-wal 0 /.test(line));
}

async function codesOf(
  commands: readonly (readonly string[])[],
  cwd: string,
  env: Environment,
): Promise<readonly unknown[]> {
  return Promise.all(commands.map(async (args) => (await runWattlift(args, { cwd, env, preload })).code));
}

test('check, plan and status open no socket and leave nothing behind where nothing was', async () => {
  const nobody = await serveNobody();
  const before = photograph(cwd);
  expect(await codesOf(looking, cwd, nobody.env)).toEqual(looking.map(() => 0));
  expect(photograph(cwd)).toEqual(before);
  expect(nobody.connections()).toBe(0);
  nobody.close();
});

test('check, plan and status leave a ledger as it is, byte by byte', async () => {
  const apis = await serveApis();
  const cwd = createdPipeline();
  expect(await runWattlift(['run'], { cwd, env: apis.env })).toMatchObject({ code: 0 });
  const before = photographLedger(cwd);
  const asked = apis.arrived.length;
  expect(await codesOf(looking, cwd, apis.env)).toEqual(looking.map(() => 0));
  expect(photographLedger(cwd)).toEqual(before);
  expect(apis.arrived).toHaveLength(asked);
});

test('check, plan and status leave the ledger of a killed run as it is', async () => {
  const apis = await serveApis(({ operation }) => (operation === 'historical' ? { kind: 'hang' } : undefined));
  const cwd = createdPipeline();
  const run = startWattlift(['run'], { cwd, env: apis.env });
  await until('the run hangs', () => apis.arrived.includes('historical'));
  await until('the asset is made', () => apis.state().assets.length === 1);
  run.child.kill('SIGKILL');
  await run.ended;
  const wal = join(cwd, '.wattlift/ledger.db-wal');
  expect(existsSync(wal)).toBe(true);
  const before = photographLedger(cwd);
  expect(await codesOf(looking, cwd, apis.env)).toEqual(looking.map(() => 0));
  expect(photographLedger(cwd)).toEqual(before);
});
