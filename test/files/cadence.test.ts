import { expect, test } from 'vitest';
import { problemsOf, readTexts } from './site-at.ts';

const minuteMs = 60_000;
const from = Date.parse('2025-02-01T00:00:00Z');

/** Rows at these minutes from the beginning, all of value 1. */
const rowsAt = (unit: string, minutes: readonly number[]): string =>
  [`time,${unit}`, ...minutes.map((at) => `${new Date(from + at * minuteMs).toISOString()},1`), ''].join('\n');

const hourly = Array.from({ length: 20 }, (_, at) => 60 * at);
const quarters = Array.from({ length: 60 }, (_, at) => 1200 + 15 * at);
const hourlyAfter = Array.from({ length: 20 }, (_, at) => 2100 + 60 * at);

test('hourly rows before and after quarter hours are no gaps', async () => {
  const { findings } = await readTexts([rowsAt('kWh', [...hourly, ...quarters, ...hourlyAfter])]);
  expect(findings.map((finding) => finding.code)).not.toContain('meter.gap');
  const broken = await readTexts([rowsAt('kWh', [...hourly.filter((at) => at !== 900), ...quarters])]);
  expect(broken.findings.filter((finding) => finding.code === 'meter.gap')).toMatchObject([
    { data: { missingMs: 3_600_000 } },
  ]);
});

test('power needs to know the length of every row, so a part with a longer one is refused', async () => {
  const mixed = rowsAt('kW', [...hourly, ...quarters]);
  expect(await problemsOf(readTexts([mixed]))).toMatchObject([{ code: 'meter.cadence-change', line: 2 }]);
  const given = await readTexts([mixed], { interval: 'PT15M' });
  expect(new Set(given.rows.map((row) => row.split(',')[1]))).toEqual(new Set(['0.25']));
});
