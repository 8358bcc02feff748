import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { LedgerHeldError } from '../domain/errors.ts';
import { type SqliteDatabase, openSqlite, sqliteCode } from '../sqlite/open-sqlite.ts';
import { explain } from './sqlite-file.ts';

/** Whose run it is, as it signed itself. */
type Holder = Readonly<z.infer<typeof holderRow>>;

const holderRow = z.object({ pid: z.number(), host: z.string(), command: z.string(), since: z.number() });

/**
 * Takes the ledger for this process, at once or not at all: an exclusive transaction on `<ledger>.lock`. The operating
 * system drops it with the process, however that ends. The file stays and means nothing by itself.
 * Returns how to let go. Throws `LedgerHeldError`, which says who holds it.
 */
export async function takeLock(path: string): Promise<() => void> {
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(`${path}.lock`, { busyTimeoutMs: 0 });
    // Without a rollback journal there is nothing for a killed holder to leave behind.
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database?.close();
    if (sqliteCode(error) === 5) throw new LedgerHeldError(await describeHolder(path));
    throw explain(error, 'lock', `${path}.lock`);
  }
  const held = database;
  return () => {
    held.exec('rollback');
    held.close();
  };
}

/** Leaves this process's card in the ledger, for `describeHolder` in another one. */
export function signHolder(database: SqliteDatabase, command: string, since: number): void {
  database
    .prepare('insert or replace into holder (one, pid, host, command, since) values (1, ?, ?, ?, ?)')
    .run(process.pid, hostname(), command, since);
}

/**
 * Asks, without taking it, whether a run holds the ledger now, and which: undefined when none does, `unknown` for one that
 * has not signed itself. The question is over in no time, and a run that starts in just that moment would be refused.
 */
export async function readLock(path: string): Promise<Holder | 'unknown' | undefined> {
  const lock = `${path}.lock`;
  if (!existsSync(lock)) return undefined;
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(lock, { readOnly: true, busyTimeoutMs: 0 });
    database.prepare('select count(*) from sqlite_schema').get();
    return undefined;
  } catch (error) {
    if (sqliteCode(error) !== 5) throw explain(error, 'look at', lock);
    return (await readHolder(path)) ?? 'unknown';
  } finally {
    database?.close();
  }
}

async function describeHolder(path: string): Promise<string> {
  const holder = await readHolder(path);
  const who =
    holder === undefined
      ? 'another run'
      : `process ${String(holder.pid)} on ${holder.host}, since ${new Date(holder.since).toISOString()}, running "${holder.command}"`;
  return `the ledger ${path} is held by ${who}; wait for it to end or stop it, then run again`;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(path, { readOnly: true, busyTimeoutMs: 1_000 });
    return holderRow.safeParse(database.prepare('select pid, host, command, since from holder').get()).data;
  } catch {
    // It has just begun and has not created its tables yet: who it is cannot be told.
    return undefined;
  } finally {
    database?.close();
  }
}
