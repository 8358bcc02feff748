import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import type { ForecastRow } from './forecast-months.ts';
import { sayError } from './say-error.ts';

/** Reads and writes the files of forecasts. One call at a time: the caller keeps the order. */
export interface ForecastParquet {
  /**
   * Writes to `aside` what the file `held` holds, when there is one, with the rows laid over it, sorted by `generated_at`
   * and `point_time`. The rows come sorted by `generatedAt`. Throws `WattliftError` (`store.file-unreadable`, `store.file-foreign`) and what DuckDB throws.
   */
  merge(held: string | undefined, aside: string, series: Series, rows: readonly ForecastRow[]): Promise<void>;
  /** How many forecasts and values made within the span a file holds. Throws as `merge` does. */
  count(path: string, series: Series, made: Span): Promise<{ readonly forecasts: number; readonly values: number }>;
  close(): void;
}

type DuckDB = typeof import('@duckdb/node-api');

const settings = {
  // A month of forecasts is 2.6 million rows with 24 hours each, 7.7 million with 72: they stream past, only new ones are held.
  threads: '1',
  memory_limit: '256MB',
  temp_directory: '',
  // Everything needed is built in; without these DuckDB would fetch extensions from the network on its own.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // It would keep pages of files, and now and then give those of a file that has been replaced.
  enable_external_file_cache: 'false',
};

const columns = [
  'generated_at TIMESTAMP WITH TIME ZONE',
  'point_time TIMESTAMP WITH TIME ZONE',
  'value DOUBLE',
  'region VARCHAR',
  'signal VARCHAR',
  'model VARCHAR',
].join(', ');

/** Starts DuckDB, in memory. Throws `WattliftError` (`store.engine`). */
export async function openForecastParquet(): Promise<ForecastParquet> {
  try {
    const duckdb = await import('@duckdb/node-api');
    const instance = await duckdb.DuckDBInstance.create(':memory:', settings);
    return createEngine(duckdb, instance, await instance.connect());
  } catch (error) {
    throw new WattliftError(
      'store.engine',
      `could not start DuckDB, which writes the forecast files: ${sayError(error)}; install the packages again with npm ci`,
      { cause: error },
    );
  }
}

function createEngine(duckdb: DuckDB, instance: DuckDBInstance, connection: DuckDBConnection): ForecastParquet {
  return {
    merge: async (held, aside, series, rows) => {
      if (held !== undefined) await demandOurs(connection, held, series);
      await connection.run(
        'CREATE OR REPLACE TEMP TABLE fresh (made BIGINT, point BIGINT, value DOUBLE, model VARCHAR)',
      );
      const appender = await connection.createAppender('fresh');
      const types = [duckdb.BIGINT, duckdb.BIGINT, duckdb.DOUBLE, duckdb.VARCHAR];
      const rowsAtOnce = 2048; // DuckDB's vector size, the most a chunk holds.
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        const some = rows.slice(from, from + rowsAtOnce);
        const chunk = duckdb.DuckDBDataChunk.create(types);
        chunk.setColumns([
          some.map(({ generatedAt }) => BigInt(Math.round(generatedAt * 1000))),
          some.map(({ time }) => BigInt(Math.round(time * 1000))),
          some.map(({ value }) => value),
          some.map(({ model }) => model ?? null),
        ]);
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      // Of two fresh values of one forecast, time and model the later one wins, as the rows come in the order of the answers.
      const fresh = `SELECT make_timestamptz(made) AS generated_at, make_timestamptz(point) AS point_time,
        arg_max(value, rowid) AS value, model FROM fresh GROUP BY made, point, model`;
      const [first = 0, last = 0] = [rows[0], rows.at(-1)].map((row) => row?.generatedAt);
      // A month does not fit in memory: only what was made between the first and the last of the new rows is sorted.
      const part = (condition: string): string =>
        `SELECT generated_at, point_time, value, model FROM ${readFile(held ?? '')} AS old WHERE ${condition}`;
      const before = `generated_at < make_timestamptz(${micros(first)})`;
      const after = `generated_at > make_timestamptz(${micros(last)})`;
      const kept = `NOT (${before}) AND NOT (${after}) AND NOT EXISTS (SELECT 1 FROM fresh
        WHERE made = epoch_us(old.generated_at) AND point = epoch_us(old.point_time)
          AND fresh.model IS NOT DISTINCT FROM old.model)`;
      const middle = `SELECT * FROM (${held === undefined ? fresh : `${fresh} UNION ALL ${part(kept)}`})
        ORDER BY generated_at, point_time, model`;
      const whole = held === undefined ? middle : `${part(before)} UNION ALL (${middle}) UNION ALL ${part(after)}`;
      await connection.run(
        `COPY (SELECT generated_at, point_time, value, ${quote(series.region)} AS region, ${quote(series.signal)} AS signal,
           model FROM (${whole}))
         TO ${quote(aside)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      );
      await connection.run('DROP TABLE fresh');
    },

    count: async (path, series, { start, end }) => {
      await demandOurs(connection, path, series);
      const [row] = await queryRows(
        connection,
        path,
        `SELECT count(DISTINCT generated_at)::DOUBLE, count(*)::DOUBLE FROM ${readFile(path)}
         WHERE epoch_ms(generated_at) >= ${String(start)} AND epoch_ms(generated_at) < ${String(end)}`,
      );
      const [forecasts, values] = z.tuple([z.number(), z.number()]).parse(row);
      return { forecasts, values };
    },

    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Throws unless the file has our columns and holds nothing but this series. */
async function demandOurs(connection: DuckDBConnection, path: string, series: Series): Promise<void> {
  const foreign = (what: string): WattliftError =>
    new WattliftError(
      'store.file-foreign',
      `the forecast file ${path} was not written for ${series.signal} of ${series.region}: ${what}; ` +
        'move it out of the store, or delete it: its month is pulled again',
    );
  const described = await queryRows(connection, path, `DESCRIBE SELECT * FROM ${readFile(path)}`);
  const found = described.map(([name, type]) => `${String(name)} ${String(type)}`).join(', ');
  if (found !== columns) throw foreign(`its columns are ${found}, not ${columns}`);
  const [row] = await queryRows(
    connection,
    path,
    `SELECT count(*)::DOUBLE FROM ${readFile(path)}
     WHERE region IS DISTINCT FROM ${quote(series.region)} OR signal IS DISTINCT FROM ${quote(series.signal)}`,
  );
  if (row?.[0] !== 0) throw foreign('it holds rows of another series');
}

async function queryRows(connection: DuckDBConnection, path: string, sql: string): Promise<readonly unknown[][]> {
  try {
    return await (await connection.run(sql)).getRows();
  } catch (error) {
    throw new WattliftError(
      'store.file-unreadable',
      `the forecast file ${path} is damaged or no Parquet file: ${sayError(error)}; delete it: its month is pulled again`,
      { cause: error },
    );
  }
}

/** UTC milliseconds as microseconds, for SQL. */
function micros(time: number): string {
  return String(BigInt(Math.round(time * 1000)));
}

/** Folders above the store may be named `key=value`: they are not columns. */
function readFile(path: string): string {
  const itself = path.replace(/[[*?]/g, (wildcard) => `[${wildcard}]`);
  return `read_parquet(${quote(itself)}, hive_partitioning = false)`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
