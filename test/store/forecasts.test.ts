import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Forecasts } from '../../src/domain/forecast.ts';
import type { Span } from '../../src/domain/span.ts';
import { createForecastStore, type ForecastDataset } from '../../src/store/forecast-store.ts';
import { createMemoryCoverage } from './memory-coverage.ts';
import { compressors } from './parquet-rows.ts';
import { at, between, dayMs, hourMs, makeFolder, minuteMs, stoppedClock } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const kind = { horizonHours: 1 };
const fiveMs = 5 * minuteMs;

interface World {
  readonly dir: string;
  readonly open: (now: string) => ForecastDataset;
}

async function makeWorld(): Promise<World> {
  const dir = await makeFolder();
  const coverage = createMemoryCoverage();
  return {
    dir,
    open: (now) => {
      const store = createForecastStore({ dir, coverage, nowMs: at(now), clock: stoppedClock(at(now)) });
      onTestFinished(() => store.close());
      return store;
    },
  };
}

/** The rows of a file as a reader sees them that is not the writer. */
async function readParquet(path: string): Promise<readonly Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

/** A forecast every `everyMs`, each of three values. */
function answer(span: Span, { everyMs = hourMs, value = 1, model = '2023-03-01' } = {}): Forecasts {
  const forecasts = [];
  for (let made = Math.ceil(span.start / everyMs) * everyMs; made < span.end; made += everyMs) {
    const points = [0, 1, 2].map((n) => ({ time: made + n * fiveMs, value: value + n }));
    forecasts.push({ generatedAt: made, points });
  }
  return { forecasts, periodSeconds: 300, generatedEverySeconds: 300, model, warnings: [] };
}

async function pull(store: ForecastDataset, wanted: Span, now: string): Promise<readonly Span[]> {
  const spans = await store.missing(series, wanted, kind);
  await Promise.all(spans.map((span) => store.add(series, span, kind, answer(span), at(now))));
  return spans;
}

test('a window is cut into requests of 24 hours on the grid, and none is asked twice', async () => {
  const { open } = await makeWorld();
  const wanted = between('2025-01-01T00:03Z', '2025-01-04T12:00Z');
  const first = open('2025-02-01');
  const spans = await pull(first, wanted, '2025-02-01');
  expect(spans).toHaveLength(4);
  expect(spans[0]).toEqual({ start: at('2025-01-01T00:05Z'), end: at('2025-01-02T00:05Z') });
  expect(spans.every(({ start, end }) => end - start <= dayMs)).toBe(true);
  expect(await first.missing(series, wanted, kind)).toEqual([]);
  const again = open('2025-02-02');
  expect(await again.missing(series, wanted, kind)).toEqual([]);
  expect(await again.missing(series, { ...wanted, end: at('2025-01-05T12:00Z') }, kind)).toEqual([
    between('2025-01-04T12:00Z', '2025-01-05T12:00Z'),
  ]);
});

test('what was younger than a day when it was asked for is asked once more, and nothing later than now', async () => {
  const { open } = await makeWorld();
  await pull(open('2025-01-10'), between('2025-01-08', '2025-01-20'), '2025-01-10');
  expect(await open('2025-01-12').missing(series, between('2025-01-08', '2025-01-20'), kind)).toEqual([
    between('2025-01-09', '2025-01-10'),
    between('2025-01-10', '2025-01-11'),
    between('2025-01-11', '2025-01-12'),
  ]);
});

test('the files are one for each month of generated_at, with the values as they came, 0 included', async () => {
  const { dir, open } = await makeWorld();
  const store = open('2025-03-01');
  const span = between('2025-01-31T22:00Z', '2025-02-01T02:00Z');
  await store.add(series, span, kind, answer(span, { value: 0 }), at('2025-03-01'));
  const folder = join(dir, 'co2_moer', 'CAISO_NORTH');
  expect(readdirSync(folder).sort()).toEqual(['2025-01.parquet', '2025-02.parquet']);
  const rows = await readParquet(join(folder, '2025-01.parquet'));
  expect(rows).toHaveLength(6);
  expect(rows[0]).toEqual({
    generated_at: new Date('2025-01-31T22:00Z'),
    point_time: new Date('2025-01-31T22:00Z'),
    value: 0,
    region: 'CAISO_NORTH',
    signal: 'co2_moer',
    model: '2023-03-01',
  });
  expect(await store.count(series, span)).toEqual({ forecasts: 4, values: 12 });
});

test('an answer takes the place of the same values and leaves all others, other models too', async () => {
  const { dir, open } = await makeWorld();
  const store = open('2025-03-01');
  const span = between('2025-01-01', '2025-01-01T03:00Z');
  const now = at('2025-03-01');
  await store.add(series, span, kind, answer(span), now);
  const second = between('2025-01-01T01:00Z', '2025-01-01T02:00Z');
  await store.add(series, second, kind, answer(second, { value: 50 }), now);
  await store.add(series, second, { ...kind, model: '2022-10-01' }, answer(second, { model: '2022-10-01' }), now);
  const rows = await readParquet(join(dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet'));
  expect(rows.map(({ value, model }) => `${String(value)} ${String(model).slice(0, 4)}`)).toEqual([
    '1 2023',
    '2 2023',
    '3 2023',
    '1 2022',
    '50 2023',
    '2 2022',
    '51 2023',
    '3 2022',
    '52 2023',
    '1 2023',
    '2 2023',
    '3 2023',
  ]);
});

test('a longer horizon answers for a shorter one, not the other way; a model is a question of its own', async () => {
  const { open } = await makeWorld();
  const store = open('2025-03-01');
  const span = between('2025-01-01', '2025-01-02');
  await store.add(series, span, { horizonHours: 48 }, answer(span), at('2025-03-01'));
  expect(await store.missing(series, span, { horizonHours: 24 })).toEqual([]);
  expect(await store.missing(series, span, { horizonHours: 72 })).toEqual([span]);
  expect(await store.missing(series, span, { horizonHours: 24, model: '2022-10-01' })).toEqual([span]);
});

test('the newest forecast is kept, and says nothing of those before it', async () => {
  const { open } = await makeWorld();
  const store = open('2025-03-01');
  const span = between('2025-01-01', '2025-01-02');
  const newest = { ...answer(span), forecasts: answer(span).forecasts.slice(-1) };
  await store.add(series, undefined, kind, newest, at('2025-03-01'));
  expect(await store.count(series, span)).toEqual({ forecasts: 1, values: 3 });
  expect(await store.missing(series, span, kind)).toEqual([span]);
});

test('an empty answer counts as asked; a month whose file is gone is missing', async () => {
  const { dir, open } = await makeWorld();
  const store = open('2025-03-01');
  const [empty, full] = [between('2025-01-01', '2025-01-02'), between('2025-02-01', '2025-02-02')];
  await store.add(series, empty, kind, { ...answer(empty), forecasts: [] }, at('2025-03-01'));
  await store.add(series, full, kind, answer(full), at('2025-03-01'));
  await rm(join(dir, 'co2_moer', 'CAISO_NORTH', '2025-02.parquet'));
  const later = open('2025-03-02');
  expect(await later.missing(series, empty, kind)).toEqual([]);
  expect(await later.missing(series, full, kind)).toEqual([full]);
});

test('a file that is not ours stops the add by its path and stays, and nothing counts as asked', async () => {
  const { dir, open } = await makeWorld();
  const store = open('2025-03-01');
  const span = between('2025-01-01', '2025-01-02');
  await store.add(series, span, kind, answer(span), at('2025-03-01'));
  const path = join(dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet');
  await writeFile(path, 'no parquet');
  const next = between('2025-01-02', '2025-01-03');
  await expect(store.add(series, next, kind, answer(next), at('2025-03-01'))).rejects.toThrow(path);
  expect(await store.missing(series, next, kind)).toEqual([next]);
});

test('a file is sorted by the time of making and the time, in whatever order the answers came', async () => {
  const { dir, open } = await makeWorld();
  const store = open('2025-03-01');
  for (const [from, to] of [
    ['03', '04'],
    ['01', '02'],
    ['05', '06'],
    ['02', '04'],
  ] as const) {
    const span = between(`2025-01-${from}`, `2025-01-${to}`);
    await store.add(series, span, kind, answer(span), at('2025-03-01'));
  }
  const rows = await readParquet(join(dir, 'co2_moer', 'CAISO_NORTH', '2025-01.parquet'));
  const keys = rows.map(
    (row) => `${z.date().parse(row['generated_at']).toISOString()} ${z.date().parse(row['point_time']).toISOString()}`,
  );
  expect(keys).toHaveLength(4 * 72);
  expect(keys).toEqual(keys.toSorted());
});

test('answers that come while a file is written all are in it, each asked once', async () => {
  const { open } = await makeWorld();
  const store = open('2025-03-01');
  const wanted = between('2025-01-01', '2025-01-21');
  await pull(store, wanted, '2025-03-01');
  expect(await store.count(series, wanted)).toEqual({ forecasts: 20 * 24, values: 20 * 72 });
});
