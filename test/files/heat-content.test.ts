import { expect, test } from 'vitest';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const gas = (header: string): string => `${header}\n2025-01-01T00:00Z,2\n2025-01-01T01:00Z,4.5\n`;

test('a gas volume becomes energy by the heat content, and says so', async () => {
  const read = await readTexts([gas('time,Usage (m3)')], { type: 'gas', heatContent: 10.6 });
  expect(read.rows).toEqual(['2025-01-01T00:00:00+00:00,21.2', '2025-01-01T01:00:00+00:00,47.7']);
  expect(read.inferred[0]).toContain('m3 in the header, at 10.6 kWh each');
});

test('without a heat content the problem says how to set it', async () => {
  const [problem] = await problemsOf(readTexts([gas('time,Usage (CCF)')], { type: 'gas' }));
  expect(problem?.code).toBe('meter.heat-content-missing');
  expect(problem?.message).toContain('set heatContent to the kWh in one ccf');
});

test('a heat content leaves energy as it is', async () => {
  const read = await readTexts([gas('time,kWh')], { type: 'gas', heatContent: 10.6 });
  expect(read.rows[0]).toBe('2025-01-01T00:00:00+00:00,2');
});

test('a volume in the unit column and another in the header are a contradiction', async () => {
  const text = 'time,Usage (m3),Unit\n2025-01-01T00:00Z,2,CCF\n2025-01-01T01:00Z,4,CCF\n';
  expect(await codesOf(readTexts([text], { type: 'gas', heatContent: 10 }))).toEqual(['meter.unit-contradictory']);
});
