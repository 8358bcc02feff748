import { expect, test, vi } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const csv = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

const read = async (text: string, timezone = 'Europe/Brussels', more: Partial<Meter> = {}) =>
  await readTexts([text], more, timezone);

const expected = ['2024-10-26T22:00:00+00:00,0.1', '2024-10-26T22:15:00+00:00,0.09', '2024-10-26T22:30:00+00:00,0.12'];

const fluvius =
  'Van (datum);Van (tijdstip);Tot (datum);Tot (tijdstip);EAN-code;Meter;Register;Volume;Eenheid;Validatiestatus';
const fluviusRow = (from: string, to: string, register: string, value: string): string =>
  `27-10-2024;${from}:00;27-10-2024;${to}:00;="541448800000000000";1SAG11;${register};${value};kWh;Gevalideerd`;

test('date and time apart for start and end, and a register of words, are no second value', async () => {
  const rows = [
    fluviusRow('00:00', '00:15', 'Afname Nacht', '0,100'),
    fluviusRow('00:15', '00:30', 'Afname Nacht', '0,090'),
    fluviusRow('00:30', '00:45', 'Afname Dag', '0,120'),
  ];
  expect((await read(csv(fluvius, ...rows))).rows).toEqual(expected);
});

test('a decimal comma does not win the delimiter from a header between semicolons', async () => {
  const ambiguous = csv(
    'Start A;Start B;Register;Verbruik;Eenheid',
    '2024-10-27 00:00;2024-10-27 00:00;Afname Dag;0,100;kWh',
    '2024-10-27 00:15;2024-10-27 00:15;Afname Dag;0,090;kWh',
  );
  expect(await codesOf(read(ambiguous))).toEqual(['meter.time-ambiguous']);
});

test('a comma inside the times does not win the delimiter from a header between semicolons', async () => {
  const rows = ['27.10.2024, 00:00;0,1', '27.10.2024, 00:15;0,09', '27.10.2024, 00:30;0,12'];
  expect((await read(csv('Zzz;Qqq', ...rows), 'Europe/Brussels', { unit: 'kWh' })).rows).toEqual(expected);
});

test.each([
  ['Måleenhed', 'Fra_dato;Til_dato;Mængde;Måleenhed', 'KWH'],
  ['a name in a language that is not known', 'Fra_dato;Til_dato;Mængde;Mértékegység', 'kWh'],
])('the column of units is found: %s', async (_what, header, unit) => {
  const row = (from: string, to: string, value: string): string =>
    `27-10-2024 ${from};27-10-2024 ${to};${value};${unit}`;
  const rows = [row('00:00', '00:15', '0,1'), row('00:15', '00:30', '0,09'), row('00:30', '00:45', '0,12')];
  expect((await read(csv(header, ...rows))).rows).toEqual(expected);
});

test('a column of one letter is no column of units', async () => {
  const rows = ['2024-10-27 00:00;0,1;W', '2024-10-27 00:15;0,09;W'];
  expect(await codesOf(read(csv('time;usage;zone', ...rows)))).toEqual(['meter.unit-missing']);
});

test('watt_hours is a unit', async () => {
  const rows = ['2024-10-27 00:00,100', '2024-10-27 00:15,90', '2024-10-27 00:30,120'];
  expect((await read(csv('datetime_local,watt_hours', ...rows))).rows).toEqual(expected);
});

test("a meter's reading beside the usage is its count, and the usage is read", async () => {
  const rows = ['2024-10-27 00:00,1000.1,0.1', '2024-10-27 00:15,1000.19,0.09', '2024-10-27 00:30,1000.31,0.12'];
  expect((await read(csv('Time,Meter Reading (kWh),Usage (kWh)', ...rows))).rows).toEqual(expected);
  const other = csv('Time,Import Register (kWh),Export (kWh)', ...rows);
  expect(await codesOf(read(other))).toEqual(['meter.value-ambiguous']);
});

test.each([
  ['13.15', ['27.10.2024 00.00', '27.10.2024 00.15', '27.10.2024 00.30']],
  ['13h15', ['27/10/2024 0h00', '27/10/2024 0h15', '27/10/2024 0h30']],
  ['13:15 Uhr', ['27.10.2024 00:00 Uhr', '27.10.2024 00:15 Uhr', '27.10.2024 00:30 Uhr']],
  ['klo 13.15', ['27.10.2024 klo 0.00', '27.10.2024 klo 0.15', '27.10.2024 klo 0.30']],
  ['2024-Oct-27', ['2024-Oct-27 00:00', '2024-Oct-27 00:15', '2024-Oct-27 00:30']],
])('clocks like %s are read beside a date', async (_what, times) => {
  const values = ['0,1', '0,09', '0,12'];
  const rows = times.map((time, at) => `${time};${values[at] ?? ''}`);
  expect((await read(csv('Aika;Kulutus (kWh)', ...rows))).rows).toEqual(expected);
});

test('a year alone before the sum of all readings is a footer, before another number a broken row', async () => {
  const rows = ['2024-10-27 00:00,0.10', '2024-10-27 00:15,0.09', '2024-10-27 00:30,0.12'];
  expect((await read(csv('time,kWh', ...rows, '2024,0.31'))).rows).toEqual(expected);
  expect(await codesOf(read(csv('time,kWh', ...rows, '2024,0.52')))).toEqual(['meter.time-unreadable']);
});

test.each([
  ['therms', 'Start,End,Usage (therms)', {}],
  ['a volume with its heat content', 'Start,End,Usage (CCF)', { heatContent: 30 }],
])('%s under an electricity meter are the wrong file, unless unit says otherwise', async (_what, header, more) => {
  const text = csv(header, '2023-12-05,2024-01-05,80', '2024-01-05,2024-02-05,90');
  expect(await codesOf(read(text, 'America/Chicago', more))).toEqual(['meter.commodity-absent']);
  expect((await read(text, 'America/Chicago', { ...more, type: 'gas' })).rows).toHaveLength(2);
  expect((await read(text, 'America/Chicago', { ...more, unit: 'kWh' })).rows[0]).toBe('2023-12-05,2024-01-05,80');
});

const days = (from: number, until: number, step: number, write: (ms: number) => string): readonly string[] => {
  const rows: string[] = [];
  for (let ms = from; ms < until; ms += step) rows.push(write(ms));
  return rows;
};

test('an hour that is not doubled in a file without a spring may be standard time, and the warning says so', async () => {
  const row = (ms: number): string =>
    `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')},0.${String(ms % 7)}`;
  const hourMs = 3_600_000;
  const summer = csv('time,kWh', ...days(Date.UTC(2024, 8, 1), Date.UTC(2024, 10, 5), hourMs, row));
  const once = (await read(summer, 'America/Los_Angeles')).findings.find(({ code }) => code === 'meter.dst-hour-once');
  expect(once?.message).toContain('set timezone: Etc/GMT+8');
  const year = days(Date.UTC(2024, 0, 1), Date.UTC(2024, 10, 5), hourMs, row);
  const withoutSpring = csv('time,kWh', ...year.filter((line) => !line.startsWith('2024-03-10 02')));
  const shown = await read(withoutSpring, 'America/Los_Angeles');
  expect(shown.findings.find(({ code }) => code === 'meter.dst-hour-once')?.message).not.toContain('Etc/GMT');
});

const wide = (name: (at: number) => string, dates: readonly string[]): string =>
  csv(
    ['Giorno', ...Array.from({ length: 48 }, (_, at) => name(at))].join(';'),
    ...dates.map((date) =>
      [date, ...Array.from({ length: 48 }, (_, at) => `0,${String(10 + ((at * 7) % 90))}`)].join(';'),
    ),
  );

test('half-hours HH1 to HH48 are the intervals of a day', async () => {
  const text = wide((at) => `HH${String(at + 1)}`, ['13/06/2024', '14/06/2024']);
  const found = await read(text, 'Europe/London', { unit: 'kWh' });
  expect(found.rows).toHaveLength(96);
  expect(found.rows[1]).toBe('2024-06-12T23:30:00+00:00,0.17');
});

test('many columns of numbers without a name for their time are asked about in one line, which names the key', async () => {
  const [problem] = await problemsOf(
    read(
      wide((at) => `Zz${String(at + 1)}`, ['13/06/2024', '14/06/2024']),
      'Europe/London',
      { unit: 'kWh' },
    ),
  );
  expect(problem?.message).toMatch(/the 48 columns from "Zz1" to "Zz48".*layout: wide/);
});

test('rows of a day each follow one another by a day, not by a month', async () => {
  const dates = ['01/06/2024', '02/06/2024', '03/06/2024', '04/06/2024'];
  const clock = (at: number): string => `${String(Math.floor(at / 2)).padStart(2, '0')}:${at % 2 === 0 ? '00' : '30'}`;
  const found = await read(wide(clock, dates), 'Europe/Rome', { unit: 'kWh' });
  expect(found.rows.at(-1)?.slice(0, 16)).toBe('2024-06-04T21:30');
  expect(await codesOf(read(wide(clock, dates.slice(0, 2)), 'Europe/Rome', { unit: 'kWh' }))).toEqual([
    'meter.date-order-ambiguous',
  ]);
});

test('No Data is a missing reading', async () => {
  const rows = ['2024-10-27 00:00,0.10', '2024-10-27 00:15,No Data', '2024-10-27 00:30,0.12'];
  expect((await read(csv('time,kWh', ...rows))).rows).toHaveLength(2);
});

test('rows that are not as long as the first one cost no error each', async () => {
  const made = vi.spyOn(Error, 'captureStackTrace');
  try {
    const rows = days(
      Date.UTC(2024, 5, 1),
      Date.UTC(2024, 5, 30),
      900_000,
      (ms) => `${new Date(ms).toISOString()},"0.1",`,
    );
    const found = await read(csv('Name,HOUSE 9', 'time,kWh,note', ...rows));
    expect(found.rows).toHaveLength(rows.length);
    expect(made.mock.calls.length).toBeLessThan(rows.length / 10);
  } finally {
    made.mockRestore();
  }
});

test('a line of nothing but commas is too long a record, and the line is named', async () => {
  const text = csv('time,kWh', '2024-10-27 00:00,0.1', ','.repeat(300_000));
  expect(await problemsOf(read(text))).toMatchObject([{ code: 'csv.record-too-long', line: 3 }]);
});

test.each([
  ['blank lines', '\n\n  \n'],
  ['a byte order mark alone', '\ufeff'],
])('a file of %s is empty', async (_what, text) => {
  expect(await codesOf(read(text))).toEqual(['file.empty']);
});
