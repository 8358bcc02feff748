import { expect, test } from 'vitest';
import { readQuality } from '../../src/files/values/quality-cell.ts';
import { readTexts } from './site-at.ts';

test.each([
  ['E', 'Quality', 'estimated'],
  ['Estimated', 'Status', 'estimated'],
  ['geschaetzt', 'Status', 'estimated'],
  ['Ersatzwert', 'Status', 'substituted'],
  ['validated', 'flag', 'validated'],
  ['A', 'Read Type', 'measured'],
  ['', 'Quality', 'measured'],
  ['1', 'Estimated', 'estimated'],
  ['0', 'Is Estimated', 'measured'],
  ['1', 'Status', undefined],
  ['yes', 'Quality', undefined],
] as const)('"%s" below "%s" is %s', (cell, name, quality) => {
  expect(readQuality(cell, name)).toBe(quality);
});

const file = (name: string, codes: readonly string[]): string =>
  [`start,kWh,${name}`, ...codes.map((code, at) => `2025-01-01T0${String(at)}:00Z,${String(at + 1)},${code}`)].join(
    '\n',
  );

test('estimated readings stay readings and are known as such', async () => {
  const read = await readTexts([file('Quality', ['A', 'E', 'S', 'A'])]);
  expect(read.rows).toHaveLength(4);
  expect(read.findings).toMatchObject([{ code: 'meter.estimated', line: 3, data: { rows: 2 } }]);
});

test('columns.quality names a column that no name tells', async () => {
  const text = file('remark', ['A', 'E', 'E', 'A']);
  expect((await readTexts([text])).findings).toEqual([]);
  const read = await readTexts([text], { columns: { quality: 'remark' } });
  expect(read.findings).toMatchObject([{ code: 'meter.estimated', data: { rows: 2 } }]);
});

test('a code that is not known is told once, with its line', async () => {
  const read = await readTexts([file('Quality', ['A', 'Q7', 'Q7', 'A'])]);
  expect(read.findings).toMatchObject([{ code: 'meter.quality-unknown', line: 3 }]);
});

const bills = (...lines: readonly string[]): string => ['start_date,end_date,energy_kwh,Quality', ...lines].join('\n');

test('an estimated bill is joined to the next one that was read, both lines named', async () => {
  const read = await readTexts([
    bills('2024-01-05,2024-02-05,100,A', '2024-02-05,2024-03-05,90,E', '2024-03-05,2024-04-05,130,A'),
  ]);
  expect(read.rows).toEqual(['2024-01-05,2024-02-05,100', '2024-02-05,2024-04-05,220']);
  expect(read.findings).toMatchObject([
    { code: 'meter.bill-estimated', line: 3, data: { lines: [3], into: 4, days: 60 } },
  ]);
});

test('estimated bills without a reading after them stay, and are told', async () => {
  const read = await readTexts([bills('2024-01-05,2024-02-05,100,A', '2024-02-05,2024-03-05,90,E')]);
  expect(read.rows).toHaveLength(2);
  expect(read.findings.map(({ code }) => code)).toContain('meter.bill-estimated');
  const gap = await readTexts([
    bills('2024-01-05,2024-02-05,90,E', '2024-03-05,2024-04-05,130,A', '2024-04-05,2024-05-05,130,A'),
  ]);
  expect(gap.rows).toHaveLength(3);
});

test('a joined bill longer than 70 days is joined all the same, and said to be too long', async () => {
  const read = await readTexts([
    bills('2024-01-05,2024-02-05,90,E', '2024-02-05,2024-03-05,80,E', '2024-03-05,2024-04-05,130,A'),
  ]);
  expect(read.rows).toEqual(['2024-01-05,2024-04-05,300']);
  expect(read.findings[0]?.message).toContain('91 days are more than the 70');
});
