import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { z } from 'zod';
import { WattliftError } from '../domain/errors.ts';
import type { MoerPoint, Series } from '../domain/moer.ts';
import { sayError } from './say-error.ts';

/** Reads the month files. One call at a time: the caller keeps the order. */
export interface ParquetEngine {
  /** All points of a file of `series`. Throws `WattliftError` (`store.file-unreadable`, `store.file-foreign`). */
  read(path: string, series: Series): Promise<readonly MoerPoint[]>;
  close(): void;
}

const settings = {
  // A month is 8,928 rows at most: one thread reads it in milliseconds, and more only cost memory.
  threads: '1',
  memory_limit: '64MB',
  temp_directory: '',
  // Everything needed is built in; without these DuckDB would fetch extensions from the network on its own.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  // It would keep pages of files, and now and then give those of a file that has been replaced.
  enable_external_file_cache: 'false',
};

const columns = [
  'point_time TIMESTAMP WITH TIME ZONE',
  'value DOUBLE',
  'region VARCHAR',
  'signal VARCHAR',
  'model VARCHAR',
  'imputed BOOLEAN',
].join(', ');

/**
 * Starts DuckDB, in memory. It is loaded only here (0.3 s), so that what needs no file does not pay for it.
 * Throws `WattliftError` (`store.engine`).
 */
export async function openParquet(): Promise<ParquetEngine> {
  try {
    const duckdb = await import('@duckdb/node-api');
    const instance = await duckdb.DuckDBInstance.create(':memory:', settings);
    const connection = await instance.connect();
    return {
      read: async (path, series) => readPoints(connection, path, series),
      close: () => {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    throw new WattliftError(
      'store.engine',
      `could not start DuckDB, which reads the MOER files: ${sayError(error)}; install the packages again with npm ci`,
      { cause: error },
    );
  }
}

async function readPoints(connection: DuckDBConnection, path: string, series: Series): Promise<readonly MoerPoint[]> {
  const { found, content } = await query(connection, path);
  const foreign = (what: string): WattliftError =>
    new WattliftError(
      'store.file-foreign',
      `the MOER file ${path} was not written for ${series.signal} of ${series.region}: ${what}; ` +
        'move it out of the store, or delete it: its month is pulled again',
    );
  if (found !== columns) throw foreign(`its columns are ${found}, not ${columns}`);
  const checked = z
    .tuple([
      z.array(z.object({ micros: z.bigint() })),
      z.array(z.number()),
      z.array(z.literal(series.region)),
      z.array(z.literal(series.signal)),
      z.array(z.string().nullable()),
      z.array(z.boolean().nullable()),
    ])
    .safeParse(content);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw foreign(`row ${String(Number(issue?.path[1] ?? 0) + 1)}: ${issue?.message ?? 'invalid'}`);
  }
  const [times, values, , , models, imputed] = checked.data;
  return times.map(({ micros }, row) => ({
    time: Number(micros) / 1000,
    value: values[row] ?? 0,
    model: models[row] ?? undefined,
    imputed: imputed[row] ?? undefined,
  }));
}

async function query(connection: DuckDBConnection, path: string): Promise<{ found: string; content: DuckDBValue[][] }> {
  try {
    // Folders above the store may be named `key=value`: they are not columns.
    const result = await connection.run('SELECT * FROM read_parquet($1, hive_partitioning = false)', [literal(path)]);
    const types = result.columnTypes();
    const found = result.columnNames().map((name, column) => `${name} ${String(types[column])}`);
    return { found: found.join(', '), content: await result.getColumns() };
  } catch (error) {
    const said = sayError(error);
    // Not the file's fault: deleting it would not help.
    if (/^Out of Memory|^IO Error: Could not read/.test(said)) {
      throw new WattliftError('store.read', `could not read the MOER file ${path}: ${said}; run again`, {
        cause: error,
      });
    }
    throw new WattliftError(
      'store.file-unreadable',
      `the MOER file ${path} is damaged or no Parquet file: ${said}; delete it: its month is pulled again`,
      { cause: error },
    );
  }
}

/** A path as a pattern that matches only itself. */
function literal(path: string): string {
  return path.replace(/[[*?]/g, (wildcard) => `[${wildcard}]`);
}
