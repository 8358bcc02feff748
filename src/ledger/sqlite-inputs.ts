import { z } from 'zod';
import type { InputStamp, Ledger, RecordedRun } from './ledger.ts';
import { type SqliteAccess, parseJson } from './sqlite-works.ts';

const inputRow = z.object({ files: z.string(), found: z.string() });
const refusedRow = z.object({ byte_length: z.number() });
const recordedRun = z
  .object({
    command: z.string(),
    at: z.number(),
    ended_at: z.number().nullable(),
    exit_code: z.number().nullable(),
    summary: z.string().nullable(),
  })
  .transform(({ command, at, ended_at: endedAt, exit_code: exitCode, summary }): RecordedRun => ({
    command,
    at,
    ...(endedAt !== null && { endedAt }),
    ...(exitCode !== null && { exitCode }),
    ...(summary !== null && { summary: parseJson(summary) }),
  }));
const documentRow = z.object({ url: z.string(), body: z.string(), sha256: z.string(), at: z.number() });

/** What was found in files and fetched descriptions, so that nothing unchanged is read again; and the list of runs. */
export function sqliteInputs({
  database,
  write,
}: SqliteAccess): Pick<
  Ledger,
  | 'input'
  | 'rememberInput'
  | 'document'
  | 'rememberDocument'
  | 'refusedLength'
  | 'rememberRefused'
  | 'startRun'
  | 'endRun'
  | 'lastRun'
> {
  return {
    input: async (reading, files) => {
      const row = database.prepare('select files, found from input where reading = ?').get(reading);
      if (row === undefined) return undefined;
      const known = inputRow.parse(row);
      return known.files === describe(files) ? parseJson(known.found) : undefined;
    },
    rememberInput: (reading, files, found) =>
      write(() => {
        database
          .prepare('insert or replace into input (reading, files, found) values (?, ?, ?)')
          .run(reading, describe(files), JSON.stringify(found));
      }),
    document: async (url) => {
      const row = database.prepare('select * from document where url = ?').get(url);
      return row && documentRow.parse(row);
    },
    rememberDocument: ({ url, body, sha256, at }) =>
      write(() => {
        database
          .prepare('insert or replace into document (url, body, sha256, at) values (?, ?, ?, ?)')
          .run(url, body, sha256, at);
      }),
    refusedLength: async (scope, operation) => {
      const row = database
        .prepare('select byte_length from refused where scope = ? and operation = ?')
        .get(scope, operation);
      return row && refusedRow.parse(row).byte_length;
    },
    rememberRefused: (scope, operation, byteLength, at) =>
      write(() => {
        database
          .prepare(
            `insert into refused (scope, operation, byte_length, at) values (?, ?, ?, ?)
             on conflict do update set byte_length = excluded.byte_length, at = excluded.at
             where excluded.byte_length < byte_length`,
          )
          .run(scope, operation, byteLength, at);
      }),
    startRun: ({ id, at, command }) =>
      write(() => {
        database.prepare('insert into run (id, at, command) values (?, ?, ?)').run(id, at, command);
      }),
    endRun: ({ id, at, exitCode, summary }) =>
      write(() => {
        database
          .prepare('update run set ended_at = ?, exit_code = ?, summary = ? where id = ?')
          .run(at, exitCode, JSON.stringify(summary), id);
      }),
    lastRun: async () => {
      const row = database
        .prepare(
          "select command, at, ended_at, exit_code, summary from run where command like 'run %' order by at desc limit 1",
        )
        .get();
      return row && recordedRun.parse(row);
    },
  };
}

/** Equal text for equal files, in whatever order they were found. */
function describe(files: readonly InputStamp[]): string {
  const rows = files.map(({ path, size, mtimeNs, inode }) => JSON.stringify([path, size, mtimeNs, inode]));
  return `[${rows.toSorted().join(',')}]`;
}
