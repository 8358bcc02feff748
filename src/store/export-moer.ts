import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WattliftError } from '../domain/errors.ts';
import type { Span } from '../domain/span.ts';
import type { StoredMonth } from './month-file.ts';
import { sayError } from './say-error.ts';

export type MoerUnit = 'lbs_per_mwh' | 'g_per_kwh';

/** What to take out of the dataset, and in which form. */
export interface MoerExport {
  /** By region, signal and month, which is the order of the rows. */
  readonly files: readonly StoredMonth[];
  /** Half open; an end that is absent is open. */
  readonly window: Partial<Span>;
  readonly unit: MoerUnit;
  /** Length of the intervals to take means of, milliseconds; it divides a day. Undefined: the points as they are. */
  readonly resampleMs: number | undefined;
  readonly format: 'parquet' | 'csv';
}

/** One lb per MWh in g per kWh (watttime contract, fact 10): multiply. */
const gramsPerPound = 0.45359237;
/** The coarsest period there is: no point stands for more. */
const longestPeriodMs = 3_600_000;

/**
 * Writes the rows to `path`, whole or not at all: aside, synced, renamed. Rows are sorted by region, signal and time, and
 * memory is bounded, however many there are. A file that a run replaces meanwhile is read as it was or as it is, never half.
 * Returns the number of rows. Throws `WattliftError`: `export.unwritable`, `export.unreadable`, `store.engine`.
 */
export async function exportMoer(asked: MoerExport, path: string, mark: string): Promise<number> {
  const aside = `${path}.${mark}.part`;
  try {
    const rows = await copyTo(aside, asked);
    await syncAndRename(aside, path);
    return rows;
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    if (error instanceof WattliftError) throw error;
    const said = sayError(error);
    // DuckDB names the file it could not write; everything else is a file it could not read.
    const unwritable = said.includes(aside) || (error instanceof Error && 'code' in error);
    throw unwritable
      ? new WattliftError(
          'export.unwritable',
          `could not write ${path}: ${said.replaceAll(aside, path)}; name a file in a folder that is there, has room and may be written`,
          { cause: error },
        )
      : new WattliftError(
          'export.unreadable',
          `could not read the dataset: ${said}; delete a file that is damaged: its month is pulled again`,
          { cause: error },
        );
  }
}

async function copyTo(aside: string, asked: MoerExport): Promise<number> {
  const duckdb = await import('@duckdb/node-api').catch((error: unknown) => {
    throw new WattliftError('store.engine', `could not start DuckDB: ${sayError(error)}; install the packages again`, {
      cause: error,
    });
  });
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    // One thread keeps the order of the files without holding them all.
    threads: '1',
    memory_limit: '256MB',
    temp_directory: `${dirname(aside)}/.wattlift-export`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const form = asked.format === 'parquet' ? 'FORMAT parquet, COMPRESSION zstd' : "FORMAT csv, HEADER, DELIMITER ','";
    const rows = asked.resampleMs === undefined ? pointRows(asked) : meanRows(asked, asked.resampleMs);
    const result = await connection.runAndReadAll(
      `COPY (${asked.format === 'csv' ? writeTimes(rows) : rows}) TO ${quote(aside)} (${form}, USE_TMP_FILE false)`,
    );
    return Number(result.getRows()[0]?.[0] ?? 0);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function pointRows({ files, window, unit }: MoerExport): string {
  return `SELECT point_time, ${valueIn(unit, 'value')} AS value, region, signal, ${unitOf(unit)} AS unit, model, imputed
    FROM ${readFiles(files)} WHERE ${within(window)}`;
}

/**
 * A row for each interval that has a point, and model: the mean weighted by the time each point stands for, and the share
 * of the interval that no point stands for. A point stands for its period: the time to its nearer neighbour.
 */
function meanRows({ files, window, unit }: MoerExport, resampleMs: number): string {
  const micros = String(resampleMs * 1000);
  const longest = String(longestPeriodMs * 1000);
  return `WITH stepped AS (
      SELECT *, epoch_us(point_time) AS us, ${readTime('lag')} AS before, ${readTime('lead')} AS after
      FROM ${readFiles(files)}
    ), weighed AS (
      SELECT *, us - us % ${micros} AS slot, least(coalesce(us - before, ${longest}), coalesce(after - us, ${longest}), ${longest}, ${micros}) AS weight
      FROM stepped WHERE ${within(window)}
    )
    SELECT make_timestamptz(slot) AS point_time,
      ${valueIn(unit, 'sum(value * weight) / sum(weight)')} AS value, region, signal, ${unitOf(unit)} AS unit, model,
      round(1 - sum(weight) / ${micros}.0, 6) AS missing_share,
      round(sum(weight) FILTER (imputed) / sum(weight), 6) AS imputed_share
    FROM weighed GROUP BY region, signal, slot, model ORDER BY region, signal, slot, model`;
}

function readTime(neighbour: 'lag' | 'lead'): string {
  return `${neighbour}(epoch_us(point_time)) OVER (PARTITION BY region, signal ORDER BY point_time)`;
}

/** Times as ISO 8601 in UTC: a CSV has no types. */
function writeTimes(rows: string): string {
  return `SELECT strftime(make_timestamp(epoch_us(point_time)), '%Y-%m-%dT%H:%M:%SZ') AS point_time, * EXCLUDE (point_time) FROM (${rows})`;
}

/** Rounded where it is computed: the fifteenth digit of a product is noise. Other signals than carbon are no weights. */
function valueIn(unit: MoerUnit, value: string): string {
  if (unit === 'g_per_kwh') return `round(${value} * ${String(gramsPerPound)}, 6)`;
  return value === 'value' ? value : `round(${value}, 6)`;
}

function unitOf(unit: MoerUnit): string {
  return `CASE WHEN signal IN ('co2_moer', 'co2_aoer') THEN ${quote(unit)} WHEN signal = 'health_damage' THEN 'usd_per_mwh' END`;
}

function within({ start, end }: Partial<Span>): string {
  return [
    'true',
    ...(start === undefined ? [] : [`epoch_ms(point_time) >= ${String(start)}`]),
    ...(end === undefined ? [] : [`epoch_ms(point_time) < ${String(end)}`]),
  ].join(' AND ');
}

function readFiles(files: readonly StoredMonth[]): string {
  // Wildcards in a path stand for themselves; folders named `key=value` are no columns.
  const paths = files.map(({ path }) => quote(path.replace(/[[*?]/g, (wildcard) => `[${wildcard}]`)));
  return `read_parquet([${paths.join(', ')}], hive_partitioning = false)`;
}

async function syncAndRename(aside: string, path: string): Promise<void> {
  const handle = await open(aside, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
