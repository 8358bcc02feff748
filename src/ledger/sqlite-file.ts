import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import { type SqliteDatabase, type SqliteRow, sqliteCode } from '../sqlite/open-sqlite.ts';

/** Stands in the header of every file that a ledger or a budget lives in: "WATT" in ASCII. */
const applicationId = 0x57415454;

const adviceByCode: ReadonlyMap<number | undefined, readonly [code: string, advice: string]> = new Map([
  [5, ['ledger.busy', 'another process kept it locked; see who has it open, then run again']],
  [8, ['ledger.cannot-write', 'check that the file and its folder may be written']],
  [11, ['ledger.corrupt', 'the file is damaged; keep it, and put a copy from before in its place']],
  [13, ['ledger.disk-full', 'make room on the disk, then run again']],
  [26, ['ledger.not-a-ledger', 'it is not an SQLite file; name another file, or move this one away']],
]);
const otherAdvice = ['ledger.cannot-open', 'check the path, its folder and the permissions'] as const;

/**
 * The file's one true path, whatever links lead to it: SQLite names `-wal` by it, and the lock stands beside it.
 * Throws `ledger.not-a-file` for a folder.
 */
export async function locate(path: string): Promise<{ readonly path: string; readonly exists: boolean }> {
  const absolute = resolve(path);
  try {
    const actual = await realpath(absolute);
    if ((await stat(actual)).isDirectory()) {
      throw new WattliftError(
        'ledger.not-a-file',
        `the ledger ${path} is a folder; name a file, such as ${join(path, 'ledger.db')}`,
      );
    }
    return { path: actual, exists: true };
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  try {
    return { path: join(await realpath(dirname(absolute)), basename(absolute)), exists: false };
  } catch (error) {
    if (isAbsent(error)) return { path: absolute, exists: false };
    throw error;
  }
}

/** Creates the folder a ledger or budget file is to lie in. Throws `ledger.cannot-open`. */
export async function makeFolderFor(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw explain(error, 'create the folder for', path);
  }
}

/** Marks an empty file as ours. Throws `ledger.not-a-ledger` for an SQLite file of another program. */
export function claimFile(database: SqliteDatabase, path: string): void {
  requireOurs(database, path);
  if (!isOurs(database)) database.exec(`pragma application_id = ${String(applicationId)}`);
}

/** Throws `ledger.not-a-ledger` for an SQLite file of another program; an empty one passes. */
export function requireOurs(database: SqliteDatabase, path: string): void {
  // In this order: another process may be making the file at this moment, and marks it before it makes the first table.
  if (hasTables(database) && !isOurs(database)) throw foreign(path);
}

/** SQLite's errors in words that say what to do; errors of our own pass through. */
export function explain(error: unknown, doing: string, path: string): Error {
  if (error instanceof WattliftError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const [code, advice] = adviceByCode.get(sqliteCode(error)) ?? otherAdvice;
  return new WattliftError(code, `could not ${doing} ${path}: ${said}; ${advice}`, { cause: error });
}

/** The same connection; what SQLite throws is explained as trouble with `doing` that to the file. */
export function explaining(database: SqliteDatabase, doing: string, path: string): SqliteDatabase {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw sqliteCode(error) === undefined ? error : explain(error, doing, path);
    }
  };
  return {
    exec: (sql) => attempt(() => database.exec(sql)),
    prepare: (sql) => {
      const statement = attempt(() => database.prepare(sql));
      return {
        run: (...parameters) => attempt(() => statement.run(...parameters)),
        get: (...parameters) => attempt(() => statement.get(...parameters)),
        all: (...parameters) => attempt(() => statement.all(...parameters)),
      };
    },
    close: () => database.close(),
  };
}

/** The whole number that a query of one row and one column gives. */
export function readNumber(database: SqliteDatabase, sql: string, column: string): number {
  return z.number().parse(database.prepare(sql).get()?.[column]);
}

/** Puts rows through their schema. */
export function parseRows<Row>(schema: z.ZodType<Row>, rows: readonly SqliteRow[]): readonly Row[] {
  return rows.map((row) => schema.parse(row));
}

function isOurs(database: SqliteDatabase): boolean {
  return readNumber(database, 'pragma application_id', 'application_id') === applicationId;
}

function hasTables(database: SqliteDatabase): boolean {
  return readNumber(database, 'select count(*) as tables from sqlite_schema', 'tables') > 0;
}

function foreign(path: string): WattliftError {
  return new WattliftError('ledger.not-a-ledger', `${path} is an SQLite file of another program; name another file`);
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
