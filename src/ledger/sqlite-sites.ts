import { z } from 'zod';
import type { SqliteDatabase } from '../sqlite/open-sqlite.ts';
import type { SiteStatus } from './ledger.ts';
import { parseRows } from './sqlite-file.ts';
import { toWork, workRow } from './sqlite-works.ts';

const siteRow = z.object({ site: z.string() });
const itemRow = workRow.extend({ scope: z.string(), item: z.string() });
const pageSize = 500;

/**
 * Every site with a slot: those with an item that is not done first, then by id. Read in pages, so that neither a million
 * sites are in memory nor a transaction is open meanwhile; each site comes once, as it is when its turn comes.
 */
export async function* sqliteSites(
  database: SqliteDatabase,
  match: (id: string) => boolean = () => true,
): AsyncGenerator<SiteStatus, void, undefined> {
  const unfinished = parseRows(
    siteRow,
    database.prepare("select distinct site from work join slot using (key) where state <> 'done' order by site").all(),
  );
  const shown = new Set<string>();
  for (const { site } of unfinished) {
    shown.add(site);
    if (match(site)) yield readSite(database, site);
  }
  for (let last = ''; ;) {
    const page = parseRows(
      siteRow,
      database.prepare('select distinct site from slot where site > ? order by site limit ?').all(last, pageSize),
    );
    for (const { site } of page) if (!shown.has(site) && match(site)) yield readSite(database, site);
    const end = page.at(-1);
    if (end === undefined) return;
    last = end.site;
  }
}

function readSite(database: SqliteDatabase, site: string): SiteStatus {
  const rows = database
    .prepare(
      'select work.*, slot.scope, slot.item from slot join work using (key) where site = ? order by work.step, slot.item, slot.scope',
    )
    .all(site);
  return {
    id: site,
    items: parseRows(itemRow, rows).map(({ scope, item, ...work }) => ({ scope, item, ...toWork(work) })),
  };
}
