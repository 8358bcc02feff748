import { expect, test } from 'vitest';
import { quarantinePath } from '../../src/files/quarantine.ts';
import { codesOf, readTexts } from './site-at.ts';

const quarantine = { onBadRow: 'quarantine' } as const;
const hour = (n: number): string => `2025-01-01T${String(n).padStart(2, '0')}:00:00Z`;

test('a row whose end is not after its start is left out, and the others stay', async () => {
  const rows = Array.from(
    { length: 6 },
    (_, n) => `${hour(n)},${n === 2 ? hour(1) : hour(n + 1)},${String((n % 2) + 1)}`,
  );
  const text = `start,end,kWh\n${rows.join('\n')}\n`;
  expect(await codesOf(readTexts([text]))).toEqual(['meter.end-before-start']);
  const read = await readTexts([text], quarantine);
  expect(read.rows.map((row) => row.slice(11, 13))).toEqual(['00', '01', '03', '04', '05']);
  expect(read.findings.map(({ code }) => code)).toEqual(['meter.rows-quarantined', 'meter.gap']);
});

test('power whose rows have no sure length is no bad row: the file is refused all the same', async () => {
  const text = `time,kW\n${[0, 1, 2, 3].map((n) => `${hour(n)},${String((n % 2) + 1)}`).join('\n')}\n2025-01-01T03:15:00Z,1\n2025-01-01T04:15:00Z,2\n`;
  expect(await codesOf(readTexts([text], quarantine))).toEqual(await codesOf(readTexts([text])));
});

test('a bill that ends before it starts is left out', async () => {
  const text =
    'Start,End,kWh\n2025-01-01,2025-02-01,5\n2025-02-01,2025-01-03,6\n2025-03-01,2025-04-01,7\n2025-04-01,2025-05-01,8\n';
  const read = await readTexts([text], quarantine);
  expect(read.rows).toEqual(['2025-01-01,2025-02-01,5', '2025-03-01,2025-04-01,7', '2025-04-01,2025-05-01,8']);
});

test('no two meters share a file of rows', () => {
  const meters = [
    ['A', 'B'],
    ['A-B', 'C'],
    ['A', 'B-C'],
    ['A/B', 'C'],
    ['A_B', 'C'],
    ['..', 'C'],
    ['A', 'é'],
    ['A', 'è'],
  ] as const;
  const paths = meters.map(([site, meter]) => quarantinePath('q', site, meter));
  expect(new Set(paths).size).toBe(meters.length);
  expect(paths[0]).toBe('q/A-B.csv');
  for (const path of paths) expect(path).toMatch(/^q\/[\w.-]+\.csv$/);
});
