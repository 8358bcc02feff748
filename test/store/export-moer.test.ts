import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { expect, test } from 'vitest';
import { exportMoer, type MoerExport } from '../../src/store/export-moer.ts';
import { listMonthFiles } from '../../src/store/month-file.ts';
import { filesUnder } from './parquet-rows.ts';
import { answer, at, between, dayMs, emptyAnswer, makeFolder, makeWorld, minuteMs, openStore } from './store-at.ts';

const now = '2026-06-01';
const plain: Omit<MoerExport, 'files'> = { window: {}, unit: 'lbs_per_mwh', resampleMs: undefined, format: 'csv' };

/** A dataset of two regions over a new year, and a place for what is exported of it. */
async function makeDataset(): Promise<{ readonly dir: string; readonly out: string }> {
  const world = await makeWorld();
  const store = openStore(world, now);
  const span = between('2024-12-31', '2025-01-02');
  for (const region of ['B', 'A']) {
    await store.add({ signal: 'co2_moer', region }, span, answer(span, { value: () => 780 }), at(now));
  }
  return { dir: world.dir, out: await makeFolder() };
}

async function exportLines(dir: string, out: string, asked: Partial<MoerExport>): Promise<readonly string[]> {
  const path = join(out, 'moer.csv');
  const rows = await exportMoer({ ...plain, files: await listMonthFiles(dir), ...asked }, path, 'test');
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(rows + 1);
  return lines;
}

test('all that is stored comes out, sorted by region and time, with times in UTC', async () => {
  const { dir, out } = await makeDataset();
  const lines = await exportLines(dir, out, {});
  expect(lines[0]).toBe('point_time,value,region,signal,unit,model,imputed');
  expect(lines[1]).toBe('2024-12-31T00:00:00Z,780.0,A,co2_moer,lbs_per_mwh,2023-03-01,');
  expect(lines).toHaveLength(1 + 4 * 288);
  const keys = lines.slice(1).map((line) => `${line.split(',')[2] ?? ''} ${line.slice(0, 20)}`);
  expect(keys).toEqual(keys.toSorted());
});

test('the window is half open', async () => {
  const { dir, out } = await makeDataset();
  const lines = await exportLines(dir, out, { window: between('2024-12-31T23:55Z', '2025-01-01T00:05Z') });
  expect(lines.slice(1).map((line) => line.slice(0, 20))).toEqual([
    '2024-12-31T23:55:00Z',
    '2025-01-01T00:00:00Z',
    '2024-12-31T23:55:00Z',
    '2025-01-01T00:00:00Z',
  ]);
});

test('fact 10: 780 lbs per MWh are 353.802049 g per kWh, without a tail of noise', async () => {
  const { dir, out } = await makeDataset();
  const lines = await exportLines(dir, out, { unit: 'g_per_kwh' });
  expect(lines[1]).toBe('2024-12-31T00:00:00Z,353.802049,A,co2_moer,g_per_kwh,2023-03-01,');
});

test('hourly means are weighted by time, and say which share is missing', async () => {
  const world = await makeWorld();
  const store = openStore(world, now);
  const five = between('2025-01-01', '2025-01-01T02:00Z');
  const full = answer(five, { value: (time) => (time < at('2025-01-01T01:00Z') ? 100 : 200) });
  // Of the second hour a half: the later points did not come.
  const points = [...full.points].filter(({ time }) => time < at('2025-01-01T01:30Z'));
  await store.add({ signal: 'co2_moer', region: 'A' }, five, { ...full, points }, at(now));
  const hourly = between('2025-01-01', '2025-01-01T03:00Z');
  const hours = answer(hourly, { periodSeconds: 3600, value: (time) => (time / 3_600_000) % 24 });
  await store.add({ signal: 'co2_moer', region: 'B' }, hourly, hours, at(now));
  const lines = await exportLines(world.dir, await makeFolder(), { resampleMs: 60 * minuteMs });
  expect(lines).toEqual([
    'point_time,value,region,signal,unit,model,missing_share,imputed_share',
    '2025-01-01T00:00:00Z,100.0,A,co2_moer,lbs_per_mwh,2023-03-01,0.0,',
    '2025-01-01T01:00:00Z,200.0,A,co2_moer,lbs_per_mwh,2023-03-01,0.5,',
    '2025-01-01T00:00:00Z,0.0,B,co2_moer,lbs_per_mwh,2023-03-01,0.0,',
    '2025-01-01T01:00:00Z,1.0,B,co2_moer,lbs_per_mwh,2023-03-01,0.0,',
    '2025-01-01T02:00:00Z,2.0,B,co2_moer,lbs_per_mwh,2023-03-01,0.0,',
  ]);
  const daily = await exportLines(world.dir, await makeFolder(), {
    resampleMs: dayMs,
    files: (await listMonthFiles(world.dir)).slice(0, 1),
  });
  // 12 points of 100 and 6 of 200, of a day that has 288.
  expect(daily[1]).toBe('2025-01-01T00:00:00Z,133.333333,A,co2_moer,lbs_per_mwh,2023-03-01,0.9375,');
});

test('means of two models are never one number', async () => {
  const world = await makeWorld();
  const store = openStore(world, now);
  const hour = between('2025-01-01', '2025-01-01T01:00Z');
  const points = [0, 5].map((minute) => ({
    time: hour.start + minute * minuteMs,
    value: minute,
    model: minute === 0 ? '2022-10-01' : '2023-03-01',
  }));
  await store.add({ signal: 'co2_moer', region: 'A' }, hour, { ...emptyAnswer, points }, at(now));
  const lines = await exportLines(world.dir, await makeFolder(), { resampleMs: 60 * minuteMs });
  expect(lines.slice(1).map((line) => line.split(',')[5])).toEqual(['2022-10-01', '2023-03-01']);
});

test('Parquet has the same rows, and a failed export leaves the file that was there', async () => {
  const { dir, out } = await makeDataset();
  const path = join(out, 'moer.parquet');
  const files = await listMonthFiles(dir);
  const asked: MoerExport = { ...plain, files, format: 'parquet' };
  expect(await exportMoer(asked, path, 'test')).toBe(4 * 288);
  const before = await readFile(path);
  expect(Number((await parquetMetadataAsync(await asyncBufferFromFile(path))).num_rows)).toBe(4 * 288);
  await writeFile(files[3]?.path ?? '', 'damaged');
  await expect(exportMoer(asked, path, 'test')).rejects.toMatchObject({ code: 'export.unreadable' });
  expect((await readFile(path)).equals(before)).toBe(true);
  expect(await filesUnder(out)).toEqual(['moer.parquet']);
  const nowhere = join(out, 'no', 'folder', 'moer.parquet');
  await expect(exportMoer({ ...asked, files: files.slice(0, 2) }, nowhere, 'test')).rejects.toMatchObject({
    code: 'export.unwritable',
  });
});
