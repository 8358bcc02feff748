import { z } from 'zod';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import { openToRead } from './open-to-read.ts';
import { explain, locate, parseRows } from './sqlite-file.ts';

/** How much of a budget is taken now, by this process and by others. */
export interface BudgetUse {
  /** API and account, as the throttle names them. */
  readonly name: string;
  /** Permits that count at this moment. */
  readonly counting: number;
  /** Until when nothing is sent, UTC milliseconds; absent when it is not paused. */
  readonly pausedUntil?: number;
}

const budgetRow = z.object({ name: z.string(), counting: z.number(), paused_until: z.number() });

/** Reads the permits of an SQLite file as of `now` (UTC milliseconds); none where there is no file, or none were ever taken. */
export async function inspectPermits(name: string, now: number): Promise<readonly BudgetUse[]> {
  const { path, exists } = await locate(name);
  if (!exists) return [];
  let database: SqliteDatabase | undefined;
  try {
    database = await openToRead(path);
    if (database.prepare("select 1 from sqlite_schema where name = 'permit_1'").get() === undefined) return [];
    const rows = database
      .prepare(
        `select name, paused_until,
           (select count(*) from permit_1 where permit_1.budget = budget_1.name and ends_at > ?) as counting
         from budget_1 order by name`,
      )
      .all(Math.floor(now));
    return parseRows(budgetRow, rows).map(({ name: budget, counting, paused_until: pausedUntil }) => ({
      name: budget,
      counting,
      ...(pausedUntil > now && { pausedUntil }),
    }));
  } catch (error) {
    throw explain(error, 'read the permits in', name);
  } finally {
    database?.close();
  }
}
