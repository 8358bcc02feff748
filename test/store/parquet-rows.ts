import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** What our files are compressed with. */
export const compressors = {
  GZIP: (input: Uint8Array) => gunzipSync(input),
  // What DuckDB wrote.
  ZSTD: (input: Uint8Array, length: number) => decompress(input, new Uint8Array(length)),
};

export interface Row {
  readonly point_time: Date;
  readonly value: number;
  readonly region: string;
  readonly signal: string;
  readonly model: string | null;
  readonly imputed: boolean | null;
}

/** The rows of one file as a reader sees them that is not the writer. */
export async function readRows(path: string): Promise<readonly Row[]> {
  const file = await asyncBufferFromFile(path);
  const rows: Record<string, unknown>[] = await parquetReadObjects({ file, compressors });
  return rows.map(({ point_time, value, region, signal, model, imputed }) => {
    if (!(point_time instanceof Date)) throw new TypeError('point_time is no timestamp');
    if (typeof value !== 'number') throw new TypeError('value is no number');
    return {
      point_time,
      value,
      region: String(region),
      signal: String(signal),
      model: typeof model === 'string' ? model : null,
      imputed: typeof imputed === 'boolean' ? imputed : null,
    };
  });
}

/** The columns of one file: name, physical and logical type, and compression. */
export async function readColumns(path: string): Promise<readonly object[]> {
  const { schema, row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path));
  return schema.slice(1).map(({ name, type, logical_type, repetition_type }, column) => ({
    name,
    type,
    logical: logical_type?.type,
    utc: logical_type?.type === 'TIMESTAMP' ? logical_type.isAdjustedToUTC : undefined,
    nullable: repetition_type === 'OPTIONAL',
    codec: row_groups[0]?.columns[column]?.meta_data?.codec,
  }));
}

/** All files under a folder, as paths relative to it, sorted. */
export async function filesUnder(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

/** The rows of all `*.parquet` files under a folder. */
export async function readAllRows(dir: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const name of await filesUnder(dir)) {
    if (name.endsWith('.parquet')) for (const row of await readRows(join(dir, name))) rows.push(row);
  }
  return rows;
}
