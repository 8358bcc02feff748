import { expect, test } from 'vitest';
import { stopsInNumber } from '../../src/files/csv/cut-off.ts';
import { readTexts } from './site-at.ts';

const hour = (at: number, value: string): string => `2025-01-01T${String(at).padStart(2, '0')}:00:00Z,${value}`;
const rows = [0, 1, 2, 3].map((at) => hour(at, '0.125'));
const text = (last: string): string => ['time,kWh', ...rows, last].join('\n');

test('a file that stops in the middle of its last value is told at its line', async () => {
  const { findings } = await readTexts([text(hour(4, '0.1'))]);
  expect(findings).toMatchObject([{ severity: 'warning', code: 'meter.last-row-open', line: 6 }]);
});

test('a last line without its end is whole where its decimals are those of the others', async () => {
  expect((await readTexts([text(hour(4, '0.250'))])).findings).toEqual([]);
  expect((await readTexts([`${text(hour(4, '0.1'))}\n`])).findings).toEqual([]);
});

test.each([
  ['whole numbers may lack any digit', 'a,12\na,13\na,1', true],
  ['quotes and decimal commas', 'head\n"0,25"\n"0,50"\n"0,2', true],
  ['quotes and decimal commas, whole', 'head\n"0,25"\n"0,50"\n"0,25"', false],
  ['after the decimal mark', 'a,12.5\na,13.5\na,1.', true],
  ['prose with a full stop', 'a,12\ncall us.', false],
  ['prose', 'a,12\ncall us', false],
  ['one line', 'a,1.5', true],
])('%s', (_what, tail, stops) => {
  expect(stopsInNumber(tail)).toBe(stops);
});
