import { z } from 'zod';
import { type Json, sha256 } from '../domain/json.ts';
import { type SqliteDatabase, openSqlite } from '../sqlite/open-sqlite.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS meters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS meters_account ON meters (account);
  CREATE TABLE IF NOT EXISTS uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, meter INTEGER NOT NULL REFERENCES meters (id), kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, rows INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL,
    effect TEXT NOT NULL DEFAULT 'replace'
  );
  CREATE INDEX IF NOT EXISTS uploads_meter ON uploads (meter);
  CREATE TABLE IF NOT EXISTS assets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, custom_id TEXT, body TEXT NOT NULL,
    at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, custom_id)
  );
  CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, asset INTEGER NOT NULL REFERENCES assets (id), type TEXT NOT NULL,
    name TEXT NOT NULL, sha256 TEXT NOT NULL, events INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL
  );
  CREATE INDEX IF NOT EXISTS documents_asset ON documents (asset);
  CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, password_sha256 TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS requests (
    api TEXT NOT NULL, operation TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (api, operation, outcome)
  ) WITHOUT ROWID;
`;

/** Columns that files of earlier versions lack. */
const laterColumns = [
  { table: 'meters', column: 'at', as: 'INTEGER NOT NULL DEFAULT 0' },
  { table: 'assets', column: 'at', as: 'INTEGER NOT NULL DEFAULT 0' },
  { table: 'uploads', column: 'effect', as: "TEXT NOT NULL DEFAULT 'replace'" },
] as const;

const effect = z.enum(['replace', 'append']);
const newRow = z.object({ id: z.number() });
const objectRow = z.object({ id: z.number(), account: z.string(), body: z.string(), at: z.number() });
const uploadRow = z.object({
  id: z.number(),
  meter: z.number(),
  kind: z.enum(['intervals', 'bills']),
  sha256: z.string(),
  rows: z.number(),
  at: z.number(),
  effect,
});
const contentRow = z.object({ kind: z.enum(['intervals', 'bills']), bytes: z.instanceof(Uint8Array), effect });
const documentRow = z.object({
  id: z.number(),
  asset: z.number(),
  type: z.string(),
  name: z.string(),
  sha256: z.string(),
  events: z.number(),
  at: z.number(),
});
const requestRow = z.object({ api: z.string(), operation: z.string(), outcome: z.string(), count: z.number() });

/** A meter or an asset: its fields as they were sent. `at` is wall milliseconds. */
export interface StoredObject {
  readonly id: number;
  readonly account: string;
  readonly fields: { readonly [field: string]: Json };
  readonly at: number;
}

/** One accepted upload, without its bytes: it replaced what was there of its span, or came beside it. `at` is wall milliseconds. */
export type StoredUpload = Readonly<z.infer<typeof uploadRow>>;

/** The bytes of an accepted upload as they came. */
export type UploadContent = Readonly<z.infer<typeof contentRow>>;

/** One accepted document, without its bytes. */
export type StoredDocument = Readonly<z.infer<typeof documentRow>>;

/** How many requests of an operation ended so: a status, or `lost`, `cut`, `hang`. */
export type RequestCount = Readonly<z.infer<typeof requestRow>>;

/**
 * What the two APIs hold, in SQLite: in memory, or in a file that survives a killed process. Everything happens inside
 * `transaction`, which is committed before the server writes its answer.
 */
export class SandboxStateStore {
  readonly #database: SqliteDatabase;

  private constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Opens or creates the state; without a file it ends with `close`. */
  static async open(file: string | undefined): Promise<SandboxStateStore> {
    const database = await openSqlite(file ?? ':memory:');
    // A commit must survive the death of the process, not a power cut: WAL needs no sync for that.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(schema);
    for (const { table, column, as } of laterColumns) {
      const known = database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column);
      if (known === undefined) {
        database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${as}`);
      }
    }
    return new SandboxStateStore(database);
  }

  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  countRequest(api: string, operation: string, outcome: string): void {
    this.#database
      .prepare(
        `INSERT INTO requests VALUES (?, ?, ?, 1)
         ON CONFLICT DO UPDATE SET count = count + 1`,
      )
      .run(api, operation, outcome);
  }

  requestCounts(): RequestCount[] {
    return requestRow.array().parse(this.#database.prepare('SELECT * FROM requests').all());
  }

  /** Keeps a WattTime user; false when the name is taken. */
  addUser(name: string, password: string): boolean {
    const sql = 'INSERT INTO users VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING name';
    return this.#database.prepare(sql).get(name, sha256(`${name}:${password}`)) !== undefined;
  }

  /** Whether that is the user's password; undefined for a name that is not kept. */
  checkUser(name: string, password: string): boolean | undefined {
    const row = this.#database.prepare('SELECT password_sha256 = ? AS good FROM users WHERE name = ?');
    const found = row.get(sha256(`${name}:${password}`), name);
    return found === undefined ? undefined : z.object({ good: z.number() }).parse(found).good === 1;
  }

  addMeter(account: string, fields: StoredObject['fields'], at: number): number {
    const sql = 'INSERT INTO meters (account, body, at) VALUES (?, ?, ?) RETURNING id';
    return newRow.parse(this.#database.prepare(sql).get(account, JSON.stringify(fields), at)).id;
  }

  /** One meter of an account. */
  meter(account: string, id: number): StoredObject | undefined {
    return this.#objects('meters', account, id)[0];
  }

  /** The meters of an account, or of all of them, in the order of their creation. */
  meters(account?: string): StoredObject[] {
    return this.#objects('meters', account);
  }

  addUpload(upload: Omit<StoredUpload, 'id'>, bytes: Uint8Array): void {
    this.#database
      .prepare('INSERT INTO uploads (meter, kind, sha256, rows, at, effect, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(upload.meter, upload.kind, upload.sha256, upload.rows, upload.at, upload.effect, bytes);
  }

  /** All uploads in the order they came. */
  uploads(): StoredUpload[] {
    const sql = 'SELECT id, meter, kind, sha256, rows, at, effect FROM uploads ORDER BY id';
    return uploadRow.array().parse(this.#database.prepare(sql).all());
  }

  /** What was uploaded to a meter, in the order it came. */
  contents(meter: number): UploadContent[] {
    const sql = 'SELECT kind, bytes, effect FROM uploads WHERE meter = ? ORDER BY id';
    return contentRow.array().parse(this.#database.prepare(sql).all(meter));
  }

  /** The new asset's id, or undefined when the account has one with this `customId`. */
  addAsset(
    account: string,
    customId: string | undefined,
    fields: StoredObject['fields'],
    at: number,
  ): number | undefined {
    const sql =
      'INSERT INTO assets (account, custom_id, body, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id';
    const row = this.#database.prepare(sql).get(account, customId ?? null, JSON.stringify(fields), at);
    return row === undefined ? undefined : newRow.parse(row).id;
  }

  /** One asset of an account. */
  asset(account: string, id: number): StoredObject | undefined {
    return this.#objects('assets', account, id)[0];
  }

  /** Gives an asset other fields; its `customId` is the caller's to keep. */
  changeAsset(id: number, fields: StoredObject['fields']): void {
    this.#database.prepare('UPDATE assets SET body = ? WHERE id = ?').run(JSON.stringify(fields), id);
  }

  assets(account?: string): StoredObject[] {
    return this.#objects('assets', account);
  }

  addDocument(document: Omit<StoredDocument, 'id'>, bytes: Uint8Array): number {
    const sql =
      'INSERT INTO documents (asset, type, name, sha256, events, at, bytes) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id';
    const { asset, type, name, sha256, events, at } = document;
    return newRow.parse(this.#database.prepare(sql).get(asset, type, name, sha256, events, at, bytes)).id;
  }

  removeDocument(id: number): void {
    this.#database.prepare('DELETE FROM documents WHERE id = ?').run(id);
  }

  /** The documents of an asset, or all of them. */
  documents(asset?: number): StoredDocument[] {
    const sql =
      'SELECT id, asset, type, name, sha256, events, at FROM documents WHERE asset = coalesce(?, asset) ORDER BY id';
    return documentRow.array().parse(this.#database.prepare(sql).all(asset ?? null));
  }

  /** Moves what the write-ahead log holds into the file, and closes it. */
  close(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  #objects(table: 'meters' | 'assets', account?: string, id?: number): StoredObject[] {
    const sql = `SELECT id, account, body, at FROM ${table}
      WHERE account = coalesce(?, account) AND id = coalesce(?, id) ORDER BY id`;
    return objectRow
      .array()
      .parse(this.#database.prepare(sql).all(account ?? null, id ?? null))
      .map(({ body, ...row }) => ({ ...row, fields: z.record(z.string(), z.json()).parse(JSON.parse(body)) }));
  }
}
