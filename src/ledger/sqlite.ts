import type { Clock } from '../domain/clock.ts';
import { WattliftError } from '../domain/errors.ts';
import { type SqliteDatabase, openSqlite } from '../sqlite/open-sqlite.ts';
import { GroupCommit } from './group-commit.ts';
import type { Ledger } from './ledger.ts';
import { openToRead } from './open-to-read.ts';
import { sqliteCoverage } from './sqlite-coverage.ts';
import { claimFile, explain, explaining, locate, makeFolderFor, requireOurs } from './sqlite-file.ts';
import { sqliteInputs } from './sqlite-inputs.ts';
import { sqliteIntents } from './sqlite-intents.ts';
import { signHolder, takeLock } from './sqlite-lock.ts';
import { migrate, requireCurrent, schemaVersion } from './sqlite-migrations.ts';
import { sqliteSites } from './sqlite-sites.ts';
import { type SqliteAccess, sqliteWorks } from './sqlite-works.ts';

/**
 * `run` holds the ledger against every other run until it is closed or the process ends, and creates what is missing.
 * `read` looks at what is there, also while a run holds it: it creates nothing, and no ledger reads as an empty one.
 */
export type SqliteLedgerOptions =
  | {
      readonly mode: 'run';
      readonly clock: Pick<Clock, 'now'>;
      /** What the next run is told about this one, without secrets: `wattlift run pipeline.yaml`. */
      readonly command: string;
    }
  | { readonly mode: 'read'; readonly clock?: Pick<Clock, 'now'> };

/**
 * Opens the ledger of one machine, an SQLite file in WAL mode with full sync: what a call has acknowledged survives a kill
 * and a power cut. An object is owned by `String(id)`: 7 and "7" are the same object, and each comes back as it was given.
 * Throws `LedgerHeldError` (only `run`), or `WattliftError` with `ledger.newer`, `ledger.older` (only `read`),
 * `ledger.not-a-file`, `ledger.not-a-ledger`, `ledger.corrupt`, `ledger.cannot-open`, `ledger.cannot-write`.
 */
export async function openSqliteLedger(path: string, options: SqliteLedgerOptions): Promise<Ledger> {
  const file = await locate(path);
  if (options.mode === 'run') return openForRun(file.path, options.command, options.clock.now());
  return openForRead(file.exists ? file.path : undefined, path);
}

async function openForRun(path: string, command: string, now: number): Promise<Ledger> {
  await makeFolderFor(path);
  const letGo = await takeLock(path);
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(path);
    claimFile(database, path);
    database.exec('pragma journal_mode = wal; pragma synchronous = full');
    migrate(database, path);
    signHolder(database, command, now);
  } catch (error) {
    database?.close();
    letGo();
    throw explain(error, 'open the ledger', path);
  }
  const held = database;
  const commits = new GroupCommit(held, path);
  const read = explaining(held, 'read the ledger', path);
  return toLedger({ database: read, write: (change) => commits.write(change) }, () => {
    commits.close();
    held.close();
    letGo();
  });
}

async function openForRead(path: string | undefined, name: string): Promise<Ledger> {
  let database: SqliteDatabase | undefined;
  try {
    database = path === undefined ? await openEmpty() : await openToRead(path);
    requireOurs(database, name);
    if (schemaVersion(database) === 0) {
      // A budget may have been opened in this file before any ledger was.
      database.close();
      database = await openEmpty();
    }
    requireCurrent(database, name);
  } catch (error) {
    database?.close();
    throw explain(error, 'read the ledger', name);
  }
  const opened = database;
  const refuse = (): Promise<never> =>
    Promise.reject(
      new WattliftError('ledger.read-only', `the ledger ${name} was opened to read, and cannot be written`),
    );
  return toLedger({ database: explaining(opened, 'read the ledger', name), write: refuse }, () => opened.close());
}

async function openEmpty(): Promise<SqliteDatabase> {
  const database = await openSqlite(':memory:');
  claimFile(database, ':memory:');
  migrate(database, ':memory:');
  return database;
}

function toLedger(access: SqliteAccess, close: () => void): Ledger {
  let open = true;
  return {
    ...sqliteWorks(access),
    ...sqliteIntents(access),
    ...sqliteCoverage(access),
    ...sqliteInputs(access),
    sites: (match) => sqliteSites(access.database, match),
    close: async () => {
      if (open) close();
      open = false;
    },
  };
}
