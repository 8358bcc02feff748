import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { canonicalBlocks } from '../../src/files/series/parts.ts';
import { readMeter, readSeries } from '../../src/files/read-meter.ts';
import { codesOf, inFolder, kwhForm, meterOf, problemsOf, readTexts } from './site-at.ts';

const chicago = 'America/Chicago';

function csv(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

async function rowsOf(text: string, more: Partial<Meter> = {}, timezone?: string): Promise<readonly string[]> {
  return (await readTexts([text], more, timezone)).rows;
}

test('an offset in the data beats any time zone given', async () => {
  const text = csv('start,kWh', '2025-01-01T00:00:00-05:00,1', '2025-01-01T01:00:00-05:00,2');
  expect(await rowsOf(text, {}, 'Asia/Tokyo')).toEqual(['2025-01-01T05:00:00+00:00,1', '2025-01-01T06:00:00+00:00,2']);
});

test('local times without a zone are refused, not guessed', async () => {
  const text = csv('start,kWh', '2025-01-01 00:00,1', '2025-01-01 01:00,2');
  expect(await codesOf(rowsOf(text))).toEqual(['meter.timezone-missing']);
  expect(await rowsOf(text, { timezone: chicago }, 'Asia/Tokyo')).toHaveLength(2);
  expect(await codesOf(rowsOf(text, {}, 'US/Estern'))).toEqual(['meter.timezone-unknown']);
});

test('months are cut in UTC, and the header is the one asked for', async () => {
  const read = await readTexts(
    [csv('start,kWh', '2025-01-31 17:00,1', '2025-01-31 18:00,2', '2025-01-31 19:00,3')],
    {},
    chicago,
    { ...kwhForm, intervals: ['from', 'kwh'] },
  );
  expect(read.text).toBe(
    'from,kwh\n2025-01-31T23:00:00+00:00,1\nfrom,kwh\n2025-02-01T00:00:00+00:00,2\n2025-02-01T01:00:00+00:00,3\n',
  );
});

test('a blank, a dash and NaN are missing rows and a gap, a zero stays', async () => {
  const read = await readTexts([
    csv(
      'start,kWh',
      '2025-01-01T00:00Z,0',
      '2025-01-01T01:00Z,',
      '2025-01-01T02:00Z,-',
      '2025-01-01T03:00Z,NaN',
      '2025-01-01T04:00Z,2',
    ),
  ]);
  expect(read.rows).toEqual(['2025-01-01T00:00:00+00:00,0', '2025-01-01T04:00:00+00:00,2']);
  expect(read.findings).toMatchObject([
    { severity: 'warning', code: 'meter.gap', line: 6, data: { gaps: 1, missingMs: 3 * 3_600_000 }, site: 'S1' },
  ]);
});

test('a bad number and a bad date are problems with line, column and cell; all rows are looked at', async () => {
  const text = csv('start,kWh', '2025-01-01T00:00Z,1', '2025-01-01T01:00Z,abc', '', 'yesterday,2', '2025-01-01T03:00Z');
  expect(await problemsOf(rowsOf(text))).toMatchObject([
    { code: 'meter.value-unreadable', file: 'meter-0.csv', line: 3, column: 19, record: 3, data: { cell: 'abc' } },
    { code: 'meter.time-unreadable', line: 5, column: 1, record: 4, data: { cell: 'yesterday' } },
    { code: 'meter.row-too-short', line: 6, record: 5 },
  ]);
});

test('of a thousand bad rows fifty are shown and the rest are counted', async () => {
  const bad = Array.from({ length: 1000 }, (_, at) => `2025-01-01T00:00Z,bad${String(at)}`);
  const problems = await problemsOf(rowsOf(csv('start,kWh', ...bad)));
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toMatchObject({ code: 'file.more-problems', data: { notShown: 950 } });
});

test('repeated rows with one value are dropped with a warning, with two values they are an error', async () => {
  const same = await readTexts([
    csv('start,kWh', '2025-01-01T00:00Z,1', '2025-01-01T01:00Z,2', '2025-01-01T01:00Z,2.0'),
  ]);
  expect(same.rows).toHaveLength(2);
  expect(same.findings).toMatchObject([{ code: 'meter.duplicate-dropped', line: 4, data: { rows: 1 } }]);
  const differing = csv('start,kWh', '2025-01-01T00:00Z,1', '2025-01-01T01:00Z,2', '2025-01-01T01:00Z,3');
  expect(await problemsOf(rowsOf(differing))).toMatchObject([{ code: 'meter.duplicate-differs', line: 4 }]);
});

test('several files are one series; the same moment in two of them must agree', async () => {
  const first = csv('start,kWh', '2025-01-01T00:00Z,1', '2025-01-01T01:00Z,2');
  const second = csv('start;kWh', '2025-01-01T01:00Z;2', '2025-01-01T02:00Z;3,5');
  expect((await readTexts([second, first])).rows).toHaveLength(3);
  const differing = csv('start,kWh', '2025-01-01T01:00Z,9', '2025-01-01T02:00Z,3');
  expect(await problemsOf(readTexts([first, differing]))).toMatchObject([
    {
      code: 'meter.duplicate-differs',
      file: 'meter-1.csv',
      line: 2,
      message: expect.stringContaining('line 3 of meter-0.csv'),
    },
  ]);
});

test('power becomes energy by the length of its interval, and is refused where that length is in doubt', async () => {
  expect(await rowsOf(csv('time,power (W)', '2025-01-01T00:00Z,400', '2025-01-01T00:15Z,800'))).toEqual([
    '2025-01-01T00:00:00+00:00,0.1',
    '2025-01-01T00:15:00+00:00,0.2',
  ]);
  const mixed = csv(
    'time,kW',
    '2025-01-01T00:00Z,4',
    '2025-01-01T01:00Z,4',
    '2025-01-01T02:00Z,4',
    '2025-01-01T02:15Z,4',
    '2025-01-01T03:15Z,4',
  );
  expect(await codesOf(rowsOf(mixed))).toEqual(['meter.cadence-change']);
});

test('a change of cadence in energy is a warning', async () => {
  const read = await readTexts([
    csv(
      'time,kWh',
      '2025-01-01T00:00Z,4',
      '2025-01-01T01:00Z,4',
      '2025-01-01T02:00Z,4',
      '2025-01-01T02:15Z,4',
      '2025-01-01T02:30Z,4',
      '2025-01-01T03:30Z,1',
    ),
  ]);
  expect(read.findings).toMatchObject([{ code: 'meter.cadence-change', line: 4 }]);
});

test('one row alone needs its interval said, and one that is given is used', async () => {
  const text = csv('time,kW', '2025-01-01T00:00Z,4');
  expect(await codesOf(rowsOf(text))).toEqual(['meter.interval-unknown']);
  expect(await rowsOf(text, { interval: 'PT15M' })).toEqual(['2025-01-01T00:00:00+00:00,1']);
  expect(await codesOf(rowsOf(text, { interval: 'P1M' }))).toEqual(['meter.interval-invalid']);
});

test('gas goes out in kWh or in therms as the manifest wants, electricity always in kWh', async () => {
  const text = csv('start,end,therms', '2024-01-01,2024-02-01,10', '2024-02-01,2024-03-01,20');
  expect((await readTexts([text], { type: 'gas' })).rows).toEqual([
    '2024-01-01,2024-02-01,293.001',
    '2024-02-01,2024-03-01,586.002',
  ]);
  const inTherms = { ...kwhForm, gasUnit: 'therm' } as const;
  expect((await readTexts([text], { type: 'gas' }, undefined, inTherms)).rows[0]).toBe('2024-01-01,2024-02-01,10');
  const electric = csv('start,end,kWh', '2024-01-01,2024-02-01,10', '2024-02-01,2024-03-01,20');
  expect((await readTexts([electric], {}, undefined, inTherms)).rows[0]).toBe('2024-01-01,2024-02-01,10');
});

test('the sign is turned only when asked', async () => {
  const text = csv('time,kWh', '2025-01-01T00:00Z,4', '2025-01-01T01:00Z,0');
  const turned = await readTexts([text], { sign: 'invert' });
  expect(turned.rows).toEqual(['2025-01-01T00:00:00+00:00,-4', '2025-01-01T01:00:00+00:00,0']);
  expect(turned.findings).toMatchObject([{ code: 'meter.negative', line: 2 }]);
});

test.each<[string, string, Partial<Meter>, string]>([
  ['no unit anywhere', 'time,usage', {}, 'meter.unit-missing'],
  ['a gas volume without its heat content', 'time,Usage (CCF)', {}, 'meter.heat-content-missing'],
  ['a unit of two meanings', 'time,Usage (MBTU)', {}, 'meter.unit-ambiguous'],
  ['reactive energy', 'time,kVArh', {}, 'meter.unit-unsupported'],
  ['a unit nobody knows', 'time,usage', { unit: 'bushels' }, 'meter.unit-unknown'],
  ['power said of energy', 'time,kWh', { values: 'power' }, 'meter.unit-contradictory'],
  ['power said to be a register', 'time,kW', { values: 'register' }, 'meter.unit-contradictory'],
  ['a layout nobody knows', 'time,kWh', { layout: 'spiral' }, 'meter.layout-unsupported'],
  ['an encoding nobody knows', 'time,kWh', { encoding: 'klingon' }, 'meter.encoding-unsupported'],
  ['an encoding that the file is not', 'time,kWh', { encoding: 'utf-16le' }, 'file.encoding'],
  ['a column that is not there', 'time,kWh', { columns: { value: 'Verbrauch' } }, 'meter.column-not-found'],
  ['a selected column that is not there', 'time,kWh', { select: { Meter: 'A' } }, 'meter.column-not-found'],
])('%s is refused', async (_why, header, more, code) => {
  const text = csv(header, '2025-01-01T00:00Z,4', '2025-01-01T01:00Z,3');
  expect(await codesOf(rowsOf(text, more))).toEqual([code]);
});

test('values that only ever rise far above their steps are not read before the manifest says what they are', async () => {
  const lines = Array.from(
    { length: 48 },
    (_, at) =>
      `2025-01-${String(1 + Math.floor(at / 24)).padStart(2, '0')}T${String(at % 24).padStart(2, '0')}:00Z,${String(50_000 + at * 1.3)}`,
  );
  expect(await codesOf(rowsOf(csv('time,kWh', ...lines)))).toEqual(['meter.register-ambiguous']);
  expect(await rowsOf(csv('time,kWh', ...lines), { values: 'interval' })).toHaveLength(48);
  expect(await rowsOf(csv('time,kWh', ...lines), { values: 'register' })).toHaveLength(47);
});

test('two columns that may each be the values are named, and columns.value decides', async () => {
  const text = csv('time,Import (kWh),Export (kWh)', '2025-01-01T00:00Z,4,1', '2025-01-01T01:00Z,3,1');
  expect(await problemsOf(rowsOf(text))).toMatchObject([
    { code: 'meter.value-ambiguous', line: 1, message: expect.stringContaining('"Import (kWh)" and "Export (kWh)"') },
  ]);
  expect(await rowsOf(text, { columns: { value: 3 } })).toEqual([
    '2025-01-01T00:00:00+00:00,1',
    '2025-01-01T01:00:00+00:00,1',
  ]);
});

test('two meters in one file need select', async () => {
  const text = csv('Meter ID,time,kWh', 'A,2025-01-01T00:00Z,4', 'A,2025-01-01T01:00Z,3', 'B,2025-01-01T00:00Z,4');
  expect(await problemsOf(rowsOf(text))).toMatchObject([{ code: 'meter.several-meters', line: 4 }]);
  expect(await rowsOf(text, { select: { 'Meter ID': 'A' } })).toHaveLength(2);
});

test('a file without a header is read by column numbers', async () => {
  const text = csv('2025-01-01T00:00Z,4', '2025-01-01T01:00Z,3');
  expect(await codesOf(rowsOf(text))).toEqual(['meter.header-not-found']);
  expect(await rowsOf(text, { header: false, columns: { start: 1, value: 2 }, unit: 'kWh' })).toHaveLength(2);
});

test("the decimal mark is the whole file's: proof anywhere decides, without proof it is asked for", async () => {
  const row = (at: number, value: string): string => `2025-01-01T0${String(at)}:00Z;${value}`;
  expect(await rowsOf(csv('time;kWh', row(0, '1.234'), row(1, '1,5')))).toEqual([
    '2025-01-01T00:00:00+00:00,1234',
    '2025-01-01T01:00:00+00:00,1.5',
  ]);
  expect(await rowsOf(csv('time;kWh', row(0, '1.234'), row(1, '0.5')))).toEqual([
    '2025-01-01T00:00:00+00:00,1.234',
    '2025-01-01T01:00:00+00:00,0.5',
  ]);
  const open = csv('time;kWh', row(0, '1.234'), row(1, '2.345'));
  expect(await codesOf(rowsOf(open))).toEqual(['meter.decimal-ambiguous']);
  expect((await rowsOf(open, { decimal: ',' }))[0]).toBe('2025-01-01T00:00:00+00:00,1234');
  expect(await codesOf(rowsOf(csv('time;kWh', row(0, '1.5'), row(1, '2,5'))))).toEqual(['meter.decimal-contradictory']);
  expect(await codesOf(rowsOf(csv('time,kWh', '2025-01-01T00:00Z,1,5', '2025-01-01T01:00Z,2,5')))).toEqual([
    'meter.row-too-long',
    'meter.row-too-long',
  ]);
});

test('the header coming again ends the reading: two tables in one file', async () => {
  const text = csv('time,kWh', '2025-01-01T00:00Z,4', 'time,kWh', '2025-01-01T00:00Z,3');
  expect(await problemsOf(rowsOf(text))).toMatchObject([{ code: 'meter.several-sections', line: 3 }]);
});

test('what was inferred is said in a sentence', async () => {
  const read = await readTexts(
    [
      csv(
        'Konto;X',
        '',
        'Beginn;Ende;Verbrauch (kWh)',
        '13.01.2025 00:00;13.01.2025 00:15;1,5',
        '13.01.2025 00:15;13.01.2025 00:30;1,5',
      ),
    ],
    {},
    'Europe/Berlin',
  );
  expect(read.inferred).toEqual([
    'meter-0.csv: UTF-8, semicolons, header on line 3, time in "Beginn" and "Ende", values in "Verbrauch (kWh)", kWh (from the header), decimal ",", 2 intervals of 15 minutes, stamped at their start, local time of Europe/Berlin',
  ]);
  expect(read.rows[0]).toBe('2025-01-12T23:00:00+00:00,1.5');
});

test('the bytes of all rows, block by block, are the parts under one header', async () => {
  await inFolder(async (put) => {
    const rows = Array.from(
      { length: 9000 },
      (_, n) => `${new Date(n * 3_600_000).toISOString()},${String(n % 7)}.5\n`,
    );
    const meter = meterOf([await put('a.csv', `start,kWh\n${rows.join('')}`)]);
    const { parts } = await readMeter(meter, undefined, kwhForm, (path) => path);
    const { readings } = await readSeries(meter, undefined, 'kwh', (path) => path);
    const blocks = [...canonicalBlocks(readings, kwhForm)].map((bytes) => Buffer.from(bytes).toString());
    const whole = parts.map(({ bytes }) =>
      Buffer.from(bytes ?? [])
        .toString()
        .replace(/^start_datetime.*\n/, ''),
    );
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.join('')).toBe(`start_datetime,energy_kwh\n${whole.join('')}`);
  });
});

test('a column number past the last column is told of with what there is', async () => {
  const text = 'Time,Peak (kWh),Off (kWh)\n2025-01-01T00:00Z,1,2\n2025-01-01T01:00Z,3,4\n';
  expect(await problemsOf(readTexts([text], { columns: { value: 4 } }))).toMatchObject([
    {
      code: 'meter.column-not-found',
      line: 1,
      message: 'columns.value is 4, but the columns are "Time" and "Peak (kWh)" and "Off (kWh)"',
    },
  ]);
  const bare = text.slice(text.indexOf('\n') + 1);
  const asked = { header: false, unit: 'kWh', columns: { start: 1, value: 4 } } as const;
  expect(await problemsOf(readTexts([bare], asked))).toMatchObject([
    { code: 'meter.column-not-found', message: 'columns.value is 4, but a row has 3 without names' },
  ]);
});
