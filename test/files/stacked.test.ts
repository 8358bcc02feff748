import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const csv = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const read = async (text: string, more: Partial<Meter> = {}) => await readTexts([text], more, 'America/New_York');
const values = (rows: readonly string[]): readonly number[] => rows.map((row) => Number(row.split(',')[1]));

test('two directions under the same times are a problem that names column, values and setting', async () => {
  const blocks = csv(
    'time,Flow Direction,kWh',
    '2025-01-01 00:00,Delivered,1',
    '2025-01-01 01:00,Delivered,2',
    '2025-01-01 00:00,Received,1',
    '2025-01-01 01:00,Received,2',
  );
  expect(await problemsOf(read(blocks))).toMatchObject([
    { code: 'meter.several-series', line: 4, message: expect.stringContaining('"Delivered" and "Received" in column') },
  ]);
  const interleaved = csv(
    'time,Flow Direction,kWh',
    '2025-01-01 00:00,Delivered,1',
    '2025-01-01 00:00,Received,0',
    '2025-01-01 01:00,Delivered,2',
    '2025-01-01 01:00,Received,0',
  );
  expect(await codesOf(read(interleaved))).toEqual(['meter.several-series']);
  expect(values((await read(interleaved, { select: { 'Flow Direction': 'Delivered' } })).rows)).toEqual([1, 2]);
});

test('a column of types that never come at the same time is no second series', async () => {
  const text = csv('time,Type,kWh', '2025-01-01 00:00,Actual,1', '2025-01-01 01:00,Estimated,2');
  expect((await read(text)).rows).toHaveLength(2);
});

test('a doubled hour under two values is no second series', async () => {
  const text = csv(
    'time,Type,kWh',
    '2025-11-02 00:00,Daylight,1',
    '2025-11-02 01:00,Daylight,2',
    '2025-11-02 01:00,Standard,3',
    '2025-11-02 02:00,Standard,4',
  );
  expect(values((await read(text)).rows)).toEqual([1, 2, 3, 4]);
});

const both = csv(
  'time,Service,Usage,Units',
  '2025-01-01 00:00,Electric,1,kWh',
  '2025-01-01 01:00,Electric,2,kWh',
  '2025-01-01 00:00,Natural Gas,5,therm',
  '2025-01-01 01:00,Natural Gas,6,therm',
);

test('of two commodities the one that the meter measures is read, and the other counted', async () => {
  const electricity = await read(both);
  expect(values(electricity.rows)).toEqual([1, 2]);
  expect(electricity.inferred[0]).toContain(
    'rows of "Electric" in "Service" (type: electricity), 2 of "Natural Gas" left out',
  );
  expect((await read(both, { type: 'gas' })).inferred[0]).toContain('2 of "Electric" left out');
});

test('a file of another commodity alone is refused', async () => {
  const gas = csv('time,Service,therms', '2025-01-01 00:00,Gas,1', '2025-01-01 01:00,Gas,2');
  expect(await codesOf(read(gas))).toEqual(['meter.commodity-absent']);
  expect((await read(gas, { type: 'gas' })).rows).toHaveLength(2);
});

test('a day a row is stacked in the same way', async () => {
  const hours = Array.from({ length: 24 }, (_, at) => `${String(at)}:00`);
  const day = hours.map((_, at) => at % 5).join(',');
  const text = csv(`Date,Direction,${hours.join(',')}`, `2025-01-10,Import,${day}`, `2025-01-10,Export,${day}`);
  expect(await codesOf(read(text, { unit: 'kWh' }))).toEqual(['meter.several-series']);
  expect((await read(text, { unit: 'kWh', select: { Direction: 'Export' } })).rows).toHaveLength(24);
});

test.each([
  'Beginn;Ende;Verbrauch (kWh);Status',
  'Début;Fin;Consommation (kWh);Statut',
  'Inicio;Fin;Consumo (kWh);Estado',
  'Data inizio;Data fine;Consumo (kWh);Stato',
  'Van;Tot;Verbruik (kWh);Status',
  'Início;Fim;Consumo (kWh);Estado',
  'Fra;Til;Forbrug (kWh);Kvalitet',
  'Från;Till;Förbrukning (kWh);Status',
])('a header in another language: %s', async (header) => {
  const text = csv(header, '31.01.2025 00:00;31.01.2025 01:00;1,5;', '31.01.2025 01:00;31.01.2025 02:00;0,5;');
  const found = await read(text);
  expect(values(found.rows)).toEqual([1.5, 0.5]);
  expect(found.inferred[0]).toContain('header on line 1, time in');
});
