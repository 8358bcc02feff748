import { WattliftError } from '../domain/errors.ts';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import { readNumber } from './sqlite-file.ts';

/**
 * The ledger's schema, one entry a version, forward only: an entry that was released is never edited, the next one follows.
 * The number of the last applied one is the file's `user_version`. Permits have a table of their own (`sqlite-permits.ts`).
 */
const migrations: readonly string[] = [
  `create table work (
     key text primary key,
     step text not null,
     state text not null check (state in ('done', 'failed', 'uncertain')),
     result text,
     remote_id text,
     error_code text,
     error_message text,
     at integer not null
   ) strict, without rowid;
   create index work_unfinished on work (state) where state <> 'done';

   create table slot (
     site text not null,
     scope text not null,
     step text not null,
     item text not null,
     key text not null,
     primary key (site, scope, step, item)
   ) strict, without rowid;
   create index slot_key on slot (key);

   create table intent (
     fingerprint text primary key,
     key text not null,
     scope text not null,
     site text not null,
     step text not null,
     item text not null,
     operation text not null,
     at integer not null,
     timeout_ms integer not null
   ) strict, without rowid;

   create table object (
     scope text not null,
     kind text not null,
     id text not null,
     remote_id text not null,
     key text not null,
     primary key (scope, kind, id)
   ) strict, without rowid;

   create table series (
     name text primary key,
     period_seconds real not null
   ) strict, without rowid;
   create table coverage (
     series text not null,
     start_at integer not null,
     end_at integer not null,
     asked_at integer not null,
     points integer not null,
     primary key (series, start_at)
   ) strict, without rowid;

   create table input (
     reading text primary key,
     files text not null,
     found text not null
   ) strict, without rowid;
   create table document (
     url text primary key,
     body text not null,
     sha256 text not null,
     at integer not null
   ) strict;

   create table run (
     id text primary key,
     at integer not null,
     command text not null,
     ended_at integer,
     exit_code integer,
     summary text
   ) strict;
   create table holder (
     one integer primary key check (one = 1),
     pid integer not null,
     host text not null,
     command text not null,
     since integer not null
   ) strict;`,
  // An intent of before says nothing of what was sent.
  "alter table intent add column sent text not null default '{}';",
  // An answer of before says nothing of its model: it goes with any.
  'alter table coverage add column model text;',
  `create table refused (
     scope text not null,
     operation text not null,
     byte_length integer not null,
     at integer not null,
     primary key (scope, operation)
   ) strict, without rowid;`,
];

/** The schema version that this program writes. */
export const currentSchema = migrations.length;

/** The schema version of a ledger file; 0 for one that has no ledger in it yet. */
export function schemaVersion(database: SqliteDatabase): number {
  return readNumber(database, 'pragma user_version', 'user_version');
}

/**
 * Brings the schema up to date, or refuses it: `ledger.newer` when a newer wattlift wrote it.
 * Nothing is changed before the refusal.
 */
export function migrate(database: SqliteDatabase, path: string): void {
  refuseNewer(database, path);
  if (schemaVersion(database) === migrations.length) return;
  database.exec('begin immediate');
  try {
    for (const sql of migrations.slice(schemaVersion(database))) database.exec(sql);
    database.exec(`pragma user_version = ${String(migrations.length)}; commit`);
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

/** Refuses a schema that this version cannot read as it is: `ledger.newer` or `ledger.older`. */
export function requireCurrent(database: SqliteDatabase, path: string): void {
  refuseNewer(database, path);
  const version = schemaVersion(database);
  if (version === migrations.length) return;
  throw new WattliftError(
    'ledger.older',
    `the ledger ${path} has schema ${String(version)} and this wattlift reads schema ${String(migrations.length)}; ` +
      'the next "wattlift run" brings it up to date',
  );
}

function refuseNewer(database: SqliteDatabase, path: string): void {
  const version = schemaVersion(database);
  if (version <= migrations.length) return;
  throw new WattliftError(
    'ledger.newer',
    `the ledger ${path} has schema ${String(version)}, written by a newer wattlift; this one knows schema ` +
      `${String(migrations.length)}. Upgrade wattlift, or name another file under "ledger:"`,
  );
}
