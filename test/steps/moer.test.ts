import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import type { History, HistoryAsk } from '../../src/domain/moer.ts';
import type { Site } from '../../src/domain/site.ts';
import { intersectSpans, mergeSpans, type Span } from '../../src/domain/span.ts';
import { moer } from '../../src/steps/moer.ts';
import type { NoticeDetails, Tools } from '../../src/steps/tools.ts';
import type { MoerStoreOptions } from '../../src/store/moer-store.ts';
import { readAllRows } from '../store/parquet-rows.ts';
import { answer, at, between, dayMs, emptyAnswer, makeWorld, openStore, stoppedClock } from '../store/store-at.ts';

interface Notice {
  readonly level: 'warn' | 'debug';
  readonly message: string;
  readonly details: NoticeDetails;
}

const now = '2026-02-01T12:00Z';
const nextDay = '2026-02-02T12:00Z';
const year = between('2025-01-01', '2026-01-01');
const where = { signal: 'co2_moer', region: 'CAISO_NORTH' };

/** The step's run for one signal of one region, with a real store; `history` is the API. */
async function runMoer(
  world: Pick<MoerStoreOptions, 'dir' | 'coverage'>,
  window: Span,
  history: (ask: HistoryAsk) => History,
  runAt = now,
): Promise<{ readonly outcome: unknown; readonly notices: readonly Notice[]; readonly asked: readonly HistoryAsk[] }> {
  const notices: Notice[] = [];
  const asked: HistoryAsk[] = [];
  const unused = (): never => {
    throw new Error('the moer step has no use for this');
  };
  const tools: Tools = {
    watttime: {
      history: async (_series, ask) => {
        asked.push(ask);
        return history(ask);
      },
    },
    regions: { regionAt: unused, requests: unused, changedAt: unused },
    wattcarbon: {
      scope: '',
      prepare: unused,
      inspect: unused,
      send: unused,
      list: unused,
      readings: unused,
      assetUpdate: unused,
    },
    files: { meter: unused, bytes: unused, place: unused, events: unused },
    store: openStore(world, runAt),
    pulling: async (job) => job(),
    settings: {
      signals: ['co2_moer'],
      window,
      revisionsMs: 7 * dayMs,
      coordinateKeys: ['lat', 'lon'],
      reupload: 'append',
    },
    notices: {
      warn: (message, details) => void notices.push({ level: 'warn', message, details }),
      debug: (message, details) => void notices.push({ level: 'debug', message, details }),
    },
    clock: stoppedClock(at(runAt)),
  };
  const site: Site = { id: 'a', name: 'a', meters: [], where: () => ({ file: 'pipeline.yaml' }) };
  const facts = { region: new Map([['co2_moer', { region: 'CAISO_NORTH' }]]) };
  const outcome = await moer.run({ site, item: { label: 'co2_moer' }, facts }, tools).catch((error: unknown) => error);
  return { outcome, notices, asked };
}

/** A full answer without the points of `hole`. */
function answerWithout(span: Span, hole: Span): History {
  const full = answer(span);
  return { ...full, points: [...full.points].filter(({ time }) => time < hole.start || time >= hole.end) };
}

test('a full year is pulled without a word, and counted', async () => {
  const { outcome, notices } = await runMoer(await makeWorld(), year, (span) => answer(span));
  expect(outcome).toMatchObject({ received: 105_120, expected: 105_120 });
  expect(notices).toEqual([]);
});

test('fact 3: a range cut before the first data is told once, with its extent, and not again', async () => {
  const world = await makeWorld();
  const cut = between('2024-01-01', '2025-02-10T06:40Z');
  const { outcome, notices } = await runMoer(world, year, (span) => answerWithout(span, cut));
  const missing = 40 * 288 + 80;
  expect(outcome).toMatchObject({ received: 105_120 - missing, expected: 105_120 });
  expect(notices).toMatchObject([
    {
      level: 'warn',
      details: { ...where, asked: 105_120, missing, first: '2025-01-01T00:00:00Z', last: '2025-02-10T06:35:00Z' },
    },
  ]);
  expect(notices[0]?.message).toMatch(
    /^co2_moer of CAISO_NORTH: 11600 of 105120 points asked for did not come, .* the first 2025-01-01T00:00:00Z, the last 2025-02-10T06:35:00Z; they are not asked for again/,
  );
  expect((await runMoer(world, year, (span) => answerWithout(span, cut))).notices).toEqual([]);
});

test('a tail that is not published yet is for the debug log, what is older than the revisions is a warning', async () => {
  const open = between('2026-01-01', now);
  const tail = between('2026-02-01T10:00Z', now);
  const young = await runMoer(await makeWorld(), open, (span) => answerWithout(span, tail));
  expect(young.notices).toMatchObject([{ level: 'debug', details: { asked: 7 * 288, missing: 24 } }]);
  const week = between('2026-01-25T11:50Z', now);
  const both = await runMoer(await makeWorld(), open, (span) => answerWithout(span, week));
  expect(both.notices).toMatchObject([
    { level: 'warn', details: { missing: 2, first: '2026-01-25T11:50:00Z', last: '2026-01-25T11:55:00Z' } },
    { level: 'debug', details: { missing: 7 * 288, first: '2026-01-25T12:00:00Z', last: '2026-02-01T11:55:00Z' } },
  ]);
});

test('a warning of the API is told once a series, with how many answers carried it', async () => {
  const { notices } = await runMoer(await makeWorld(), year, (span) => ({
    ...answer(span),
    warnings: span.start === year.start ? ['X: be careful', 'once'] : ['X: be careful'],
  }));
  const [from, to] = ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];
  expect(notices).toEqual([
    {
      level: 'warn',
      message: 'co2_moer of CAISO_NORTH: WattTime warns: X: be careful',
      details: { ...where, answers: 12, from, to },
    },
    {
      level: 'warn',
      message: 'co2_moer of CAISO_NORTH: WattTime warns: once',
      details: { ...where, answers: 1, from, to: '2025-02-02T00:00:00Z' },
    },
  ]);
});

test('what came before a pull failed is told and counted: it is not asked for again', async () => {
  const world = await makeWorld();
  const refusal = new ApiError({ api: 'watttime', kind: 'outage', method: 'GET', path: '/v3/historical' }, 'down');
  const failed = await runMoer(world, year, (span) => {
    if (span.start >= at('2025-03-01')) throw refusal;
    return { ...answerWithout(span, between('2025-01-05', '2025-01-06')), warnings: ['X'] };
  });
  expect(failed.outcome).toBe(refusal);
  expect(failed.notices).toMatchObject([{ details: { answers: 2 } }, { details: { asked: 64 * 288, missing: 288 } }]);
  expect(await openStore(world, now).count(where, year)).toMatchObject({ received: 63 * 288, expected: 105_120 });
  const { outcome, notices } = await runMoer(world, year, (span) => answer(span));
  expect(outcome).toMatchObject({ received: 105_120 - 288, expected: 105_120 });
  expect(notices).toEqual([]);
});

test('fact 5: another model than the stored one is told, and the whole window is pulled of it, so that none is mixed', async () => {
  const world = await makeWorld();
  const early = between('2025-01-01', '2025-07-01');
  expect((await runMoer(world, early, (span) => answer(span))).notices).toEqual([]);
  const asNew = (span: Span): History => answer(span, { model: '2024-10-01' });
  const { outcome, notices, asked } = await runMoer(world, year, asNew, nextDay);
  expect(outcome).toMatchObject({ received: 105_120, missing: 0 });
  expect(notices).toMatchObject([{ level: 'warn', details: { ...where, models: ['2023-03-01', '2024-10-01'] } }]);
  expect(notices[0]?.message).toContain('the model changed from 2023-03-01 to 2024-10-01:');
  expect(mergeSpans(asked)).toEqual([year]);
  expect(asked.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(year.end - year.start);
  expect(new Set((await readAllRows(world.dir)).map(({ model }) => model))).toEqual(new Set(['2024-10-01']));
  expect((await runMoer(world, between('2025-01-01', nextDay), asNew, nextDay)).notices).toEqual([]);
});

test('of a new model that begins later, the points before it keep the older one, and are not asked for again', async () => {
  const world = await makeWorld();
  await runMoer(world, year, (span) => answer(span));
  const dataStart = between('2025-03-01', '2030-01-01');
  const asNew = (span: Span): History => {
    const of = intersectSpans(span, dataStart);
    return of ? answer(of, { model: '2024-10-01' }) : { ...emptyAnswer, model: '2024-10-01' };
  };
  const ask = async (runAt: string) => runMoer(world, between('2025-01-01', runAt), asNew, runAt);
  expect((await ask(nextDay)).outcome).toMatchObject({ missing: 0 });
  const rows = await readAllRows(world.dir);
  expect(rows.filter(({ model }) => model === '2023-03-01')).toHaveLength(59 * 288);
  expect(rows.every(({ model, point_time }) => point_time.getTime() < dataStart.start || model === '2024-10-01')).toBe(
    true,
  );
  // Only the trailing week.
  expect((await ask('2026-02-03T12:00Z')).asked).toHaveLength(1);
});

test('fact 11: a span that times out is halved, not repeated, and told of as one', async () => {
  const slow = new ApiError({ api: 'watttime', kind: 'timeout', method: 'GET', path: '/v3/historical' }, 'slow');
  const month = between('2025-01-01', '2025-02-01');
  const { notices } = await runMoer(await makeWorld(), month, (span) => {
    if (span.end - span.start > 8 * dayMs) throw slow;
    return answerWithout(span, between('2025-01-15', '2025-01-18'));
  });
  expect(notices).toMatchObject([{ details: { asked: 31 * 288, missing: 3 * 288 } }]);
});

test('fact 4: the next night asks what changed since, keeps the rest, and writes only the month that changed', async () => {
  const world = await makeWorld();
  const from = '2026-01-27';
  await runMoer(world, between(from, now), (ask) => answer(ask));
  const january = join(world.dir, 'co2_moer', 'CAISO_NORTH', '2026-01.parquet');
  const before = await stat(january);
  const { outcome, asked } = await runMoer(
    world,
    between(from, nextDay),
    ({ start, end, updatedSince = 0 }) => {
      // One revised value in February, and what is new.
      const { points, ...rest } = answer({ start, end });
      const revised = { time: at('2026-02-01T03:00Z'), value: 9999, model: '2023-03-01' };
      return { ...rest, points: [revised, ...[...points].filter(({ time }) => time >= updatedSince)] };
    },
    nextDay,
  );
  expect(asked).toMatchObject([{ end: at(nextDay), updatedSince: at('2026-02-01T11:00Z') }]);
  expect(outcome).toMatchObject({ missing: 0, received: 6.5 * 288 });
  expect(await stat(january)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  expect((await readAllRows(world.dir)).filter(({ value }) => value === 9999)).toHaveLength(1);
});

test('an API that refuses updated_since is asked for all of the trailing span instead', async () => {
  const world = await makeWorld();
  const from = '2026-01-27';
  await runMoer(world, between(from, now), (ask) => answer(ask));
  const refusal = new ApiError({ api: 'watttime', kind: 'invalid', method: 'GET', path: '/v3/historical' }, 'no such');
  const { outcome, asked } = await runMoer(
    world,
    between(from, nextDay),
    (ask) => {
      if (ask.updatedSince !== undefined) throw refusal;
      return answer(ask);
    },
    nextDay,
  );
  expect(outcome).toMatchObject({ missing: 0, received: 6.5 * 288 });
  expect(asked.map(({ updatedSince }) => updatedSince === undefined)).toEqual([false, true]);
  const refused = await runMoer(await makeWorld(), year, () => {
    throw refusal;
  });
  expect(refused).toMatchObject({ outcome: refusal, asked: [{}] });
});
