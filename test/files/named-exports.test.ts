import { expect, test } from 'vitest';
import { csv, halfHours, read, rowsOf } from './one-text.ts';
import { codesOf, problemsOf } from './site-at.ts';

test.each([
  [
    'a count beside the usage of each register, by name',
    [
      'Ablesezeitpunkt,Zaehlerstand HT,Verbrauch HT',
      'T00:00:00+00:00,100.5,0.5',
      'T00:30:00+00:00,100.75,0.25',
      'T01:00:00+00:00,101.5,0.75',
    ],
    { value: 'Verbrauch HT' },
  ],
  [
    'an id beside the load, by number',
    ['dataid,local_15min,grid', '661,T00:00:00Z,0.5', '661,T00:30:00Z,0.25', '661,T01:00:00Z,0.75'],
    { value: 3 },
  ],
  [
    'which of two times, by name',
    ['zeta,eta,theta', 'T09:00:00Z,T00:00:00Z,0.5', 'T09:00:00Z,T00:30:00Z,0.25', 'T09:00:00Z,T01:00:00Z,0.75'],
    { start: 'eta' },
  ],
])('columns told by what they hold give way to the ones given: %s', async (_what, lines, columns) => {
  const text = csv(...lines.map((line) => line.replaceAll(/T(?=\d)/g, '2024-11-12T')));
  const options = { unit: 'kWh', interval: 'PT30M' };
  expect(await rowsOf(text, undefined, { ...options, columns })).toEqual(halfHours);
  const wrong = { ...options, columns: { ...columns, value: 'Verbrauch NT' } };
  expect(await codesOf(read(text, undefined, wrong))).toEqual(['meter.column-not-found']);
});

test.each([
  ['Data;Hora;Consumo (kWh)', (time: string) => `2024/11/12;${time}`],
  ['"Data";"Hora";"Energia Activa Consumida (kWh)"', (time: string) => `"2024-11-12";"${time}"`],
  ['Data e hora;Consumo (kWh)', (time: string) => `12/11/2024 ${time}`],
  ['Data odczytu;Godzina;Energia [kWh]', (time: string) => `12.11.2024;${time}`],
])('Data is a date: %s', async (header, row) => {
  const text = csv(header, `${row('00:00')};0,5`, `${row('00:30')};0,25`, `${row('01:00')};0,75`);
  expect(await rowsOf(text, 'UTC', { dateOrder: 'dmy' })).toEqual(halfHours);
});

test.each(['time,Data kWh', 'time,Data', 'Timestamp,Data', 'Date,Data', 'Start,Data'])(
  'data in English is no date: %s',
  async (header) => {
    const text = csv(header, '2024-11-12 00:00,0.5', '2024-11-12 00:30,0.25', '2024-11-12 01:00,0.75');
    expect(await rowsOf(text, 'UTC', { unit: 'kWh' })).toEqual(halfHours);
  },
);

test('data beside a value and a date is left alone', async () => {
  const text = csv('Date,Data,kWh', '2024-11-12 00:00,7,0.5', '2024-11-12 00:30,8,0.25', '2024-11-12 01:00,9,0.75');
  expect(await rowsOf(text, 'UTC')).toEqual(halfHours);
});

test("the unit in brackets stands before letters in a circuit's name, and No CT is missing", async () => {
  const row = (time: string, kwatts: string): string => `11/13/2024 ${time}:00,${kwatts},No CT`;
  const text = csv(
    'Time Bucket (Etc/UTC),B-Mains (kWatts),B-Water Heater-WH (kWatts)',
    row('00:00', '1'),
    row('00:30', '0.5'),
    row('01:00', '1.5'),
  );
  const [problem] = await problemsOf(read(text, 'UTC'));
  expect(problem?.message).toContain('"B-Mains (kWatts)" and "B-Water Heater-WH (kWatts)" may each be the values');
  const columns = { value: ['B-Mains (kWatts)', 'B-Water Heater-WH (kWatts)'] };
  const rows = await rowsOf(text, 'UTC', { columns });
  expect(rows.map((line) => line.replace('-13T', '-12T'))).toEqual(halfHours);
});

test.each(['00:00-00:30|00:30-01:00|01:00-01:30|01:30-02:00', '0:00 -0:30|0:30 -1:00|1:00 -1:30|1:30 -2:00'])(
  'a hyphen before an end is no offset: %s',
  async (times) => {
    const values = ['0.5', '0.25', '0.75', '1'];
    const rows = times.split('|').map((time, at) => `2024-11-12,${time},${values[at] ?? ''}`);
    expect((await rowsOf(csv('Date,Time Block,Import (kWh)', ...rows), 'UTC')).slice(0, 3)).toEqual(halfHours);
  },
);

test('one offset behind every time is an offset', async () => {
  const rows = ['00:00-05:00,0.5', '00:30-05:00,0.25', '01:00-05:00,0.75', '01:30-05:00,1'];
  const found = await rowsOf(csv('time,kWh', ...rows.map((row) => `2024-11-12 ${row}`)), 'UTC');
  expect(found[0]).toBe('2024-11-12T05:00:00+00:00,0.5');
});

test('a column of stamps beside the period of the file, the same on every row, says when', async () => {
  const row = (time: string, watts: string): string => `123;2024-11-01;2024-12-01;W;2024-11-12 ${time}:00;${watts}`;
  const text = csv(
    'Identifiant PRM;Date de début;Date de fin;Unité;Horodate;Valeur',
    row('00:00', '1000'),
    row('00:30', '500'),
    row('01:00', '1500'),
  );
  expect(await rowsOf(text, 'UTC', { stamp: 'start' })).toEqual(halfHours);
});

test('start and end stay the times where they change', async () => {
  const text = csv(
    'Start,End,Timestamp,kWh',
    '2024-11-12 00:00,2024-11-12 00:30,2024-11-13 07:00,0.5',
    '2024-11-12 00:30,2024-11-12 01:00,2024-11-13 07:01,0.25',
    '2024-11-12 01:00,2024-11-12 01:30,2024-11-13 07:02,0.75',
  );
  expect(await rowsOf(text, 'UTC')).toEqual(halfHours);
});

test('a start one second after the end before it is that end', async () => {
  const items = [
    ['00:00:01', '00:30:00', 0.5],
    ['00:30:01', '01:00:00', 0.25],
    ['01:00:01', '01:30:00', 0.75],
  ].map(([from, until, kwh]) => ({
    endTime: `2024-11-12T${String(until)}Z`,
    kwh,
    perKwh: 25.1,
    startTime: `2024-11-12T${String(from)}Z`,
  }));
  expect(await rowsOf(JSON.stringify(items), undefined)).toEqual(halfHours);
});

test('times of fourteen digits are read in JSON as they are in CSV', async () => {
  const values = [
    { value: 0.5, timestamp: 20_241_112_000_000, status: 'VALID' },
    { value: 0.25, timestamp: 20_241_112_003_000, status: 'VALID' },
    { value: 0.75, timestamp: 20_241_112_010_000, status: 'VALID' },
  ];
  expect(await rowsOf(JSON.stringify({ series: { energyUnit: 'kWh', values } }), 'UTC')).toEqual(halfHours);
});

test('half-hours of a day as `12:30 AM kWH` and with a wave dash between their ends', async () => {
  const slots = Array.from({ length: 48 }, (_, at) => at);
  const hour = (at: number): string => `${String(Math.floor(at / 2))}:${at % 2 === 0 ? '00' : '30'}`;
  const half = (at: number): string => {
    const name = hour(at % 24).replace(/^0:/, '12:');
    return `${name} ${at < 24 ? 'AM' : 'PM'} kWH`;
  };
  const day = slots.map((at) => (at === 0 ? '0.5' : at === 1 ? '0.25' : '0.75')).join(',');
  const american = csv(`Account No,Date,${slots.map((at) => half(at)).join(',')}`, `0012,11/13/2024,${day}`);
  const japanese = csv(`年月日,${slots.map((at) => `${hour(at)}～${hour(at + 1)}`).join(',')}`, `2024/11/13,${day}`);
  const first = halfHours.map((line) => line.replace('-12T', '-13T'));
  expect((await rowsOf(american, 'UTC')).slice(0, 3)).toEqual(first);
  expect((await rowsOf(japanese, 'UTC', { unit: 'kWh' })).slice(0, 3)).toEqual(first);
});

test.each([
  ['Dátum és idő;Energia (kWh)', (time: string) => `2024.11.12. ${time}`],
  ['Időpont;Energia (kWh)', (time: string) => `2024. 11. 12. ${time}`],
  ['Datum;Energie (kWh)', (time: string) => `12. 11. 2024 ${time}`],
  ['日時;使用量(kWh)', (time: string) => `2024年11月12日 ${time.replace(':', '時')}分`],
  ['Day;Hour of Day;Hourly Total (kWh)', (time: string) => `2024-11-12;${time}`],
  [
    'Periood;Kogus (kWh)',
    (time: string) => `12.11.2024 ${time} - 12.11.2024 ${time.replace('30', '59').replace('00', '29')}`,
  ],
])('dates and times as in %s', async (header, stamp) => {
  const row = (time: string, value: string): string => `${stamp(time)};${value}`;
  const text = csv(header, row('0:00', '0,5'), row('0:30', '0,25'), row('1:00', '0,75'));
  expect(await rowsOf(text, 'UTC')).toEqual(halfHours);
});

test('columns of values do not hide the time of day, whose name says nothing', async () => {
  const row = (time: string, off: string, on: string): string => `11/13/2024,${time},${off},${on}`;
  const text = csv(
    'Usage date,Interval,Off-peak kWh,On-peak kWh',
    row('12:00 AM', '0.5', '0'),
    row('12:30 AM', '0', '0.25'),
    row('1:00 AM', '0.25', '0.5'),
  );
  const columns = { value: ['Off-peak kWh', 'On-peak kWh'] };
  expect(await rowsOf(text, 'UTC', { columns })).toEqual(halfHours.map((line) => line.replace('-12T', '-13T')));
});
