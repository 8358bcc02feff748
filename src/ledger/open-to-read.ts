import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { type SqliteDatabase, openSqlite } from '../sqlite/open-sqlite.ts';
import { schemaVersion } from './sqlite-migrations.ts';

/**
 * Opens a file to look at it, without a change that stays. A run that ended well left a plain file, and one that goes on or
 * was killed left its -wal: both can be read without writing. Only a file in WAL mode without a -wal needs one to be made,
 * by a connection that can take it away again.
 */
export async function openToRead(path: string): Promise<SqliteDatabase> {
  if (existsSync(`${path}-wal`) || !(await isInWalMode(path))) return openSqlite(path, { readOnly: true });
  let database: SqliteDatabase | undefined;
  try {
    database = await openSqlite(path, { leaveAsIs: true });
    schemaVersion(database);
    return database;
  } catch {
    // A folder that may not be written: nobody writes the file meanwhile either.
    database?.close();
    return openSqlite(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
  }
}

/** Byte 18 of an SQLite file's header is 2 in WAL mode (https://www.sqlite.org/fileformat2.html, 1.3.3). */
async function isInWalMode(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 18);
    return bytesRead === 1 && buffer[0] === 2;
  } finally {
    await file.close();
  }
}
