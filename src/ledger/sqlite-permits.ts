import { z } from 'zod';
import { type SqliteDatabase, openSqlite } from '../sqlite/open-sqlite.ts';
import type { BudgetNews, PermitAsk, Permits } from '../domain/permits.ts';
import { claimFile, explain, locate, makeFolderFor, parseRows } from './sqlite-file.ts';

/** Besides the ledger's own migrations, since a budget may lie in a file that several ledgers share. Never to be changed in place. */
const schema = `
  create table if not exists budget_1 (
    name text primary key,
    sequence integer not null,
    paused_at integer not null,
    paused_until integer not null
  ) strict, without rowid;
  create table if not exists permit_1 (
    id integer primary key autoincrement,
    budget text not null,
    owner text not null,
    written_at integer not null,
    ends_at integer not null,
    answered integer not null,
    sequence integer not null
  ) strict;
  create index if not exists permit_1_news on permit_1 (budget, sequence);`;

const budgetRow = z.object({ sequence: z.number(), paused_at: z.number(), paused_until: z.number() });
const permitRow = z
  .object({ id: z.number(), written_at: z.number(), ends_at: z.number(), answered: z.number() })
  .transform(({ id, written_at: writtenAt, ends_at: endsAt, answered }) => ({
    id: String(id),
    writtenAt,
    endsAt,
    answered: answered === 1,
  }));
const sequenceRow = z.object({ sequence: z.number() });
const idRow = z.object({ id: z.number() });

/**
 * Opens the permits in an SQLite file: the ledger's own, or one that several manifests share (`budget:`). Needs no lock on
 * the ledger; creates file and folder when absent. A commit survives the death of the process (WAL, synchronous NORMAL).
 * Throws the `WattliftError`s of `openSqliteLedger` that have to do with the file.
 */
export async function openSqlitePermits(path: string): Promise<Permits> {
  const { path: actual } = await locate(path);
  await makeFolderFor(actual);
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(actual);
    claimFile(database, actual);
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    database.exec(schema);
  } catch (error) {
    database?.close();
    throw explain(error, 'open the permits in', path);
  }
  return toPermits(database, path);
}

/** Permits that no other process sees and that end with this one: for what may not leave a file behind. */
export async function openPassingPermits(): Promise<Permits> {
  const database = await openSqlite(':memory:');
  database.exec(schema);
  return toPermits(database, 'memory');
}

function toPermits(database: SqliteDatabase, path: string): Permits {
  /** `change` returns undefined to undo. */
  const transact = <T>(change: () => T | undefined): T | undefined => {
    try {
      database.exec('begin immediate');
      try {
        const result = change();
        database.exec(result === undefined ? 'rollback' : 'commit');
        return result;
      } catch (error) {
        database.exec('rollback');
        throw error;
      }
    } catch (error) {
      throw explain(error, 'count requests in', path);
    }
  };

  const readNews = ({ budget, owner, since, at }: PermitAsk): BudgetNews => {
    const row = database.prepare('select * from budget_1 where name = ?').get(budget);
    if (row === undefined) return { sequence: 0, permits: [], pause: undefined };
    const { sequence, paused_at, paused_until } = budgetRow.parse(row);
    const changed =
      'select id, written_at, ends_at, answered from permit_1 where budget = ? and sequence > ? and owner <> ?';
    const rows =
      sequence === since
        ? []
        : since === undefined
          ? database.prepare(`${changed} and ends_at > ?`).all(budget, 0, owner, at)
          : database.prepare(changed).all(budget, since, owner);
    const pause = paused_until > 0 ? { writtenAt: paused_at, endsAt: paused_until } : undefined;
    return { sequence, permits: parseRows(permitRow, rows), pause };
  };

  const nextSequence = (budget: string): number => {
    const row = database
      .prepare(
        'insert into budget_1 (name, sequence, paused_at, paused_until) values (?, 1, 0, 0) ' +
          'on conflict (name) do update set sequence = sequence + 1 returning sequence',
      )
      .get(budget);
    return sequenceRow.parse(row).sequence;
  };

  const insert = ({ budget, owner, at, endsAt }: PermitAsk): string => {
    const row = database
      .prepare(
        'insert into permit_1 (budget, owner, written_at, ends_at, answered, sequence) values (?, ?, ?, ?, 0, ?) returning id',
      )
      .get(budget, owner, Math.floor(at), Math.ceil(endsAt), nextSequence(budget));
    return String(idRow.parse(row).id);
  };

  return {
    grant: async (asks) =>
      transact(() => {
        // Every ask must see its news, whatever the one before it decided.
        const decisions = asks.map((ask) => ask.decide(readNews(ask)));
        return decisions.every(Boolean) ? asks.map(insert) : undefined;
      }),
    settle: async (id, { at, endsAt, answered }) => {
      transact(() => {
        const row = database.prepare('select budget from permit_1 where id = ?').get(Number(id));
        if (row === undefined) return undefined;
        const { budget } = z.object({ budget: z.string() }).parse(row);
        return database
          .prepare('update permit_1 set written_at = ?, ends_at = ?, answered = ?, sequence = ? where id = ?')
          .run(Math.floor(at), Math.ceil(endsAt), answered ? 1 : 0, nextSequence(budget), Number(id));
      });
    },
    pause: async (budget, { at, endsAt }) => {
      transact(() => {
        nextSequence(budget);
        // One that was written "later" than now is from before the clock was set back: its end says nothing.
        return database
          .prepare(
            'update budget_1 set paused_at = ?1, paused_until = ?2 where name = ?3 and (paused_until < ?2 or paused_at > ?1)',
          )
          .run(Math.floor(at), Math.ceil(endsAt), budget);
      });
    },
    purge: async (budget, endedBefore) => {
      transact(() =>
        database.prepare('delete from permit_1 where budget = ? and ends_at < ?').run(budget, Math.floor(endedBefore)),
      );
    },
    close: async () => database.close(),
  };
}
