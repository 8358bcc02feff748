import { expect, test } from 'vitest';
import { california, openWattTime, readSeries, tenMinutes } from './open-watttime.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The noon at which the clocks of these tests start. */
const noon = Date.UTC(2026, 1, 1, 12);

const iso = (time: number): string => new Date(time).toISOString();
const twoWeeks = { start: iso(noon - 14 * dayMs), end: iso(noon) };
const longToken = { tokenLifetimeMs: 1000 * dayMs };

test('values of the last days change when they are corrected, older ones do not', async () => {
  const { get, sandbox } = await openWattTime(longToken);
  const query = { ...california, ...twoWeeks };
  const before = readSeries(await get('historical', query)).data;
  sandbox.clock.advance(7 * dayMs);
  const after = readSeries(await get('historical', query)).data;
  const changed = before
    .filter(({ value }, index) => value !== after[index]?.value)
    .map((point) => Date.parse(point.point_time));
  expect(changed.length).toBeGreaterThan(100);
  expect(Math.min(...changed)).toBeGreaterThan(noon - 7 * dayMs);
  sandbox.clock.advance(30 * dayMs);
  expect(readSeries(await get('historical', query)).data.slice(0, before.length)).toEqual(
    after.slice(0, before.length),
  );
});

test('preliminary values are imputed until they are corrected', async () => {
  const { get, sandbox } = await openWattTime(longToken);
  const query = { ...california, ...twoWeeks, include_imputed_marker: 'true' };
  const before = readSeries(await get('historical', query)).data;
  sandbox.clock.advance(7 * dayMs);
  const after = readSeries(await get('historical', query)).data;
  const corrected = before.filter(({ value }, index) => value !== after[index]?.value);
  expect(corrected.every(({ imputed_data_used: imputed }) => imputed)).toBe(true);
  const imputedShare = after.filter(({ imputed_data_used: imputed }) => imputed).length / after.length;
  expect(imputedShare).toBeLessThan(0.1);
});

test('updated_since leaves the points that got their value then or later, each with its time', async () => {
  const { get, sandbox } = await openWattTime(longToken);
  const query = { ...california, ...twoWeeks };
  const before = new Map(
    readSeries(await get('historical', query)).data.map((point) => [point.point_time, point.value]),
  );
  const lastNight = sandbox.clock.now() + 1;
  sandbox.clock.advance(dayMs);
  const whole = readSeries(await get('historical', query)).data;
  const { data } = readSeries(await get('historical', { ...query, updated_since: iso(lastNight) }));
  const news = whole
    .filter(({ point_time: time, value }) => before.get(time) !== value)
    .map((point) => point.point_time);
  expect(data.map((point) => point.point_time)).toEqual(news);
  expect(data.length).toBeLessThan(whole.length / 5);
  for (const { last_updated: updated = '' } of data) {
    expect(Date.parse(updated)).toBeGreaterThanOrEqual(lastNight);
    expect(Date.parse(updated)).toBeLessThanOrEqual(sandbox.clock.now());
  }
});

test('updated_since is inclusive, and takes a time with a zone only', async () => {
  const { get } = await openWattTime();
  const query = { ...california, ...tenMinutes };
  const every = readSeries(await get('historical', { ...query, updated_since: '2000-01-01T00:00:00Z' })).data;
  expect(every).toHaveLength(3);
  const last =
    every
      .map(({ last_updated: updated = '' }) => updated)
      .toSorted()
      .at(-1) ?? '';
  const newest = readSeries(await get('historical', { ...query, updated_since: last })).data;
  expect(newest.map(({ last_updated: updated }) => updated)).toContain(last);
  const later = iso(Date.parse(last) + 1);
  expect(readSeries(await get('historical', { ...query, updated_since: later })).data).toEqual([]);
  expect((await get('historical', { ...query, updated_since: '2025-01-01' })).status).toBe(422);
});

test('without revisions a value is final when it is published, which last_updated says', async () => {
  const { get, sandbox } = await openWattTime({ ...longToken, revisions: false });
  const query = { ...california, ...twoWeeks };
  const before = readSeries(await get('historical', { ...query, updated_since: twoWeeks.start })).data;
  for (const { point_time: time, last_updated: updated = '' } of before) {
    expect(Date.parse(updated) - Date.parse(time)).toBe(15 * 60_000);
  }
  sandbox.clock.advance(7 * dayMs);
  const after = readSeries(await get('historical', { ...query, updated_since: twoWeeks.start })).data;
  expect(after.slice(0, before.length)).toEqual(before);
});

test('a late revision changes old points of its region at its instant, and updated_since finds them', async () => {
  const revision = {
    at: noon + hourMs,
    from: Date.UTC(2025, 0, 1, 0, 5),
    to: Date.UTC(2025, 0, 1, 0, 10),
    region: 'CAISO_NORTH',
  };
  const { get, sandbox } = await openWattTime({ ...longToken, lateRevisions: [revision] });
  const query = { ...california, ...tenMinutes };
  const before = readSeries(await get('historical', query)).data;
  const others = readSeries(await get('historical', { ...query, region: 'PJM_CHICAGO' })).data;
  const since = { ...query, updated_since: iso(noon) };
  expect(readSeries(await get('historical', since)).data).toEqual([]);
  sandbox.clock.advance(hourMs);
  const after = readSeries(await get('historical', query)).data;
  expect(after.map(({ value }, index) => value !== before[index]?.value)).toEqual([false, true, false]);
  expect(readSeries(await get('historical', since)).data).toEqual([
    { ...after[1], last_updated: '2026-02-01T13:00:00+00:00' },
  ]);
  expect(readSeries(await get('historical', { ...query, region: 'PJM_CHICAGO' })).data).toEqual(others);
});

test('a hole is never published', async () => {
  const from = Date.UTC(2025, 0, 1, 0, 5);
  const { get } = await openWattTime({ holes: [{ from, to: from + 300_000, region: 'CAISO_NORTH' }] });
  const query = { ...california, ...tenMinutes };
  const times = readSeries(await get('historical', query)).data.map(({ point_time: time }) => time.slice(11, 16));
  expect(times).toEqual(['00:00', '00:10']);
  expect(readSeries(await get('historical', { ...query, region: 'PJM_CHICAGO' })).data).toHaveLength(3);
});

test('a newer model is there from its instant on, is the default then, and all its points are new', async () => {
  const { get, sandbox } = await openWattTime({ ...longToken, newModelAt: noon + hourMs });
  const query = { ...california, ...tenMinutes };
  const old = readSeries(await get('historical', query));
  expect((await get('historical', { ...query, model: '2026-02-01' })).status).toBe(400);
  sandbox.clock.advance(hourMs);
  const fresh = readSeries(await get('historical', query));
  expect([old.meta.model?.date, fresh.meta.model?.date]).toEqual(['2023-03-01', '2026-02-01']);
  expect(fresh.data).not.toEqual(old.data);
  expect(readSeries(await get('historical', { ...query, model: '2023-03-01' })).data).toEqual(old.data);
  const updated = readSeries(await get('historical', { ...query, updated_since: iso(noon + hourMs) })).data;
  expect(updated.map(({ last_updated: at }) => at)).toEqual(Array(3).fill('2026-02-01T13:00:00+00:00'));
  const access = await get('my-access', california);
  expect(access.text).toContain('"model":"2026-02-01"');
  const cut = { start: '2020-12-31T23:50:00Z', end: '2021-01-01T00:00:00Z' };
  expect(readSeries(await get('historical', { ...california, ...cut })).data).toHaveLength(1);
});
