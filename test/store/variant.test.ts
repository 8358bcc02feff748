import { expect, test } from 'vitest';
import type { MoerDataset } from '../../src/store/moer-store.ts';
import { filesUnder, readAllRows } from './parquet-rows.ts';
import { answer, at, between, emptyAnswer, hourMs, makeWorld, openStore } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const window = between('2025-01-01', '2025-03-01');
const now = '2025-06-30';

async function pull(store: MoerDataset, model: string, askedAt: number): Promise<number> {
  const requests = await store.missing(series, window);
  for (const span of requests) await store.add(series, span, answer(span, { model }), askedAt);
  return requests.length;
}

async function modelsHeld(dir: string): Promise<ReadonlySet<string | null>> {
  return new Set((await readAllRows(dir)).map((row) => row.model));
}

test('a model pinned later is asked for all of the window, and its points take the place of the stored ones', async () => {
  const world = await makeWorld();
  expect(await pull(openStore(world, now), 'A', at(now))).toBe(2);
  const pinned = (): MoerDataset => openStore(world, now, { model: 'B' });
  expect(await pull(pinned(), 'B', at(now) + 1)).toBe(2);
  expect(await modelsHeld(world.dir)).toEqual(new Set(['B']));
  expect(await filesUnder(world.dir)).toHaveLength(2);
  expect(await pull(pinned(), 'B', at(now) + 2)).toBe(0);
  expect(await pinned().count(series, window)).toMatchObject({ received: 59 * 288, expected: 59 * 288 });
});

test('a manifest changed and changed back asks again each time: the other answers are gone', async () => {
  const world = await makeWorld();
  const variants = [
    {},
    { model: 'B' },
    { model: 'C' },
    { model: 'B' },
    { model: 'B', imputed: true },
    { imputed: true },
    {},
  ];
  for (const [run, variant] of variants.entries()) {
    const model = variant.model ?? 'A';
    expect(await pull(openStore(world, now, variant), model, at(now) + run)).toBe(2);
    expect(await pull(openStore(world, now, variant), model, at(now) + run)).toBe(0);
    expect(await modelsHeld(world.dir)).toEqual(new Set([model]));
  }
});

test('imputed: false is what is asked when nothing is said', async () => {
  const world = await makeWorld();
  await pull(openStore(world, now), 'A', at(now));
  expect(await openStore(world, now, { imputed: false }).missing(series, window)).toMatchObject([]);
});

test('only what the other variant was asked for is asked again, empty answers included', async () => {
  const world = await makeWorld();
  await pull(openStore(world, now), 'A', at(now));
  const day = between('2025-01-10', '2025-01-11');
  await openStore(world, now, { model: 'B' }).add(series, day, emptyAnswer, at(now) + 1);
  expect(await openStore(world, now).missing(series, day)).toMatchObject([day]);
  expect(await openStore(world, now).missing(series, between('2025-02-01', '2025-03-01'))).toMatchObject([]);
  expect(await openStore(world, now, { model: 'B' }).missing(series, day)).toMatchObject([]);
  // They stay: an answer adds and revises, it never removes.
  expect(await openStore(world, now, { model: 'B' }).count(series, day)).toMatchObject({
    received: 288,
    expected: 288,
  });
});

test('a pinned model has its trailing week asked again, and a lost file too', async () => {
  const world = await makeWorld();
  const june = between('2025-06-01', '2025-06-30');
  const first = openStore(world, '2025-06-30', { model: 'B' });
  await first.add(series, june, answer(june, { model: 'B' }), at('2025-06-30'));
  expect(await openStore(world, '2025-06-30', { model: 'B' }).missing(series, june)).toMatchObject([
    between('2025-06-23', '2025-06-30'),
  ]);
  const tail = between('2025-06-23', '2025-06-30');
  await openStore(world, '2025-07-20', { model: 'B' }).add(
    series,
    tail,
    answer(tail, { model: 'B' }),
    at('2025-07-20'),
  );
  expect(await openStore(world, '2025-07-21', { model: 'B' }).missing(series, june)).toMatchObject([]);
  const elsewhere = openStore({ ...world, dir: `${world.dir}/empty` }, '2025-07-21', { model: 'B' });
  expect(await elsewhere.missing(series, june)).toMatchObject([june]);
});

test('a run killed between the two rows of a pinned answer only has to ask again', async () => {
  const world = await makeWorld();
  await pull(openStore(world, now, { model: 'B' }), 'B', at(now));
  const day = between('2025-01-10', '2025-01-11');
  let calls = 0;
  const dying = {
    ...world.coverage,
    cover: async (...row: Parameters<typeof world.coverage.cover>) =>
      ++calls === 1 ? world.coverage.cover(...row) : Promise.reject(new Error('killed')),
  };
  const killed = openStore({ ...world, coverage: dying }, now, { model: 'B' });
  await expect(killed.add(series, day, answer(day), at(now) + 1)).rejects.toThrow('killed');
  expect(await openStore(world, now, { model: 'B' }).missing(series, window)).toMatchObject([day]);
});

test('the model of the newest point is told, and of a series without one nothing', async () => {
  const world = await makeWorld();
  const store = openStore(world, now);
  expect(await store.model(series)).toBeUndefined();
  await pull(store, 'A', at(now));
  const last = { start: window.end - hourMs, end: window.end };
  await store.add(series, last, answer(last, { model: 'B' }), at(now) + 1);
  expect(await store.model(series)).toBe('B');
});
