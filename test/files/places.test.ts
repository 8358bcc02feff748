import { expect, test } from 'vitest';
import type { Meter, Site } from '../../src/domain/site.ts';
import { inFolder, openFiles, problemsOf, readTexts, siteOf } from './site-at.ts';

const lines = (...text: readonly string[]): string => [...text, ''].join('\n');
const hourly = ['2025-01-01T00:00Z,1', '2025-01-01T01:00Z,2', '2025-01-01T02:00Z,1'];
const hours = ['date', ...Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`), 'unit'].join(
  ',',
);
const day = (date: string): string => `${date},${'1,'.repeat(24)}kWh`;
const bill = 'start_date,end_date,energy_kwh';

type Case = readonly [code: string, line: number, text: string, options?: Partial<Meter>];

const named = (cases: readonly Case[]) =>
  cases.map(([code, line, text, options = {}]) => ({ code, line, text, options }));

const cases: readonly Case[] = [
  ['meter.timezone-missing', 3, lines('', 'start,kWh', '2025-01-01 00:00,1', '2025-01-01 01:00,2')],
  ['meter.timezone-missing', 2, lines(hours, day('2025-01-01'), day('2025-01-02'))],
  [
    'meter.date-order-ambiguous',
    3,
    lines('start,kWh', '01/01/2025 00:00,1', '01/02/2025 00:00,1', '01/03/2025 00:00,2'),
  ],
  ['meter.date-order-ambiguous', 3, lines(hours, day('01/01/2025'), day('01/02/2025'))],
  ['meter.unit-unknown', 2, lines('', 'start,kWh', ...hourly), { unit: 'furlongs' }],
  ['meter.unit-unsupported', 3, lines('start,value,unit', '2025-01-01T00:00Z,1,', '2025-01-01T01:00Z,2,kVAh')],
  ['meter.unit-contradictory', 1, lines('start,kW', ...hourly), { values: 'interval' }],
  ['meter.no-rows', 1, lines('start,kWh')],
  ['meter.no-values', 2, lines('start,kWh', '2025-01-01T00:00Z,', '2025-01-01T01:00Z,')],
  ['meter.column-not-found', 3, lines('A report', '', 'start,kWh', ...hourly), { select: { Meter: '1' } }],
  ['meter.section-not-found', 2, lines('', 'start,kWh', ...hourly), { select: { section: 'West' } }],
  ['meter.header-not-found', 1, lines('when,how much', 'one,two')],
  ['meter.interval-unknown', 2, lines('start,kWh', '2025-01-01T00:00Z,1')],
  ['meter.bill-end-missing', 2, lines('date,kWh', '2025-01-01,1', '2025-02-01,2', '2025-03-01,1')],
  ['meter.bill-end-ambiguous', 2, lines(bill, '2024-01-05,2024-02-03,10')],
  [
    'meter.bill-ends-contradictory',
    4,
    lines(bill, '2024-01-05,2024-02-05,10', '2024-02-05,2024-03-04,20', '2024-03-05,2024-04-04,20'),
  ],
  ['meter.stamp-ambiguous', 2, lines('end date,kWh', '2025-01-01,1', '2025-01-02,2', '2025-01-03,1')],
  [
    'meter.stamp-ambiguous',
    2,
    lines('start,end,kWh', ...hourly.map((row, at) => row.replace(',', `,2025-01-01T0${String(at + 1)}:00Z,`))),
    { values: 'register' },
  ],
];

test.each(named(cases))('$code points to line $line', async ({ code, line, text, options }) => {
  const [found] = await problemsOf(readTexts([text], options));
  expect(found).toMatchObject({ code, line, file: 'meter-0.csv' });
});

test('bills after intervals point to the first row of their file', async () => {
  const problems = await problemsOf(
    readTexts([lines('start,kWh', ...hourly), lines('', bill, '2024-01-01,2024-01-31,10')]),
  );
  expect(problems).toMatchObject([{ code: 'meter.kinds-mixed', file: 'meter-1.csv', line: 3, record: 2 }]);
});

const eventCases: readonly Case[] = [
  [
    'events.date-order-ambiguous',
    3,
    lines('Event Start Time,Event End Time', '07/07/2025 17:00,07/07/2025 18:00', '07/08/2025 17:00,07/08/2025 18:00'),
  ],
  [
    'events.unordered',
    3,
    lines(
      'Event Start Time,Event End Time',
      '2025-07-08 17:00Z,2025-07-08 18:00Z',
      '2025-07-07 17:00Z,2025-07-07 18:00Z',
    ),
  ],
  ['events.header-not-found', 1, lines('a,b', 'c,d')],
  ['events.empty', 1, lines('Event Start Time,Event End Time')],
];

test.each(named(eventCases))('$code points to line $line', async ({ code, line, text }) => {
  await inFolder(async (put) => {
    const site: Partial<Site> = { timezone: 'America/Chicago', events: await put('events.csv', text) };
    const reading = openFiles().events(siteOf(site));
    const found = [...(await problemsOf(reading)), ...(await reading.catch(() => ({ findings: [] }))).findings];
    expect(found[0]).toMatchObject({ code, line, file: 'events.csv' });
  });
});
