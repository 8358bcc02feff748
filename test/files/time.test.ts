import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const hourMs = 3_600_000;
const newYork = 'America/New_York';

function csv(header: string, ...lines: readonly string[]): string {
  return [header, ...lines, ''].join('\n');
}

async function readRows(text: string, more: Partial<Meter> = {}, timezone: string | undefined = newYork) {
  return await readTexts([text], more, timezone);
}

/** `HH:MM` in UTC and value of each row. */
function brief(rows: readonly string[]): readonly string[] {
  return rows.map((row) => `${row.slice(11, 16)} ${row.split(',')[1] ?? ''}`);
}

/** A naive hourly file of some local times of 2023-11-05, when New York's clocks went back at 2:00. */
const autumn = (...times: readonly string[]): string =>
  csv('start,kWh', ...times.map((time, at) => `2023-11-05 ${time},${String(at)}`));

test('the doubled hour is told apart by order, whether a second block, pairs, or newest first', async () => {
  const hourly = ['04:00 0', '05:00 1', '06:00 2', '07:00 3'];
  expect(brief((await readRows(autumn('00:00', '01:00', '01:00', '02:00'))).rows)).toEqual(hourly);
  expect(brief((await readRows(autumn('02:00', '01:00', '01:00', '00:00'))).rows)).toEqual([
    '04:00 3',
    '05:00 2',
    '06:00 1',
    '07:00 0',
  ]);
  const block = autumn('00:30', '01:00', '01:30', '01:00', '01:30', '02:00');
  expect(brief((await readRows(block)).rows)).toEqual([
    '04:30 0',
    '05:00 1',
    '05:30 2',
    '06:00 3',
    '06:30 4',
    '07:00 5',
  ]);
  const pairs = autumn('00:30', '01:00', '01:00', '01:30', '01:30', '02:00');
  expect(brief((await readRows(pairs)).rows)).toEqual([
    '04:30 0',
    '05:00 1',
    '05:30 3',
    '06:00 2',
    '06:30 4',
    '07:00 5',
  ]);
});

test('a doubled hour in no order is refused with its line', async () => {
  const text = autumn('00:00', '03:00', '01:00', '02:00', '01:00', '04:00');
  expect(await problemsOf(readRows(text))).toMatchObject([{ code: 'meter.dst-order-unclear', line: 4 }]);
});

test('a doubled hour that is there once is the first pass, with a warning and a gap', async () => {
  const read = await readRows(autumn('00:00', '01:00', '02:00', '03:00'));
  expect(brief(read.rows)).toEqual(['04:00 0', '05:00 1', '07:00 2', '08:00 3']);
  expect(read.findings.map((finding) => [finding.code, finding.line])).toEqual([
    ['meter.dst-hour-once', 3],
    ['meter.gap', 4],
  ]);
});

test('a file that begins in the doubled hour uses what order it has', async () => {
  expect(brief((await readRows(autumn('01:30', '01:00', '01:30', '02:00', '02:30'))).rows)).toEqual([
    '05:30 0',
    '06:00 1',
    '06:30 2',
    '07:00 3',
    '07:30 4',
  ]);
});

test('the missing hour of spring may be absent or blank, but not have a value', async () => {
  const spring = (...rows: readonly string[]): string => csv('start,kWh', ...rows.map((row) => `2023-03-12 ${row}`));
  expect(brief((await readRows(spring('01:00,1', '03:00,2', '04:00,3'))).rows)).toEqual([
    '06:00 1',
    '07:00 2',
    '08:00 3',
  ]);
  const blank = await readRows(spring('01:00,1', '02:00,', '03:00,2'));
  expect(brief(blank.rows)).toEqual(['06:00 1', '07:00 2']);
  expect(blank.findings).toEqual([]);
  expect(await problemsOf(readRows(spring('01:00,1', '02:00,5', '03:00,2')))).toMatchObject([
    { code: 'meter.time-nonexistent', line: 3 },
  ]);
});

test('a value in the missing hour is shown as written, with the fixed zone of a meter that never changes its clock', async () => {
  const rows = ['1:45 AM', '2:00 AM', '2:15 AM', '3:00 AM'].map((time) => `3/12/2023 ${time},1`);
  const chicago = await problemsOf(readRows(csv('start,kWh', ...rows), { dateOrder: 'mdy' }, 'America/Chicago'));
  expect(chicago).toMatchObject([
    { code: 'meter.time-nonexistent', line: 3, message: expect.stringMatching(/^"3\/12\/2023 2:00 AM" does not/) },
    { code: 'meter.time-nonexistent', line: 4, message: expect.stringMatching(/timezone: Etc\/GMT\+6 on the meter$/) },
  ]);
  const standard = await readRows(
    csv('start,kWh', ...rows),
    { timezone: 'Etc/GMT+6', dateOrder: 'mdy' },
    'America/Chicago',
  );
  expect(brief(standard.rows)).toEqual(['07:45 1', '08:00 1', '08:15 1', '09:00 1']);

  const ends = (...times: readonly string[]): string =>
    csv('interval end,kWh', ...times.map((time, at) => `2023-03-12 ${time},${String(at)}`));
  expect(await problemsOf(readRows(ends('01:00', '02:00', '03:00', '04:00')))).toMatchObject([
    { code: 'meter.time-nonexistent', line: 3, message: expect.stringMatching(/^"2023-03-12 02:00" .*Etc\/GMT\+5 on/) },
  ]);
  expect(brief((await readRows(ends('01:00', '02:00', '04:00'))).rows)).toEqual(['05:00 0', '06:00 1', '07:00 2']);
  expect(brief((await readRows(ends('01:00', '03:00', '04:00'))).rows)).toEqual(['05:00 0', '06:00 1', '07:00 2']);

  const apart = csv('date,time,kWh', '26.03.2023,01:00,1', '26.03.2023,02:00,1', '26.03.2023,03:00,1');
  expect(await problemsOf(readRows(apart, {}, 'Europe/Berlin'))).toMatchObject([
    { line: 3, message: expect.stringMatching(/^"26.03.2023 02:00" .*Etc\/GMT-1 on/) },
  ]);
  const newfoundland = csv('start,kWh', '2023-03-12 01:00,1', '2023-03-12 02:00,1', '2023-03-12 03:00,1');
  const [halfHour] = await problemsOf(readRows(newfoundland, {}, 'America/St_Johns'));
  expect(halfHour?.message).not.toContain('Etc/');
});

test("a column of a spreadsheet's day numbers is one problem, a single one is a bad row", async () => {
  const days = ['45658.00000', '45658.04167', '45658.08333'].map((day) => `${day},1`);
  expect(await problemsOf(readRows(csv('start,kWh', ...days)))).toMatchObject([
    {
      code: 'meter.time-day-number',
      line: 2,
      message: expect.stringContaining('(2025-01-01 00:00); format the column'),
    },
  ]);
  expect(await codesOf(readRows(csv('start;kWh', '45658,5;1', '45658,75;2')))).toEqual(['meter.time-day-number']);
  const mixed = csv('start,kWh', '2025-01-01 00:00,1', '45658.04167,1', '2025-01-01 02:00,1', 'Total,4');
  expect(await problemsOf(readRows(mixed))).toMatchObject([
    { code: 'meter.time-day-number', line: 3, message: expect.stringContaining('(2025-01-01 01:00)') },
  ]);
});

test('ends are put back to starts: by name, by option, or by the pattern of a whole day', async () => {
  const day = Array.from(
    { length: 24 },
    (_, at) => `2024-05-${at === 23 ? '02' : '01'} ${String((at + 1) % 24).padStart(2, '0')}:00,${String(at % 5)}`,
  );
  const byPattern = await readRows(csv('time,kWh', ...day));
  expect(byPattern.rows[0]).toBe('2024-05-01T04:00:00+00:00,0');
  expect(byPattern.inferred[0]).toContain('stamped at their end');
  expect((await readRows(csv('time,kWh', ...day), { stamp: 'start' })).rows[0]).toBe('2024-05-01T05:00:00+00:00,0');
  expect((await readRows(csv('Interval Ending,kWh', ...day))).rows[0]).toBe('2024-05-01T04:00:00+00:00,0');
  expect(await codesOf(readRows(csv('Interval Start,kWh', ...day)))).toEqual(['meter.stamp-contradictory']);
  expect((await readRows(csv('Interval Start,kWh', ...day), { stamp: 'end' })).rows[0]).toBe(
    '2024-05-01T04:00:00+00:00,0',
  );
});

test.each([
  [
    'as the clock stood: 01:00 twice',
    ['01:00', '01:00', '02:00', '03:00'],
    ['04:00 0', '05:00 1', '06:00 2', '07:00 3'],
  ],
  [
    'as start plus an hour: 02:00 twice',
    ['01:00', '02:00', '02:00', '03:00'],
    ['04:00 0', '05:00 1', '06:00 2', '07:00 3'],
  ],
])('interval ends in autumn printed %s are the same four hours', async (_how, times, expected) => {
  const text = csv('interval end,kWh', ...times.map((time, at) => `2023-11-05 ${time},${String(at)}`));
  expect(brief((await readRows(text)).rows)).toEqual(expected);
});

test.each([
  ['the end before the start', ['01:00,02:00', '01:00,02:00', '02:00,03:00'], [5, 6, 7]],
  ['quarters whose last end is before its start', ['01:45,01:00', '01:00,01:15', '01:15,01:30'], [5.75, 6, 6.25]],
])('start and end columns in autumn: %s', async (_how, rows, hours) => {
  const read = await readRows(
    csv(
      'start,end,kW',
      ...['00:00,01:00', ...rows]
        .slice(rows[0] === '01:45,01:00' ? 1 : 0)
        .map((row) => row.replace(/(\S+),(\S+)/, '2023-11-05 $1,2023-11-05 $2,1')),
    ),
  );
  const starts = read.rows.map((row) => (Date.parse(row.slice(0, 25)) - Date.UTC(2023, 10, 5)) / hourMs);
  expect(starts.slice(-3)).toEqual(hours);
  expect(new Set(read.rows.map((row) => row.split(',')[1])).size).toBe(1);
});

test('ends a minute or a second before the next start, and ends at midnight as time alone, are whole intervals', async () => {
  const minute = await readRows(
    csv(
      'date,start time,end time,kW',
      '2024-05-01,22:00,22:59,4',
      '2024-05-01,23:00,23:59,4',
      '2024-05-02,00:00,00:59,4',
    ),
  );
  expect(minute.rows).toEqual([
    '2024-05-02T02:00:00+00:00,4',
    '2024-05-02T03:00:00+00:00,4',
    '2024-05-02T04:00:00+00:00,4',
  ]);
  expect(minute.findings).toEqual([]);
  const midnight = await readRows(
    csv('date,start time,end time,kW', '2024-05-01,22:00,23:00,4', '2024-05-01,23:00,00:00,4'),
  );
  expect(midnight.rows).toEqual(['2024-05-02T02:00:00+00:00,4', '2024-05-02T03:00:00+00:00,4']);
});

test("daily power is over the day's own hours: 23 in spring, 25 in autumn", async () => {
  const days = (...dates: readonly string[]): string => csv('date,kW', ...dates.map((date) => `${date},1`));
  expect((await readRows(days('2024-03-09', '2024-03-10', '2024-03-11'))).rows).toEqual([
    '2024-03-09T05:00:00+00:00,24',
    '2024-03-10T05:00:00+00:00,23',
    '2024-03-11T04:00:00+00:00,24',
  ]);
  expect((await readRows(days('2024-11-02', '2024-11-03'))).rows[1]).toBe('2024-11-03T04:00:00+00:00,25');
  expect((await readRows(days('2024-04-06', '2024-04-07'), {}, 'Australia/Sydney')).rows[1]).toBe(
    '2024-04-06T13:00:00+00:00,25',
  );
});

test('day and month are decided by the whole file: a number over 12 anywhere, order, contiguity', async () => {
  const hours = (...dates: readonly string[]): string =>
    csv(
      'time,kWh',
      ...dates.flatMap((date) => Array.from({ length: 24 }, (_, at) => `${date} ${String(at).padStart(2, '0')}:00,1`)),
    );
  expect((await readRows(hours('12/01/2024', '13/01/2024'))).rows[0]).toMatch(/^2024-01-12/);
  expect((await readRows(hours('1/12/2024', '1/13/2024'))).rows[0]).toMatch(/^2024-01-12/);
  expect((await readRows(hours('01/02/2024', '02/02/2024', '03/02/2024', '04/02/2024'))).rows[24]).toMatch(
    /^2024-02-02/,
  );
  expect((await readRows(hours('2/1/2024', '2/2/2024', '2/3/2024', '2/4/2024'))).rows[24]).toMatch(/^2024-02-02/);
  const open = hours('01/02/2024');
  expect(await problemsOf(readRows(open))).toMatchObject([
    { code: 'meter.date-order-ambiguous', message: expect.stringMatching(/2024-02-01.*2024-01-02.*dateOrder/) },
  ]);
  expect((await readRows(open, { dateOrder: 'dmy' })).rows[0]).toMatch(/^2024-02-01/);
  expect(await codesOf(readRows(hours('13/01/2024', '01/13/2024')))).toEqual(['meter.date-order-contradictory']);
});

test('twelve monthly bills and twelve days look alike in month and day: both are named', async () => {
  const rows = Array.from({ length: 11 }, (_, at) => `${String(at + 1)}/5/2024,1`);
  expect(await codesOf(readRows(csv('date,kWh', ...rows)))).toEqual(['meter.date-order-ambiguous']);
});

test('rows a month apart need an end, rows a week apart too', async () => {
  expect(await codesOf(readRows(csv('date,kWh', '2024-01-05,1', '2024-02-05,1', '2024-03-05,1')))).toEqual([
    'meter.bill-end-missing',
  ]);
  expect(await codesOf(readRows(csv('date,kWh', '2024-01-05,1', '2024-01-12,1', '2024-01-19,1')))).toEqual([
    'meter.cadence-unsupported',
  ]);
});

const zones = ['America/New_York', 'Australia/Sydney', 'Europe/Berlin', 'America/Phoenix'] as const;

/** Wall time of an instant, from the platform and not from what is under test. */
function wallOf(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(instant);
}

test('naive hours of any stretch, printed in order, come back as the instants they were', async () => {
  const stretch = fc.record({
    zone: fc.constantFrom(...zones),
    from: fc.integer({ min: Date.UTC(2023, 0) / hourMs, max: Date.UTC(2025, 0) / hourMs }),
    step: fc.constantFrom(hourMs, hourMs / 4),
    count: fc.integer({ min: 30, max: 200 }),
    reversed: fc.boolean(),
  });
  const near = [
    Date.UTC(2024, 2, 10, 7),
    Date.UTC(2024, 10, 3, 6),
    Date.UTC(2024, 3, 6, 16),
    Date.UTC(2024, 9, 5, 16),
    Date.UTC(2024, 9, 27, 1),
  ];
  await fc.assert(
    fc.asyncProperty(
      stretch,
      fc.option(fc.constantFrom(...near)),
      async ({ zone, from, step, count, reversed }, around) => {
        const begin = around === null ? from * hourMs : around - Math.floor(count / 2) * step;
        // A day before and after, so that the doubled hour has neighbours; alternating values, so that pairs differ.
        const instants = Array.from({ length: count }, (_, at) => begin + at * step);
        const lines = instants.map((instant, at) => `${wallOf(instant, zone)},${String(at % 7)}.5`);
        const read = await readTexts([csv('start,kWh', ...(reversed ? lines.toReversed() : lines))], {}, zone);
        expect(read.rows.map((row) => Date.parse(row.slice(0, 25)))).toEqual(instants);
        expect(read.rows.map((row) => row.slice(26))).toEqual(instants.map((_, at) => `${String(at % 7)}.5`));
      },
    ),
    { numRuns: 60 },
  );
});

test('the order of the rows and the delimiter make no difference to the bytes', async () => {
  const rows = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom(',', ';', '\t'),
      fc.infiniteStream(fc.nat()),
      async (hours, delimiter, keys) => {
        const lines = hours.map((hour) => [
          new Date(Date.UTC(2025, 0, 1) + hour * hourMs).toISOString(),
          String(hour / 8),
        ]);
        const shuffled = lines.map((line) => ({ line, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key);
        const text = (cells: readonly (readonly string[])[], by: string): string =>
          [['start', 'kWh'], ...cells].map((line) => line.join(by)).join('\r\n');
        const plain = await readTexts([text(lines, ',')], { interval: 'PT1H', decimal: '.', stamp: 'start' });
        const other = await readTexts(
          [
            text(
              shuffled.map(({ line }) => line),
              delimiter,
            ),
          ],
          // Hours that happen to run from 01:00 to midnight would contradict the name of the column.
          { interval: 'PT1H', decimal: '.', stamp: 'start' },
        );
        expect(other.text).toBe(plain.text);
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  ['a name', 'Start Time (UTC),kWh', (time: string) => `${time},1`],
  ['a name in snake case', 'timestamp_utc,kWh', (time: string) => `${time},1`],
  ['a name with an offset', 'Start (UTC+02:00),kWh', (time: string) => `${time},1`],
  ['two columns', 'Date,Time (GMT),kWh', (time: string) => `${time.replace(' ', ',')},1`],
  ['a column of zones', 'Start Time,Time Zone,kWh', (time: string) => `${time},UTC,1`],
])('an offset that the header names beats the zone of the site: %s', async (_what, header, row) => {
  const found = await readTexts(
    [[header, ...['2025-07-01 04:00', '2025-07-01 05:00', '2025-07-01 06:00'].map(row)].join('\n')],
    {},
    'America/Chicago',
  );
  const first = header.includes('+02') ? '2025-07-01T02:00:00+00:00,1' : '2025-07-01T04:00:00+00:00,1';
  expect(found.rows[0]).toBe(first);
  expect(found.inferred[0]).toContain('offset of times from');
});

test('an offset beside the name of a prevailing time is none', async () => {
  const text = 'Start (UTC-06:00 Central),kWh\n2025-07-01 04:00,1\n2025-07-01 05:00,1\n';
  expect((await readTexts([text], {}, 'America/Chicago')).rows[0]).toBe('2025-07-01T09:00:00+00:00,1');
});

test.each([
  ['oldest first', (rows: readonly string[]) => rows],
  ['newest first', (rows: readonly string[]) => rows.toReversed()],
])('midnight printed at the end of its day ends that day: %s', async (_what, ordered) => {
  const rows = ['02', '03', '04'].flatMap((day) =>
    Array.from({ length: 24 }, (_, at) => `2025-01-${day},${String((at + 1) % 24).padStart(2, '0')}:00,${String(at)}`),
  );
  const found = await readTexts(
    [['Date,Time,kWh', ...ordered(rows)].join('\n')],
    { values: 'interval' },
    'Europe/London',
  );
  expect(found.rows[0]).toBe('2025-01-02T00:00:00+00:00,0');
  expect(found.rows.at(-1)).toBe('2025-01-04T23:00:00+00:00,23');
  expect(found.rows).toHaveLength(72);
});

test('a 25th hour by number is the last of its day, and not 25 minutes', async () => {
  const rows = (day: string, hours: number): readonly string[] =>
    Array.from({ length: hours }, (_, at) => `${day},${String(at + 1)},${String(at)}`);
  const text = [
    'Date,Hour Ending,kWh',
    ...rows('2025-11-01', 24),
    ...rows('2025-11-02', 25),
    ...rows('2025-11-03', 24),
  ];
  const found = await readTexts([text.join('\n')], { values: 'interval' }, 'America/New_York');
  expect(found.rows).toHaveLength(73);
  expect(found.rows[24 + 2]).toBe('2025-11-02T06:00:00+00:00,2');
  expect(found.rows[24 + 24]).toBe('2025-11-03T04:00:00+00:00,24');
});

test.each([
  [
    'hours at their last minute',
    ['2025-01-02 00:59', '2025-01-02 01:59', '2025-01-02 02:59'],
    '2025-01-02T00:00:00+00:00',
  ],
  ['hours at their last second', ['2025-01-02 00:59:59', '2025-01-02 01:59:59'], '2025-01-02T00:00:00+00:00'],
  ['days at their last second', ['2025-01-02 23:59:59', '2025-01-03 23:59:59'], '2025-01-02T00:00:00+00:00'],
  ['quarters elsewhere in the hour', ['2025-01-02 00:07', '2025-01-02 00:22'], '2025-01-02T00:07:00+00:00'],
])('a stamp at the last moment of its interval is its end: %s', async (_what, times, first) => {
  const found = await readTexts([['Time,kWh', ...times.map((time) => `${time},1`)].join('\n')], {}, 'Europe/London');
  expect(found.rows[0]).toBe(`${first},1`);
});

test('a file of which a spreadsheet has turned the first days of the month round is refused', async () => {
  const pad = (day: number): string => String(day).padStart(2, '0');
  const days = Array.from({ length: 28 }, (_, at) => at + 1);
  const text = (written: (day: number) => string): string =>
    ['Date,kWh', ...days.map((day) => `${written(day)},${String(day % 7)}`)].join('\n');
  const mixed = text((day) => (day > 12 ? `03/${pad(day)}/2025` : `${pad(day)}/03/2025`));
  const problems = await problemsOf(readTexts([mixed], {}, 'Europe/London'));
  expect(problems).toMatchObject([{ code: 'meter.date-order-contradictory' }]);
  const right = text((day) => `03/${pad(day)}/2025`);
  expect((await readTexts([right], {}, 'Europe/London')).rows).toHaveLength(28);
  expect((await readTexts([mixed], { dateOrder: 'mdy' }, 'Europe/London')).rows[0]).toContain('2025-01-03');
});

test('a day whose number is that of its month has but one reading', async () => {
  const text = 'Time,kWh\n01/01/2025 00:00,1\n01/01/2025 01:00,2\n';
  expect((await readTexts([text], {}, 'Europe/London')).rows).toHaveLength(2);
});
