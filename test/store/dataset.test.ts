import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { filesUnder, readAllRows, readColumns, readRows } from './parquet-rows.ts';
import { answer, at, between, dayMs, emptyAnswer, makeWorld, openStore } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const january = join('co2_moer', 'CAISO_NORTH', '2025-01.parquet');
const now = '2026-06-01';

async function queryDuckDB(sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await (await connection.run(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('a year', () => {
  test('fact 12: takes 12 requests and is 105,120 distinct points in 12 files, one table to a reader', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    const year = between('2025-01-01', '2026-01-01');
    const requests = await store.missing(series, year);
    expect(requests).toHaveLength(12);
    await Promise.all(requests.map(async (span) => store.add(series, span, answer(span), at(now))));

    expect(await store.missing(series, year)).toMatchObject([]);
    expect(await store.count(series, year)).toMatchObject({ received: 105_120, expected: 105_120 });
    const rows = await readAllRows(world.dir);
    expect(rows).toHaveLength(105_120);
    expect(new Set(rows.map((row) => row.point_time.getTime())).size).toBe(105_120);
    expect(await filesUnder(world.dir)).toHaveLength(12);

    const glob = `read_parquet('${world.dir}/**/*.parquet')`;
    const asked = `count(*)::INT AS rows, count(DISTINCT point_time)::INT AS points, count(DISTINCT region)::INT AS regions`;
    expect(await queryDuckDB(`SELECT ${asked} FROM ${glob}`)).toEqual([{ rows: 105_120, points: 105_120, regions: 1 }]);
    expect(await queryDuckDB(`SELECT column_name || ' ' || column_type AS c FROM (DESCRIBE FROM ${glob})`)).toEqual(
      [
        'point_time TIMESTAMP WITH TIME ZONE',
        'value DOUBLE',
        'region VARCHAR',
        'signal VARCHAR',
        'model VARCHAR',
        'imputed BOOLEAN',
      ].map((c) => ({ c })),
    );
  });

  test('is asked for once: a later run and a second site of the region ask nothing', async () => {
    const world = await makeWorld();
    const first = openStore(world, now);
    const year = between('2025-01-01', '2026-01-01');
    for (const span of await first.missing(series, year)) await first.add(series, span, emptyAnswer, at(now));
    expect(await openStore(world, '2026-06-02').missing(series, year)).toMatchObject([]);
    expect(await filesUnder(world.dir)).toEqual([]);
    expect(await first.missing({ ...series, region: 'OTHER' }, year)).toHaveLength(12);
    expect(await first.missing({ ...series, signal: 'health_damage' }, year)).toHaveLength(12);
  });
});

describe('a file', () => {
  test('holds UTC timestamps, doubles, text and a nullable marker, sorted by time', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    const points = [
      { time: at('2025-01-02T00:05Z'), value: 0, model: '2023-03-01', imputed: true },
      { time: at('2025-01-02T00:00Z'), value: 871.5, imputed: false },
      { time: at('2025-01-02T00:10Z'), value: -1.25, model: '2024-10-01' },
    ];
    await store.add(series, between('2025-01-02', '2025-01-03'), { ...emptyAnswer, points }, at(now));
    const common = { region: 'CAISO_NORTH', signal: 'co2_moer' };
    expect(await readRows(join(world.dir, january))).toEqual([
      { ...common, point_time: new Date('2025-01-02T00:00Z'), value: 871.5, model: null, imputed: false },
      { ...common, point_time: new Date('2025-01-02T00:05Z'), value: 0, model: '2023-03-01', imputed: true },
      { ...common, point_time: new Date('2025-01-02T00:10Z'), value: -1.25, model: '2024-10-01', imputed: null },
    ]);
    const column = { nullable: true, codec: 'UNCOMPRESSED', utc: undefined };
    const text = { ...column, type: 'BYTE_ARRAY', logical: 'STRING' };
    expect(await readColumns(join(world.dir, january))).toEqual([
      { ...column, name: 'point_time', type: 'INT64', logical: 'TIMESTAMP', utc: true },
      { ...column, name: 'value', type: 'DOUBLE', logical: undefined, codec: 'GZIP' },
      { ...text, name: 'region' },
      { ...text, name: 'signal' },
      { ...text, name: 'model' },
      { ...column, name: 'imputed', type: 'BOOLEAN', logical: undefined },
    ]);
  });

  test('takes revised values in place of the old, and keeps what the answer does not name', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    await store.add(series, between('2025-01-01', '2025-02-01'), answer(between('2025-01-01', '2025-02-01')), at(now));
    const asked = between('2025-01-10', '2025-01-11');
    const revised = answer(between('2025-01-10', '2025-01-10T12:00Z'), { value: () => 5000, model: '2024-10-01' });
    await store.add(series, asked, revised, at(now));

    const rows = await readRows(join(world.dir, january));
    expect(rows).toHaveLength(31 * 288);
    const changed = rows.filter((row) => row.value === 5000);
    expect(changed).toHaveLength(144);
    expect(new Set(changed.map((row) => row.model))).toEqual(new Set(['2024-10-01']));
    expect(rows.filter((row) => row.model === '2023-03-01')).toHaveLength(31 * 288 - 144);
    const times = rows.map((row) => row.point_time.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(await store.count(series, asked)).toMatchObject({ received: 288, expected: 288 });
  });

  test('leaves out what was not asked for', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    await store.add(series, between('2025-01-10', '2025-01-11'), answer(between('2024-12-01', '2025-03-01')), at(now));
    expect(await filesUnder(world.dir)).toEqual([january]);
    expect(await readRows(join(world.dir, january))).toHaveLength(288);
  });

  test('survives any name of a signal, region or folder', async () => {
    const world = await makeWorld();
    const dir = join(world.dir, "it's [a]*?", 'env=prod');
    await mkdir(dir, { recursive: true });
    const odd = { signal: '..', region: "../a b/c*'=%" };
    // A folder with the same file that the name of the first, taken for a pattern, would match too.
    const neighbour = openStore({ ...(await makeWorld()), dir: join(world.dir, "it's axx", 'env=prod') }, now);
    await neighbour.add(odd, between('2025-01-05', '2025-01-06'), answer(between('2025-01-05', '2025-01-06')), at(now));
    const store = openStore({ ...world, dir }, now);
    await store.add(odd, between('2025-01-01', '2025-01-02'), answer(between('2025-01-01', '2025-01-02')), at(now));
    await store.add(odd, between('2025-01-02', '2025-01-03'), answer(between('2025-01-02', '2025-01-03')), at(now));
    const files = await filesUnder(dir);
    expect(files).toEqual([join('%2E.', '%2E.%2Fa%20b%2Fc%2A%27%3D%25', '2025-01.parquet')]);
    const rows = await readRows(join(dir, files[0] ?? ''));
    expect(rows).toHaveLength(576);
    expect(rows[0]).toMatchObject({ ...odd, point_time: new Date('2025-01-01') });
  });
});

describe('adding at the same time', () => {
  test('to different months and to one month loses nothing', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    const quarter = between('2025-01-01', '2025-04-01');
    const days = Array.from({ length: 18 }, (_, n) => ({
      start: quarter.start + n * 5 * dayMs,
      end: quarter.start + (n + 1) * 5 * dayMs,
    }));
    const regions = ['A', 'B'].map((region) => ({ ...series, region }));
    await Promise.all(
      regions.flatMap((series) => days.map(async (span) => store.add(series, span, answer(span), at(now)))),
    );
    for (const series of regions) {
      expect(await store.missing(series, quarter)).toMatchObject([]);
      expect(await store.count(series, quarter)).toMatchObject({ received: 90 * 288, expected: 90 * 288 });
      expect(await readAllRows(join(world.dir, series.signal, series.region))).toHaveLength(90 * 288);
    }
    expect(await filesUnder(world.dir)).toHaveLength(6);
  });
});

describe('a file that is gone', () => {
  test('makes its month missing again, and only it', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    const winter = between('2024-12-01', '2025-03-01');
    for (const span of await store.missing(series, winter)) await store.add(series, span, answer(span), at(now));
    await rm(join(world.dir, january));
    const next = openStore(world, '2026-06-02');
    expect(await next.missing(series, winter)).toMatchObject([between('2025-01-01', '2025-02-01')]);
    expect(await next.count(series, winter)).toMatchObject({ received: 59 * 288, expected: 90 * 288 });
  });

  test('is missing to its last point when the pull that should bring it back is cut off half way', async () => {
    const world = await makeWorld();
    const month = between('2025-01-01', '2025-02-01');
    const first = openStore(world, now);
    await first.add(series, month, answer(month), at(now));
    await rm(join(world.dir, january));
    const second = openStore(world, '2026-06-02');
    const half = between('2025-01-05', '2025-01-12');
    await second.add(series, half, answer(half), at('2026-06-02'));
    expect(await openStore(world, '2026-06-03').missing(series, month)).toMatchObject([
      between('2025-01-01', '2025-01-05'),
      between('2025-01-12', '2025-02-01'),
    ]);
  });

  test('so is what an older copy of a file lacks, once its month is added to', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    const [one, two] = [between('2025-01-01', '2025-01-11'), between('2025-01-11', '2025-01-21')];
    await store.add(series, one, answer(one), at(now));
    await copyFile(join(world.dir, january), join(world.dir, 'copy'));
    await store.add(series, two, answer(two), at(now));
    await copyFile(join(world.dir, 'copy'), join(world.dir, january));
    const three = between('2025-01-21', '2025-02-01');
    await openStore(world, now).add(series, three, answer(three), at(now));
    expect(await openStore(world, '2026-06-03').missing(series, between('2025-01-01', '2025-02-01'))).toMatchObject([
      two,
    ]);
  });
});
