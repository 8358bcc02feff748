import { WattliftError } from '../domain/errors.ts';

/** What SQLite stores. Numbers are bound as doubles: an INTEGER column takes back what is whole. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** One row, by column name. Comes from a file: check it before believing it. */
export type SqliteRow = Readonly<Record<string, unknown>>;

/** A prepared statement. All calls are synchronous and throw what SQLite says (see `sqliteCode`). */
export interface SqliteStatement {
  run(...parameters: readonly SqliteValue[]): { readonly changes: number | bigint };
  get(...parameters: readonly SqliteValue[]): SqliteRow | undefined;
  all(...parameters: readonly SqliteValue[]): readonly SqliteRow[];
}

/** An open SQLite file, one connection. */
export interface SqliteDatabase {
  exec(sql: string): void;
  /** The same text gives the same statement: it is compiled once. */
  prepare(sql: string): SqliteStatement;
  /** Closes the file and, where nobody else has it open, its -wal. Everything called afterwards throws; closing twice does nothing. */
  close(): void;
}

export interface SqliteOptions {
  /** Open what is there without being able to write. Default false: the file is created when absent. */
  readonly readOnly?: boolean;
  /** Look without changing a byte of the file: the journal mode is left as it is. Default false. */
  readonly leaveAsIs?: boolean;
  /** How long a statement waits for another connection's lock. Default 5,000. */
  readonly busyTimeoutMs?: number;
}

/** The part of `node:sqlite` that is used; `@photostructure/sqlite` has the same. */
interface Driver {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean; readonly timeout: number },
  ) => { exec(sql: string): void; prepare(sql: string): SqliteStatement; close(): void };
}

/**
 * Opens an SQLite file through Node's own `node:sqlite` where there is one (Node 22.13 and newer), else through
 * `@photostructure/sqlite`. Neither is loaded before the first call.
 * Throws `WattliftError` `sqlite.unavailable` when there is neither, and SQLite's own error when the file cannot be opened.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<SqliteDatabase> {
  const { DatabaseSync } = await loadDriver();
  const { readOnly = false, leaveAsIs = readOnly, busyTimeoutMs = 5_000 } = options;
  const database = new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs });
  // Not every release of both drivers knows the `timeout` option; it must stand before anything asks for a lock.
  database.exec(`pragma busy_timeout = ${String(Math.trunc(busyTimeoutMs))}`);
  const statements = new Map<string, SqliteStatement>();
  let open = true;
  return {
    exec: (sql) => {
      database.exec(sql);
    },
    prepare: (sql) => {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    close: () => {
      if (!open) return;
      open = false;
      if (!leaveAsIs) leaveWal(database);
      statements.clear();
      database.close();
    },
  };
}

/**
 * Leaves one plain file behind, if nobody else has it open, so that a reader needs neither -wal nor -shm.
 * A plain close would do, but @photostructure/sqlite keeps the connection half open as long as a statement is not collected.
 */
function leaveWal(database: { exec(sql: string): void }): void {
  for (const pragma of ['journal_mode = delete', 'wal_checkpoint(truncate)']) {
    try {
      database.exec(`pragma busy_timeout = 0; pragma ${pragma}`);
      return;
    } catch {
      // Another connection is at work: the last one to close does it, and until then the files are right as they are.
    }
  }
}

/** SQLite's primary result code of an error that a driver threw: 5 busy, 8 read-only, 11 corrupt, 14 cannot open, 26 no database. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

async function loadDriver(): Promise<Driver> {
  const own = loadOwnDriver();
  if (own !== undefined) return own;
  try {
    const packaged: unknown = await import('@photostructure/sqlite');
    if (isDriver(packaged)) return packaged;
  } catch (error) {
    throw unavailable(error);
  }
  throw unavailable(undefined);
}

function loadOwnDriver(): Driver | undefined {
  // Loading node:sqlite says that it is experimental, once, on stderr. Only that sentence is held back, only while it loads.
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const warn = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]) => {
    if (!String(warning).includes('SQLite is an experimental feature'))
      Reflect.apply(warn, process, [warning, ...rest]);
  };
  try {
    const module: unknown = process.getBuiltinModule('node:sqlite');
    return isDriver(module) ? module : undefined;
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, 'emitWarning');
    else Object.defineProperty(process, 'emitWarning', own);
  }
}

function isDriver(module: unknown): module is Driver {
  return (
    typeof module === 'object' &&
    module !== null &&
    'DatabaseSync' in module &&
    typeof module.DatabaseSync === 'function'
  );
}

function unavailable(cause: unknown): WattliftError {
  return new WattliftError(
    'sqlite.unavailable',
    `SQLite cannot be loaded on Node ${process.versions.node}: it has no node:sqlite, and the optional package ` +
      '@photostructure/sqlite is not installed. Use Node 22.13 or newer, or install wattlift without --omit=optional',
    { cause },
  );
}
