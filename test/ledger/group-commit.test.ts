import { expect, test } from 'vitest';
import { GroupCommit } from '../../src/ledger/group-commit.ts';
import { openSqlite, type SqliteDatabase } from '../../src/sqlite/open-sqlite.ts';

async function openWatched(): Promise<{ readonly database: SqliteDatabase; readonly commits: () => number }> {
  const database = await openSqlite(':memory:');
  database.exec('create table entry (name text primary key) strict');
  const said: string[] = [];
  return {
    database: {
      ...database,
      exec: (sql) => {
        said.push(sql);
        database.exec(sql);
      },
    },
    commits: () => said.filter((sql) => sql === 'commit').length,
  };
}

test('changes of one turn share one commit, and the next turn has its own', async () => {
  const { database, commits } = await openWatched();
  const group = new GroupCommit(database, 'ledger.db');
  const insert = (name: string): Promise<string> =>
    group.write(() => {
      database.prepare('insert into entry (name) values (?)').run(name);
      return name;
    });
  const outcomes = await Promise.allSettled(['a', 'b', 'a', 'c'].map(insert));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(commits()).toBe(1);
  await insert('d');
  expect(commits()).toBe(2);
  expect(database.prepare('select name from entry order by name').all()).toHaveLength(4);
});

test('when the commit fails, every change of the turn says so', async () => {
  const { database } = await openWatched();
  const failing: SqliteDatabase = {
    ...database,
    exec: (sql) => {
      if (sql === 'commit') throw new Error('database or disk is full');
      database.exec(sql);
    },
  };
  const group = new GroupCommit(failing, 'ledger.db');
  const outcomes = await Promise.allSettled([group.write(() => 1), group.write(() => 2)]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('disk is full') as unknown },
    });
  }
});
