import { copyFile, readFile, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { CoveredSpan, Slot, Work } from '../../src/ledger/ledger.ts';
import { overlay } from '../../src/ledger/overlay.ts';
import { claimFile } from '../../src/ledger/sqlite-file.ts';
import { openSqlite, type SqliteDatabase } from '../../src/sqlite/open-sqlite.ts';
import { describeLedger } from './contract.ts';
import { makeFolder, openToRead, openToRun } from './places.ts';

describeLedger('sqlite', async () => {
  const path = join(await makeFolder(), 'state', 'ledger.db');
  return { open: () => openToRun(path) };
});

const slot: Slot = { scope: '', site: 'A', step: 'region', item: 'co2_moer' };
const work: Work = { key: 'k', step: 'region', state: 'done', result: 'PJM', at: 1 };

async function filled(): Promise<string> {
  const path = join(await makeFolder(), 'ledger.db');
  const ledger = await openToRun(path);
  await ledger.finish({ work, slot });
  await ledger.close();
  return path;
}

test('a run creates the folders above its ledger', async () => {
  const path = join(await makeFolder(), 'a', 'b', 'ledger.db');
  await (await openToRun(path)).close();
  expect((await stat(path)).isFile()).toBe(true);
});

test('reading a ledger that is not there shows an empty one and creates nothing', async () => {
  const folder = await makeFolder();
  const ledger = await openToRead(join(folder, 'a', 'ledger.db'));
  expect(await ledger.slots('A')).toEqual([]);
  await expect(ledger.finish({ work, slot })).rejects.toMatchObject({ code: 'ledger.read-only' });
  await ledger.close();
  expect(await readdir(folder)).toEqual([]);
});

test('reading leaves no file behind that was not there', async () => {
  const path = await filled();
  const before = await readdir(join(path, '..'));
  const ledger = await openToRead(path);
  expect(await ledger.slots('A')).toHaveLength(1);
  await ledger.close();
  expect(await readdir(join(path, '..'))).toEqual(before);
  expect(before).toEqual(['ledger.db', 'ledger.db.lock']);
});

test('a file in WAL mode without its -wal is read, and not a byte of it is changed', async () => {
  const path = await filled();
  const folder = await makeFolder();
  const ledger = await openToRun(path);
  await copyFile(path, join(folder, 'copy.db'));
  await ledger.close();
  const before = await readFile(join(folder, 'copy.db'));
  const copy = await openToRead(join(folder, 'copy.db'));
  expect(await copy.slots('A')).toHaveLength(1);
  await copy.close();
  expect((await readFile(join(folder, 'copy.db'))).equals(before)).toBe(true);
});

test('reading works while a run holds the ledger, and sees what has been acknowledged', async () => {
  const path = await filled();
  const run = await openToRun(path);
  onTestFinished(() => run.close());
  await run.finish({ work: { ...work, key: 'k2' }, slot: { ...slot, site: 'B' } });
  const reader = await openToRead(path);
  expect(await reader.slots('B')).toHaveLength(1);
  await run.finish({ work: { ...work, key: 'k3' }, slot: { ...slot, site: 'C' } });
  expect(await reader.slots('C')).toHaveLength(1);
  await reader.close();
});

test('a second run is refused at once and told who holds the ledger, also by another way to it', async () => {
  const path = await filled();
  const run = await openToRun(path);
  onTestFinished(() => run.close());
  const link = join(await makeFolder(), 'link.db');
  await symlink(path, link);
  for (const way of [path, link]) {
    await expect(openToRun(way)).rejects.toMatchObject({
      name: 'LedgerHeldError',
      message: expect.stringMatching(
        new RegExp(
          `held by process ${String(process.pid)} on .*since 2025-06-01T12:00:00.000Z, running "wattlift run pipeline.yaml"`,
        ),
      ) as unknown,
    });
  }
});

test('a closed ledger can be held again', async () => {
  const path = await filled();
  for (const _ of [1, 2]) await (await openToRun(path)).close();
});

test('a file that another process is making at this moment is not taken for that of another program', async () => {
  const path = join(await makeFolder(), 'budget.db');
  const [ours, theirs] = [await openSqlite(path), await openSqlite(path)];
  onTestFinished(() => {
    ours.close();
    theirs.close();
  });
  let looks = 0;
  const lookedAtMidway: SqliteDatabase = {
    ...ours,
    exec: (sql) => ours.exec(sql),
    close: () => ours.close(),
    prepare: (sql) => ({
      run: (...parameters) => ours.prepare(sql).run(...parameters),
      all: (...parameters) => ours.prepare(sql).all(...parameters),
      get: (...parameters) => {
        const seen = ours.prepare(sql).get(...parameters);
        looks += 1;
        if (looks === 1) {
          claimFile(theirs, path);
          theirs.exec('create table budget_1 (name text)');
        }
        return seen;
      },
    }),
  };
  expect(() => claimFile(lookedAtMidway, path)).not.toThrow();
  expect(looks).toBeGreaterThan(0);
});

test('a ledger of an older wattlift is brought up to date by a run, with its open intents; reading only says so', async () => {
  const path = await filled();
  const raw = await openSqlite(path);
  raw.exec(`alter table intent drop column sent; alter table coverage drop column model; drop table refused; pragma user_version = 1;
    insert into intent values ('f', 'k2', 'wattcarbon/acct', 'A', 'meter', 'main', 'create_meter', 5, 60000)`);
  raw.close();
  await expect(openToRead(path)).rejects.toMatchObject({ code: 'ledger.older' });
  const run = await openToRun(path);
  expect(await run.intents()).toMatchObject([{ fingerprint: 'f', at: 5, sent: {} }]);
  expect(await run.slots('A')).toHaveLength(1);
  await run.close();
  await (await openToRead(path)).close();
});

test('a ledger of a newer wattlift is refused by both modes, before anything is changed', async () => {
  const path = await filled();
  const raw = await openSqlite(path);
  raw.exec('pragma user_version = 99');
  raw.close();
  for (const open of [openToRun, openToRead]) {
    await expect(open(path)).rejects.toMatchObject({
      code: 'ledger.newer',
      message: expect.stringMatching(/schema 99.*Upgrade wattlift/) as unknown,
    });
  }
});

test.each([
  ['a text file', async (path: string) => writeFile(path, 'id,name\n'.repeat(500)), 'ledger.not-a-ledger'],
  ['a folder', async (path: string) => mkdir(path), 'ledger.not-a-file'],
  [
    'the database of another program',
    async (path: string) => {
      const raw = await openSqlite(path);
      raw.exec('create table photo (id integer)');
      raw.close();
    },
    'ledger.not-a-ledger',
  ],
])('%s in the place of the ledger is refused by both modes', async (_what, put, code) => {
  const path = join(await makeFolder(), 'ledger.db');
  await put(path);
  await expect(openToRun(path)).rejects.toMatchObject({ code });
  await expect(openToRead(path)).rejects.toMatchObject({ code });
});

test('a folder that cannot be created is named', async () => {
  const folder = await makeFolder();
  await writeFile(join(folder, 'file'), '');
  await expect(openToRun(join(folder, 'file', 'ledger.db'))).rejects.toMatchObject({ code: 'ledger.cannot-open' });
});

test('laying spans over spans keeps every instant covered by the last that answered it', () => {
  const spans = fc.array(
    fc
      .record({ start: fc.nat(30), length: fc.integer({ min: 1, max: 10 }), askedAt: fc.nat(1_000) })
      .map(({ start, length, askedAt }): CoveredSpan => ({ start, end: start + length, askedAt, points: length * 12 })),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(spans, (all) => {
      const laid = overlay([], all);
      for (const [index, span] of laid.entries()) {
        expect(span.end).toBeGreaterThan(span.start);
        expect(span.points).toBe((span.end - span.start) * 12);
        const next = laid[index + 1];
        if (next !== undefined) expect(next.start).toBeGreaterThanOrEqual(span.end);
      }
      for (let instant = 0; instant < 45; instant += 1) {
        const holds = (span: CoveredSpan): boolean => span.start <= instant && instant < span.end;
        expect(laid.find(holds)?.askedAt).toBe(all.findLast(holds)?.askedAt);
      }
    }),
  );
});
