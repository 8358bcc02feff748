import { z } from 'zod';
import { UncertainError, WattliftError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { RemoteId } from '../domain/remote.ts';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import type { Finish, Holding, Ledger, OwnedObject, Slot, Work } from './ledger.ts';
import { parseRows } from './sqlite-file.ts';

/** How the parts of the SQLite ledger reach the file: read at once, or write with the others of this turn. */
export interface SqliteAccess {
  readonly database: SqliteDatabase;
  readonly write: <T>(change: () => T) => Promise<T>;
}

const remoteId = z.union([z.string(), z.number()]);

/** A row of `work`, also as part of a join. */
export const workRow = z.object({
  key: z.string(),
  step: z.string(),
  state: z.enum(['done', 'failed', 'uncertain']),
  result: z.string().nullable(),
  remote_id: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  at: z.number(),
});

const slotRow = z.object({ site: z.string(), scope: z.string(), step: z.string(), item: z.string(), key: z.string() });
const ownerRow = z.object({ key: z.string() });
const holdingRow = z
  .object({ site: z.string(), item: z.string(), remote_id: z.string() })
  .transform(({ site, item, remote_id }): Holding => ({ site, item, id: remoteId.parse(parseJson(remote_id)) }));

/** Work as the contract has it. JSON keeps 7 and "7" apart, so an id comes back with the type it came with. */
export function toWork(row: z.infer<typeof workRow>): Work {
  return {
    key: row.key,
    step: row.step,
    state: row.state,
    at: row.at,
    ...(row.result !== null && { result: parseJson(row.result) }),
    ...(row.remote_id !== null && { remoteId: remoteId.parse(parseJson(row.remote_id)) }),
    ...(row.error_code !== null && { error: { code: row.error_code, message: row.error_message ?? '' } }),
  };
}

/** The value of a JSON text that the ledger itself wrote. */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

/** Works, the slots that point at them, and the remote objects they own. */
export function sqliteWorks({
  database,
  write,
}: SqliteAccess): Pick<Ledger, 'works' | 'slots' | 'finish' | 'link' | 'unlink' | 'forget' | 'owners' | 'holdings'> {
  const readWork = (key: string): Work | undefined => {
    const row = database.prepare('select * from work where key = ?').get(key);
    return row && toWork(workRow.parse(row));
  };

  const saveWork = ({ key, step, state, result, remoteId, error, at }: Work): void => {
    database
      .prepare(
        'insert or replace into work (key, step, state, result, remote_id, error_code, error_message, at) values (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(key, step, state, toText(result), toText(remoteId), error?.code ?? null, error?.message ?? null, at);
  };

  const fill = ({ site, scope, step, item }: Slot, key: string): void => {
    database
      .prepare('insert or replace into slot (site, scope, step, item, key) values (?, ?, ?, ?, ?)')
      .run(site, scope, step, item, key);
  };

  const ownerOf = (scope: string, kind: string, id: RemoteId): string | undefined => {
    const row = database
      .prepare('select key from object where scope = ? and kind = ? and id = ?')
      .get(scope, kind, String(id));
    return row && ownerRow.parse(row).key;
  };

  // The slot has been filled by now: an owner that no slot points at any more is this slot's former content, or forgotten.
  const own = ({ scope, kind, id }: OwnedObject, key: string): void => {
    const owner = ownerOf(scope, kind, id);
    if (
      owner !== undefined &&
      owner !== key &&
      database.prepare('select 1 from slot where key = ? limit 1').get(owner)
    ) {
      throw new UncertainError(
        'ledger.object-owned',
        `the ${kind} ${String(id)} of ${scope} belongs to other work (${owner}) already; two cannot share it. ` +
          'Nothing was recorded. See "wattlift status", and look at WattCarbon whose it is',
      );
    }
    database
      .prepare('insert or replace into object (scope, kind, id, remote_id, key) values (?, ?, ?, ?, ?)')
      .run(scope, kind, String(id), JSON.stringify(id), key);
  };

  /** Its own work's key is not enough to go by: what has drifted stands under another one than when it was made. */
  const letGo = ({ site, scope, step, item }: Slot): void => {
    database
      .prepare(
        `delete from object where scope = ?2
           and exists (select 1 from work where work.key = object.key and work.step = ?3)
           and remote_id in (select work.remote_id from slot join work using (key)
             where slot.site = ?1 and slot.scope = ?2 and slot.step = ?3 and slot.item = ?4)`,
      )
      .run(site, scope, step, item);
    database
      .prepare('delete from intent where site = ? and scope = ? and step = ? and item = ?')
      .run(site, scope, step, item);
  };

  const empty = ({ site, scope, step, item }: Slot): void => {
    database
      .prepare('delete from slot where site = ? and scope = ? and step = ? and item = ?')
      .run(site, scope, step, item);
  };

  const forget = (slot: Slot): void => {
    const { site, scope, step, item } = slot;
    letGo(slot);
    const row = database
      .prepare('select key from slot where site = ? and scope = ? and step = ? and item = ?')
      .get(site, scope, step, item);
    empty(slot);
    if (row === undefined) return;
    const { key } = ownerRow.parse(row);
    database.prepare('delete from work where key = ?1 and not exists (select 1 from slot where key = ?1)').run(key);
  };

  const finish = ({ work, slot, object, intent, byHand }: Finish): void => {
    if (byHand) letGo(slot);
    saveWork(work);
    fill(slot, work.key);
    if (object !== undefined) own(object, work.key);
    if (intent !== undefined) database.prepare('delete from intent where fingerprint = ?').run(intent);
  };

  return {
    works: async (keys) => {
      const found = new Map<string, Work>();
      for (const key of keys) {
        const work = readWork(key);
        if (work !== undefined) found.set(key, work);
      }
      return found;
    },
    slots: async (site) =>
      parseRows(slotRow, database.prepare('select * from slot where site = ? order by scope, step, item').all(site)),
    finish: (finished) => write(() => finish(finished)),
    link: (slot, key) =>
      write(() => {
        if (readWork(key) === undefined) {
          throw new WattliftError(
            'ledger.no-work',
            `${slot.step} of site ${slot.site} cannot share ${key}: the ledger has no such work`,
          );
        }
        fill(slot, key);
      }),
    unlink: (slot) => write(() => empty(slot)),
    forget: (slots) =>
      write(() => {
        for (const slot of slots) forget(slot);
      }),
    holdings: async (scope, step, id) => {
      const all =
        'select slot.site, slot.item, work.remote_id from slot join work using (key) where slot.scope = ? and slot.step = ? and work.remote_id is not null';
      const rows = parseRows(holdingRow, database.prepare(`${all} order by slot.site, slot.item`).all(scope, step));
      return id === undefined ? rows : rows.filter((row) => String(row.id) === String(id));
    },
    owners: async (scope, kind, ids) => {
      const owners = new Map<string, string>();
      for (const id of ids) {
        const owner = ownerOf(scope, kind, id);
        if (owner !== undefined) owners.set(String(id), owner);
      }
      return owners;
    },
  };
}

function toText(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
