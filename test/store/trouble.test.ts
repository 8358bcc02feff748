import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { WattliftError } from '../../src/domain/errors.ts';
import { filesUnder, readRows } from './parquet-rows.ts';
import { answer, at, between, emptyAnswer, makeWorld, openStore } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const january = between('2025-01-01', '2025-02-01');
const day = between('2025-01-10', '2025-01-11');
const now = '2026-06-01';

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** What a promise was rejected with, which must be an error of ours. */
async function refusal(promise: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof WattliftError)) throw new Error(`not refused as it should be: ${String(error)}`);
  return { code: error.code, message: error.message };
}

describe('a damaged file', () => {
  test('is named, with what to do, and is not replaced or recorded as covered', async () => {
    for (const damage of ['', 'no parquet at all', 'PAR1 in name only PAR1']) {
      const world = await makeWorld();
      const path = join(world.dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet');
      await put(path, damage);
      const store = openStore(world, now);
      const { code, message } = await refusal(store.add(series, day, answer(day), at(now)));
      expect(code).toBe('store.file-unreadable');
      expect(message).toContain(path);
      expect(message).toContain('delete it: its month is pulled again');
      expect(await readFile(path, 'utf8')).toBe(damage);
      expect(await store.missing(series, day)).toMatchObject([day]);
    }
  });

  test('is recognised when its end is whole and its middle is not', async () => {
    const world = await makeWorld();
    const store = openStore(world, now);
    await store.add(series, january, answer(january), at(now));
    const path = join(world.dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet');
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, 4, 2000));
    const { code, message } = await refusal(store.add(series, day, answer(day), at(now)));
    expect(code).toMatch(/^store\.file-/);
    expect(message).toContain(path);
  });
});

describe('a foreign file', () => {
  test('is named, with what is wrong with it and what to do', async () => {
    const good = `to_timestamp(1735689600) AS point_time, 1.5::DOUBLE AS value, 'CAISO_NORTH' AS region, 'co2_moer' AS signal`;
    const foreign = {
      'SELECT 1 AS a': 'its columns are a INTEGER',
      [`SELECT ${good}, 'm' AS model`]: 'its columns are',
      [`SELECT ${good}, 'm' AS model, NULL::BOOLEAN AS imputed, 1 AS more`]: 'more INTEGER',
      [`SELECT ${good.replace('CAISO_NORTH', 'PJM')}, 'm' AS model, true AS imputed`]: 'row 1',
      [`SELECT ${good.replace('1.5', 'NULL')}, 'm' AS model, true AS imputed`]: 'row 1',
    };
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const [sql, wrong] of Object.entries(foreign)) {
      const world = await makeWorld();
      const path = join(world.dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet');
      await mkdir(dirname(path), { recursive: true });
      await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
      const store = openStore(world, now);
      const { code, message } = await refusal(store.add(series, day, answer(day), at(now)));
      expect(code).toBe('store.file-foreign');
      expect(message).toContain(path);
      expect(message).toContain(wrong);
      expect(message).toContain('delete it: its month is pulled again');
    }
    connection.closeSync();
    instance.closeSync();
  });
});

describe('a folder that cannot be written', () => {
  test('is named, and nothing is recorded', async () => {
    const world = await makeWorld();
    await put(join(world.dir, 'store'), 'a file where the folder should be');
    const store = openStore({ ...world, dir: join(world.dir, 'store') }, now);
    const { code, message } = await refusal(store.add(series, day, answer(day), at(now)));
    expect(code).toMatch(/^store\.(read|write)$/);
    expect(message).toContain(join(world.dir, 'store', 'co2_moer', 'CAISO_NORTH'));
    expect(message).toContain('then run again');
    expect((await world.coverage.coverage('co2_moer/CAISO_NORTH')).spans).toEqual([]);
  });

  test('leaves nothing half written when the file cannot take its place', async () => {
    const world = await makeWorld();
    const folder = join(world.dir, 'co2_moer', 'CAISO_NORTH');
    const store = openStore(world, now);
    await store.add(series, january, answer(january), at(now));
    await mkdir(join(folder, '2025-02.parquet', 'in the way'), { recursive: true });
    const february = between('2025-02-01', '2025-02-02');
    const { message } = await refusal(store.add(series, february, answer(february), at(now)));
    expect(message).toContain(join(folder, '2025-02.parquet'));
    expect(await filesUnder(folder)).toEqual(['2025-01.parquet']);
    // The store goes on with what is sound.
    await store.add(series, day, answer(day, { value: () => 1 }), at(now));
    expect((await readRows(join(folder, '2025-01.parquet'))).filter(({ value }) => value === 1).length).toBeGreaterThan(
      287,
    );
  });
});

describe('what a killed run left half written', () => {
  test('is removed when it is old and ours, and nothing else is', async () => {
    const world = await makeWorld();
    const folder = join(world.dir, 'co2_moer', 'CAISO_NORTH');
    const old = new Date(at(now) - 2 * 3_600_000);
    const names = ['.2025-03.m1-77-1.part', '.2025-04.m1-77-2.part', '.notes.part', '2025-05.part', '.2025-06.parquet'];
    for (const name of names) {
      await put(join(folder, name), 'half');
      await utimes(join(folder, name), old, old);
    }
    const fresh = new Date(at(now) - 60_000);
    await utimes(join(folder, '.2025-04.m1-77-2.part'), fresh, fresh);
    const store = openStore(world, now);
    await store.missing(series, january);
    expect(await filesUnder(folder)).toHaveLength(5);
    await store.add(series, day, answer(day), at(now));
    expect(await filesUnder(folder)).toEqual(
      ['.2025-04.m1-77-2.part', '.2025-06.parquet', '.notes.part', '2025-01.parquet', '2025-05.part'].sort(),
    );
  });
});

test('an answer that changes nothing leaves the file as it is', async () => {
  const world = await makeWorld();
  const store = openStore(world, now);
  await store.add(series, january, answer(january), at(now));
  const path = join(world.dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet');
  const long = new Date(0);
  await utimes(path, long, long);
  await store.add(series, day, answer(day), at(now));
  await store.add(series, day, emptyAnswer, at(now));
  expect((await stat(path)).mtimeMs).toBe(0);
});

test('a store that was closed starts again when it is needed', async () => {
  const world = await makeWorld();
  const store = openStore(world, now);
  await store.close();
  await store.add(series, day, answer(day), at(now));
  await store.close();
  await store.close();
  await store.add(series, january, answer(january), at(now));
  expect(await store.count(series, january)).toMatchObject({ received: 31 * 288, expected: 31 * 288 });
});
