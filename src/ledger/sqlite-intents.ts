import { z } from 'zod';
import { UncertainError } from '../domain/errors.ts';
import type { Intent, Ledger } from './ledger.ts';
import { parseRows } from './sqlite-file.ts';
import type { SqliteAccess } from './sqlite-works.ts';

const fields = z.record(z.string(), z.json());

const intentRow = z
  .object({
    fingerprint: z.string(),
    key: z.string(),
    scope: z.string(),
    site: z.string(),
    step: z.string(),
    item: z.string(),
    operation: z.string(),
    at: z.number(),
    timeout_ms: z.number(),
    sent: z.string().transform((text) => fields.parse(JSON.parse(text))),
  })
  .transform(({ fingerprint, key, operation, at, timeout_ms: timeoutMs, sent, ...slot }): Intent => ({
    fingerprint,
    key,
    slot,
    operation,
    at,
    timeoutMs,
    sent,
  }));

/** What was about to be sent and is not known to have arrived. */
export function sqliteIntents({
  database,
  write,
}: SqliteAccess): Pick<Ledger, 'intend' | 'intent' | 'intents' | 'clearIntent'> {
  const read = (fingerprint: string): Intent | undefined => {
    const row = database.prepare('select * from intent where fingerprint = ?').get(fingerprint);
    return row && intentRow.parse(row);
  };
  return {
    intend: (intent) =>
      write(() => {
        const { fingerprint, key, slot, operation, at, timeoutMs, sent } = intent;
        const open = read(fingerprint);
        if (open !== undefined && open.key !== key) throw intentOpen(intent, open);
        database
          .prepare(
            'insert or replace into intent (fingerprint, key, scope, site, step, item, operation, at, timeout_ms, sent) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          )
          .run(
            fingerprint,
            key,
            slot.scope,
            slot.site,
            slot.step,
            slot.item,
            operation,
            at,
            timeoutMs,
            JSON.stringify(sent),
          );
      }),
    intent: async (fingerprint) => read(fingerprint),
    intents: async () => parseRows(intentRow, database.prepare('select * from intent order by at, fingerprint').all()),
    clearIntent: (fingerprint) =>
      write(() => {
        database.prepare('delete from intent where fingerprint = ?').run(fingerprint);
      }),
  };
}

function intentOpen({ slot, operation }: Intent, open: Intent): UncertainError {
  return new UncertainError(
    'ledger.intent-open',
    `${operation} for ${slot.site} ${slot.item} waits: the same request of ${open.slot.site} ${open.slot.item} was sent at ` +
      `${new Date(open.at).toISOString()}, and what came of it is not known; run again once that one is settled`,
  );
}
