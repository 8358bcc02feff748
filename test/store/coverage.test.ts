import { describe, expect, test } from 'vitest';
import { createMemoryCoverage } from './memory-coverage.ts';
import { answer, at, between, dayMs, emptyAnswer, hourMs, makeWorld, minuteMs, openStore } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };

describe('what is asked again', () => {
  test('is what was younger than `revisions` when it was asked: a trailing week each night', async () => {
    const world = await makeWorld();
    const monday = openStore(world, '2025-06-30T03:00Z');
    const window = between('2025-05-01', '2025-06-30T03:00Z');
    for (const span of await monday.missing(series, window)) {
      await monday.add(series, span, answer(span), at('2025-06-30T03:00Z'));
    }
    const tuesday = openStore(world, '2025-07-01T03:00Z');
    expect(await tuesday.missing(series, between('2025-05-01', '2025-07-01T03:00Z'))).toMatchObject([
      between('2025-06-23T03:00Z', '2025-07-01T03:00Z'),
    ]);
  });

  test('includes a tail that was asked young and then left alone for months: once more', async () => {
    const world = await makeWorld();
    const window = between('2025-06-01', '2025-06-30');
    const before = openStore(world, '2025-06-30');
    await before.add(series, window, answer(window), at('2025-06-30'));
    const after = openStore(world, '2025-10-01');
    const tail = between('2025-06-23', '2025-06-30');
    expect(await after.missing(series, window)).toMatchObject([tail]);
    await after.add(series, tail, answer(tail), at('2025-10-01'));
    expect(await openStore(world, '2025-10-02').missing(series, window)).toMatchObject([]);
  });

  test('is not asked twice in one run, however young', async () => {
    const world = await makeWorld();
    const run = openStore(world, '2025-06-30');
    const window = between('2025-06-29', '2025-06-30');
    await run.add(series, window, emptyAnswer, at('2025-06-30'));
    expect(await run.missing(series, window)).toMatchObject([]);
    expect(await openStore(world, '2025-06-30').missing(series, window)).toMatchObject([window]);
  });

  test('does not depend on whether anything came', async () => {
    const world = await makeWorld();
    const window = between('2025-06-01', '2025-06-30');
    await openStore(world, '2025-06-30').add(series, window, emptyAnswer, at('2025-06-30'));
    const tail = between('2025-06-23', '2025-06-30');
    expect(await openStore(world, '2025-07-20').missing(series, window)).toMatchObject([tail]);
  });

  test('is all that a clock running ahead had asked lately', async () => {
    const world = await makeWorld();
    const window = between('2025-06-01', '2025-06-30');
    await openStore(world, '2031-01-01').add(series, window, answer(window), at('2031-01-01'));
    const tail = between('2025-06-23', '2025-06-30');
    expect(await openStore(world, '2025-06-30').missing(series, window)).toMatchObject([tail]);
  });
});

describe('the window', () => {
  test('is never asked for beyond now', async () => {
    const store = openStore(await makeWorld(), '2025-06-30T12:02Z');
    expect(await store.missing(series, between('2025-06-30', '2027-01-01'))).toMatchObject([
      between('2025-06-30', '2025-06-30T12:05Z'),
    ]);
    expect(await store.missing(series, between('2026-01-01', '2027-01-01'))).toMatchObject([]);
  });

  test('is snapped to 5 minutes until an answer tells the period, and to the period from then on', async () => {
    const world = await makeWorld();
    const store = openStore(world, '2025-06-30');
    const window = between('2025-01-01T00:03Z', '2025-01-02T10:07Z');
    const snapped = between('2025-01-01T00:05Z', '2025-01-02T10:10Z');
    expect(await store.count(series, window)).toMatchObject({ received: 0, expected: undefined });
    expect(await store.missing(series, window)).toMatchObject([snapped]);
    await store.add(series, snapped, answer(snapped, { periodSeconds: 3600 }), at('2025-06-30'));
    expect(await store.missing(series, between('2025-01-01T00:03Z', '2025-01-02T11:59Z'))).toMatchObject([
      between('2025-01-02T11:00Z', '2025-01-02T12:00Z'),
    ]);
    expect(await store.count(series, window)).toMatchObject({ received: 34, expected: 34 });
  });

  test('is one request where an answered sliver holds no point of the grid', async () => {
    const world = await makeWorld();
    const sliver = { ...between('2025-01-01T12:01Z', '2025-01-01T12:04Z'), askedAt: at('2025-06-01'), points: 0 };
    await world.coverage.cover('co2_moer/CAISO_NORTH', 300, [sliver]);
    const day = between('2025-01-01', '2025-01-02');
    expect(await openStore(world, '2025-06-30').missing(series, day)).toMatchObject([day]);
  });

  test('is cut into whole periods of the chunk, never above 32 days', async () => {
    const world = await makeWorld();
    const window = between('2025-01-01', '2025-03-06');
    expect(await openStore(world, '2025-06-30', { chunkMs: 400 * dayMs }).missing(series, window)).toHaveLength(2);
    const odd = await openStore(world, '2025-06-30', { chunkMs: hourMs + 2 * minuteMs }).missing(series, window);
    expect(odd).toHaveLength(64 * 24);
    const tiny = await openStore(world, '2025-06-30', { chunkMs: 1 }).missing(
      series,
      between('2025-01-01', '2025-01-02'),
    );
    expect(tiny).toHaveLength(288);
  });
});

describe('the count', () => {
  test('is exact where the window cuts an answer with gaps', async () => {
    const store = openStore(await makeWorld(), '2025-06-30');
    const month = between('2025-01-01', '2025-02-01');
    const full = answer(month);
    const points = [...full.points].filter(({ time }) => time < at('2025-01-10') || time >= at('2025-01-20'));
    await store.add(series, month, { ...full, points }, at('2025-06-30'));
    expect(await store.count(series, between('2025-01-09', '2025-01-21'))).toMatchObject({
      received: 576,
      expected: 12 * 288,
    });
    expect(await store.count(series, month)).toMatchObject({ received: 21 * 288, expected: 31 * 288 });
  });

  test('expects nothing after now', async () => {
    const store = openStore(await makeWorld(), '2025-01-02');
    const day = between('2025-01-01', '2025-01-02');
    await store.add(series, day, answer(day), at('2025-01-02'));
    expect(await store.count(series, between('2025-01-01', '2026-01-01'))).toMatchObject({
      received: 288,
      expected: 288,
    });
  });
});

describe('the rows in the ledger', () => {
  test('are by UTC month, with the points each holds', async () => {
    const world = await makeWorld();
    const store = openStore(world, '2025-06-30');
    const span = between('2025-01-30', '2025-03-02');
    const points = answer(between('2025-01-30', '2025-01-31')).points;
    await store.add(series, span, { ...emptyAnswer, points }, at('2025-06-30'));
    const { periodSeconds, spans } = await world.coverage.coverage('co2_moer/CAISO_NORTH');
    expect(periodSeconds).toBe(300);
    expect(spans).toEqual([
      { ...between('2025-01-30', '2025-02-01'), askedAt: at('2025-06-30'), points: 288 },
      { ...between('2025-02-01', '2025-03-01'), askedAt: at('2025-06-30'), points: 0 },
      { ...between('2025-03-01', '2025-03-02'), askedAt: at('2025-06-30'), points: 0 },
    ]);
  });

  test('keep their own time and the points they have left when a later answer takes a part', async () => {
    const world = await makeWorld();
    const store = openStore(world, '2025-06-30');
    const january = between('2025-01-01', '2025-02-01');
    await store.add(series, january, answer(january), at('2025-06-30'));
    const day = between('2025-01-10', '2025-01-11');
    await store.add(series, day, answer(day), at('2025-07-01'));
    const { spans } = await world.coverage.coverage('co2_moer/CAISO_NORTH');
    expect(spans).toMatchObject([
      { ...between('2025-01-01', '2025-01-10'), askedAt: at('2025-06-30'), points: 9 * 288 },
      { ...day, askedAt: at('2025-07-01'), points: 288 },
      { ...between('2025-01-11', '2025-02-01'), askedAt: at('2025-06-30'), points: 21 * 288 },
    ]);
  });
});

test('a run that dies between the file and the ledger only has to ask again', async () => {
  const world = await makeWorld();
  const january = between('2025-01-01', '2025-02-01');
  const deaf = { ...createMemoryCoverage(), cover: async () => Promise.reject(new Error('killed')) };
  const killed = openStore({ ...world, coverage: deaf }, '2025-06-30');
  await expect(killed.add(series, january, answer(january), at('2025-06-30'))).rejects.toThrow('killed');
  expect(await killed.missing(series, january)).toMatchObject([january]);

  const next = openStore(world, '2025-06-30');
  expect(await next.missing(series, january)).toMatchObject([january]);
  await next.add(series, january, answer(january), at('2025-06-30'));
  expect(await next.count(series, january)).toMatchObject({ received: 31 * 288, expected: 31 * 288 });
});
