import { existsSync } from 'node:fs';
import { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serveApis, serveNobody } from './apis.ts';
import { copyDemonstration, createFolder, createSharedFolder, photograph, writeFile } from './folders.ts';
import { call } from './in-process.ts';
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

/** Runs what only looks, one after the other in this process, where no socket may be opened meanwhile. */
async function lookAround(cwd: string, env: Environment): Promise<readonly unknown[]> {
  const refuse = (): never => {
    throw new Error('a socket was used');
  };
  const ways = [vi.spyOn(Socket.prototype, 'connect'), vi.spyOn(Server.prototype, 'listen')];
  for (const way of ways) way.mockImplementation(refuse);
  try {
    const codes: unknown[] = [];
    for (const [verb = '', ...flags] of looking) codes.push((await call(cwd, [verb, '@', ...flags], { env })).code);
    for (const way of ways) expect(way).not.toHaveBeenCalled();
    return codes;
  } finally {
    for (const way of ways) way.mockRestore();
  }
}

test('check, plan and status open no socket and leave nothing behind where nothing was', async () => {
  const nobody = await serveNobody();
  const before = photograph(cwd);
  const commands = looking.map((words) => runWattlift(words, { cwd, env: nobody.env, preload }));
  expect((await Promise.all(commands)).map(({ code }) => code)).toEqual(looking.map(() => 0));
  expect(photograph(cwd)).toEqual(before);
  expect(nobody.connections()).toBe(0);
  nobody.close();
});

test('check, plan and status leave a ledger as it is, byte by byte', async () => {
  const apis = await serveApis();
  const cwd = createdPipeline();
  expect(await call(cwd, ['run', '@'], { env: apis.env })).toMatchObject({ code: 0 });
  const before = photographLedger(cwd);
  const asked = apis.arrived.length;
  expect(await lookAround(cwd, apis.env)).toEqual(looking.map(() => 0));
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
  expect(await lookAround(cwd, apis.env)).toEqual(looking.map(() => 0));
  expect(photographLedger(cwd)).toEqual(before);
});
