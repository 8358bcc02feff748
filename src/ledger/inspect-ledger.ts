import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import type { RecordedRun } from './ledger.ts';
import { openToRead } from './open-to-read.ts';
import { explain, locate, parseRows, readNumber, requireOurs } from './sqlite-file.ts';
import { currentSchema, schemaVersion } from './sqlite-migrations.ts';

/** What there is to say of a ledger's file without going through its sites. */
export interface LedgerFacts {
  readonly bytes: number;
  /** Its schema, and the one this program writes; 0 for a file that holds permits alone. */
  readonly schema: number;
  readonly currentSchema: number;
  /** What SQLite finds wrong with the file, and what the ledger finds wrong with its rows; empty when it is whole. */
  readonly damage: readonly string[];
  /** Counts and the last run; absent for another schema. */
  readonly holds?: {
    readonly sites: number;
    readonly failed: number;
    readonly uncertain: number;
    readonly unanswered: number;
    /** The last thing that was done with it, by hand too. */
    readonly lastRun: RecordedRun | undefined;
  };
}

const checkRow = z.object({ integrity_check: z.string() });
const runRow = z
  .object({ at: z.number(), command: z.string(), ended_at: z.number().nullable(), exit_code: z.number().nullable() })
  .transform(({ at, command, ended_at: endedAt, exit_code: exitCode }): RecordedRun => ({
    at,
    command,
    ...(endedAt !== null && { endedAt }),
    ...(exitCode !== null && { exitCode }),
  }));

/**
 * Examines a ledger's file from end to end; changes nothing. Undefined when there is none. Throws the `WattliftError`s of
 * `openSqliteLedger` for a file that cannot be read at all.
 */
export async function inspectLedger(name: string): Promise<LedgerFacts | undefined> {
  const { path, exists } = await locate(name);
  if (!exists) return undefined;
  let database: SqliteDatabase | undefined;
  try {
    database = await openToRead(path);
    requireOurs(database, name);
    const schema = schemaVersion(database);
    const found = parseRows(checkRow, database.prepare('pragma integrity_check(20)').all());
    const damage = found.map((row) => row.integrity_check).filter((said) => said !== 'ok');
    const facts = { bytes: (await stat(path)).size, schema, currentSchema, damage };
    if (schema !== currentSchema || damage.length > 0) return facts;
    return { ...facts, damage: findLoose(database), holds: readHolds(database) };
  } catch (error) {
    throw explain(error, 'read the ledger', name);
  } finally {
    database?.close();
  }
}

/** Slots that point nowhere: a site's item would be done again. */
function findLoose(database: SqliteDatabase): readonly string[] {
  const loose = readNumber(
    database,
    'select count(*) as loose from slot left join work using (key) where work.key is null',
    'loose',
  );
  return loose === 0 ? [] : [`${String(loose)} slots point at work that is not there`];
}

function readHolds(database: SqliteDatabase): NonNullable<LedgerFacts['holds']> {
  const countOf = (sql: string): number => readNumber(database, `select count(*) as n from ${sql}`, 'n');
  const [lastRun] = parseRows(
    runRow,
    database.prepare('select at, command, ended_at, exit_code from run order by at desc limit 1').all(),
  );
  return {
    sites: countOf('(select distinct site from slot)'),
    failed: countOf("slot join work using (key) where state = 'failed'"),
    uncertain: countOf("slot join work using (key) where state = 'uncertain'"),
    unanswered: countOf('intent'),
    lastRun,
  };
}
