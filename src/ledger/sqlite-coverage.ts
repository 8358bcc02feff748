import { z } from 'zod';
import type { CoveredSpan, Ledger } from './ledger.ts';
import { overlay } from './overlay.ts';
import { parseRows } from './sqlite-file.ts';
import type { SqliteAccess } from './sqlite-works.ts';

const spanRow = z
  .object({
    start_at: z.number(),
    end_at: z.number(),
    asked_at: z.number(),
    points: z.number(),
    model: z.string().nullable(),
  })
  .transform(({ start_at: start, end_at: end, asked_at: askedAt, points, model }): CoveredSpan => ({
    start,
    end,
    askedAt,
    points,
    ...(model !== null && { model }),
  }));
const seriesRow = z.object({ period_seconds: z.number() });
const columns = 'start_at, end_at, asked_at, points, model';

/** Which stretches of a series have been answered. */
export function sqliteCoverage({ database, write }: SqliteAccess): Pick<Ledger, 'coverage' | 'cover'> {
  const lay = (series: string, fresh: readonly CoveredSpan[]): void => {
    const start = Math.min(...fresh.map((span) => span.start));
    const end = Math.max(...fresh.map((span) => span.end));
    const touched = parseRows(
      spanRow,
      database
        .prepare(`select ${columns} from coverage where series = ? and start_at < ? and end_at > ?`)
        .all(series, end, start),
    );
    for (const old of touched)
      database.prepare('delete from coverage where series = ? and start_at = ?').run(series, old.start);
    for (const span of overlay(touched, fresh)) {
      database
        .prepare(`insert into coverage (series, ${columns}) values (?, ?, ?, ?, ?, ?)`)
        .run(series, span.start, span.end, span.askedAt, span.points, span.model ?? null);
    }
  };
  return {
    coverage: async (series) => {
      const row = database.prepare('select period_seconds from series where name = ?').get(series);
      return {
        periodSeconds: row && seriesRow.parse(row).period_seconds,
        spans: parseRows(
          spanRow,
          database.prepare(`select ${columns} from coverage where series = ? order by start_at`).all(series),
        ),
      };
    },
    cover: (series, periodSeconds, spans) =>
      write(() => {
        database
          .prepare('insert or replace into series (name, period_seconds) values (?, ?)')
          .run(series, periodSeconds);
        if (spans.length > 0) lay(series, spans);
      }),
  };
}
