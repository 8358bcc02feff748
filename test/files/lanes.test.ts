import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProblemError } from '../../src/domain/errors.ts';
import type { ReadingOptions } from '../../src/domain/site.ts';
import { openZone } from '../../src/domain/zone.ts';
import { chooseColumns } from '../../src/files/csv/choose-columns.ts';
import type { MeterTable } from '../../src/files/series/meter-table.ts';
import { readPlainRows } from '../../src/files/csv/plain-lane.ts';
import { openText } from '../../src/files/open-text.ts';
import { ProblemList } from '../../src/files/problem-list.ts';
import { readTable } from '../../src/files/read-table.ts';
import type { StampColumn } from '../../src/files/time/stamp-column.ts';
import { inFolder } from './site-at.ts';

const meters = join(import.meta.dirname, '../../fixtures/meters');
const chicago = openZone('America/Chicago');

function stampsOf(column: StampColumn | undefined): readonly unknown[] {
  if (column === undefined) return [];
  return Array.from({ length: column.length }, (_, at) => [
    column.wall(at, 'mdy'),
    column.wall(at, 'dmy'),
    column.offsetMs(at),
    column.isZulu(at),
    column.isDateOnly(at),
  ]);
}

/** All that a table says, in a form that can be compared. */
function contentOf(table: MeterTable): unknown {
  const { starts, ends, points, commas, lines, qualities, ...facts } = table;
  const rows = Array.from({ length: table.length }, (_, at) => [
    points.at(at),
    commas.at(at),
    lines.at(at),
    qualities.at(at),
  ]);
  const orders = [starts.open, starts.possibleOrders, starts.datesOnly, ends?.open, ends?.possibleOrders];
  return { facts, rows, orders, starts: stampsOf(starts), ends: stampsOf(ends) };
}

/** What reading a file through one or both lanes ends in: a table and remarks, or problems. */
async function readThrough(lanes: 'both' | 'csv-parse', path: string, options: ReadingOptions): Promise<unknown> {
  const problems = new ProblemList('meter.csv');
  try {
    const table = await readTable(path, 'meter.csv', options, chicago, problems, lanes);
    const { warnings } = problems;
    problems.throwErrors();
    return { table: contentOf(table), warnings };
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

/** The rows the fast lane reads of a text whose header is its first line; undefined where it leaves the file to csv-parse. */
async function plainRows(text: string, delimiter: string, options: ReadingOptions = {}): Promise<number | undefined> {
  return await inFolder(async (put) => {
    const path = await put('meter.csv', text);
    const cells = (/^[^\r\n]*/.exec(text)?.[0] ?? '').split(delimiter);
    const columns = chooseColumns(cells, options);
    if ('found' in columns) throw new Error(columns.message);
    const header = { cells, line: 1, columns };
    const opened = await openText(path, 'meter.csv');
    try {
      return (await readPlainRows(opened, { header, line: 1, delimiter }, options, chicago))?.length;
    } finally {
      await opened.close();
    }
  });
}

test('both lanes read every fixture alike', async () => {
  const names = (await readdir(meters, { withFileTypes: true })).filter((entry) => entry.isFile());
  expect(names.length).toBeGreaterThan(25);
  for (const { name } of names) {
    const path = join(meters, name);
    const options: ReadingOptions = {};
    expect(await readThrough('both', path, options), name).toEqual(await readThrough('csv-parse', path, options));
  }
});

const manners: readonly (readonly [what: string, delimiter: string, text: string])[] = [
  ['instants', ',', 'timestamp,energy (kWh)\n2025-01-01T00:00:00Z,1\n2025-01-01T01:00:00+00:00,0.5\n'],
  ['local time, carriage returns', ',', 'timestamp,energy (kWh)\r\n2025-01-01 00:00,1\r\n2025-01-01 01:00,2\r\n'],
  ['twelve hours', ',', 'timestamp,energy (kWh)\n1/2/2025 12:00 AM,1\n1/2/2025 1:00 AM,2\n1/2/2025 11:00 pm,2\n'],
  ['semicolons, decimal comma', ';', 'Beginn;Ende;Verbrauch (kWh)\n01.02.2025 00:00;01.02.2025 01:00;1,25\n'],
  ['two columns of time', ',', 'Date,Start Time,End Time,Usage,Units\n2025-01-01,00:00,00:59,1,kWh\n'],
  [
    'blank values, other columns, no last line end',
    '\t',
    'start\tcost\tkWh\n2025-01-01 00:00\t£3\t\n2025-01-01 01:00\t4\t1',
  ],
  ['a quality, an empty line', ',', 'start,kWh,Quality\n2025-01-01 00:00,1,E\n\n2025-01-01 01:00,1,A\n'],
];

test.each(manners)('the fast lane reads %s', async (_, delimiter, text) => {
  expect(await plainRows(text, delimiter)).toBe(
    text
      .trimEnd()
      .split('\n')
      .filter((line) => line.trim() !== '').length - 1,
  );
});

const odd: readonly (readonly [what: string, row: string])[] = [
  ['a quoted cell', '"2025-01-01 02:00",1'],
  ['a row too short', '2025-01-01 02:00'],
  ['a row too long', '2025-01-01 02:00,1,2'],
  ['a comment', '# 2025-01-01 02:00,1'],
  ['a value that is none', '2025-01-01 02:00,1x'],
  ['a day that is none', '2025-02-30 02:00,1'],
  ['the header again', 'start,kWh'],
  ['a total', 'Total,3'],
];

test.each(odd)('the fast lane leaves a file with %s to csv-parse', async (_, row) => {
  expect(await plainRows(`start,kWh\n2025-01-01 00:00,1\n${row}\n2025-01-01 03:00,1\n`, ',')).toBeUndefined();
});

const two = (value: number): string => String(value).padStart(2, '0');

interface Manner {
  readonly date: number;
  readonly clock: number;
  readonly zone: string;
  readonly split: boolean;
  readonly ends: boolean;
  readonly delimiter: string;
  readonly comma: boolean;
  readonly lineEnd: string;
  readonly columns: readonly string[];
  readonly lastEnd: boolean;
}

const dates: readonly ((y: number, m: number, d: number) => string)[] = [
  (y, m, d) => `${String(y)}-${two(m)}-${two(d)}`,
  (y, m, d) => `${String(y)}/${String(m)}/${String(d)}`,
  (y, m, d) => `${String(m)}/${String(d)}/${String(y)}`,
  (y, m, d) => `${two(d)}.${two(m)}.${String(y)}`,
  (y, m, d) => `${String(d)}-${String(m)}-${String(y)}`,
  (y, m, d) => `${String(y)}${two(m)}${two(d)}`,
];
const clocks: readonly ((h: number, m: number) => string)[] = [
  (h, m) => `${two(h)}:${two(m)}`,
  (h, m) => `${String(h)}:${two(m)}:00`,
  (h, m) => `${two(h)}:${two(m)}:00.000`,
  (h, m) => `${String(h % 12 === 0 ? 12 : h % 12)}:${two(m)} ${h < 12 ? 'AM' : 'pm'}`,
  (h, m) => `${two(h)}:${two(m)}:59.25`,
];
const numbers = fc.oneof(
  fc.integer({ min: -20, max: 20_000 }).map((value) => (value / 1000).toString()),
  fc.integer({ min: 0, max: 9_999_999 }).map((value) => (value / 1000).toFixed(3)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '',
    ' ',
    '-',
    'NaN',
    'null',
    '0',
    '-0.000',
    '.145',
    '1.',
    '+7',
    '00.5',
    '1e3',
    ' 4.25 ',
    '123456789012345.5',
  ),
);
const faults = fc.constantFrom<(line: string, delimiter: string) => string>(
  () => '',
  () => '   ',
  () => '# remark',
  () => '=====',
  (line) => `${line}x`,
  (line) => line.slice(0, 7),
  (line, delimiter) => `${line}${delimiter}`,
  (line, delimiter) => `${line}${delimiter}9`,
  (line) => `"${line}"`,
  (line) => line.replace(/\d/, 'Ä'),
  (line) => ` ${line} `,
  (line) => `\u00a0${line}`,
  (line) => line.replace('2025', '2O25'),
  (line) => `${line}\r`,
  (_, delimiter) => ['Total', '12.5'].join(delimiter),
  (_, delimiter) => ['', '', '', '', ''].join(delimiter),
);

function fileOf(manner: Manner, rows: readonly (readonly [value: string, stepMinutes: number])[]): readonly string[] {
  const { date, clock, zone, split, ends, delimiter, comma, columns } = manner;
  const stamp = (wall: number): string => {
    const at = new Date(wall);
    const day = dates[date]?.(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()) ?? '';
    const time = clocks[clock]?.(at.getUTCHours(), at.getUTCMinutes()) ?? '';
    return split ? `${day}${delimiter}${time}` : `${day}${date === 0 && clock === 1 ? 'T' : ' '}${time}${zone}`;
  };
  const names = split ? ['Date', 'Time'] : ['Start'];
  const header = [...names, ...(ends && !split ? ['End'] : []), 'Usage (kWh)', ...columns].join(delimiter);
  let wall = Date.UTC(2025, 2, 8, 22, 0);
  const lines = rows.map(([value, step], at) => {
    wall += step * 60_000;
    const more = columns.map((name) =>
      name === 'Quality' ? (at % 3 === 0 ? 'E' : 'A') : name === 'Meter' ? 'M1' : `n${String(at)}`,
    );
    const number = comma ? value.replace('.', ',') : value;
    return [stamp(wall), ...(ends && !split ? [stamp(wall + 900_000)] : []), number, ...more].join(delimiter);
  });
  return [header, ...lines];
}

const manner: fc.Arbitrary<Manner> = fc.record({
  date: fc.integer({ min: 0, max: dates.length - 1 }),
  clock: fc.integer({ min: 0, max: clocks.length - 1 }),
  zone: fc.constantFrom('', 'Z', '+00:00', '-05:30', ' -06', '+0100'),
  split: fc.boolean(),
  ends: fc.boolean(),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  comma: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  columns: fc.subarray(['Quality', 'Meter', 'Remarks']),
  lastEnd: fc.boolean(),
});

test('both lanes read any file alike, with faults and without', { timeout: 60_000 }, async () => {
  await inFolder(async (put) => {
    await fc.assert(
      fc.asyncProperty(
        manner,
        fc.array(fc.tuple(numbers, fc.constantFrom(15, 15, 15, 30, 60, -45)), { minLength: 1, maxLength: 60 }),
        fc.option(fc.tuple(faults, fc.nat(59)), { freq: 3 }),
        async (how, rows, fault) => {
          const lines = [...fileOf(how, rows)];
          if (fault !== null) {
            const at = 1 + (fault[1] % rows.length);
            lines[at] = fault[0](lines[at] ?? '', how.delimiter);
          }
          const path = await put('meter.csv', lines.join(how.lineEnd) + (how.lastEnd ? how.lineEnd : ''));
          const options: ReadingOptions = how.comma && how.delimiter !== ',' ? { decimal: ',' } : {};
          expect(await readThrough('both', path, options)).toEqual(await readThrough('csv-parse', path, options));
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('both lanes read stamps and numbers alike where the form of the rows changes', { timeout: 60_000 }, async () => {
  const forms: readonly ((text: string) => string)[] = [
    (text) => text.slice(0, 16),
    (text) => text.slice(0, 19),
    (text) => text.slice(0, 16).replace('T', ' '),
    (text) => `${text.slice(0, 19)}Z`,
    (text) => `${text.slice(0, 19)}-06:00`,
    (text) => `${text.slice(0, 19)}-05:00`,
    (text) => `${text.slice(0, 16)}+05:30`,
    (text) => `${text.slice(0, 10)}T24:00`,
    (text) => `${text.slice(0, 10)}x${text.slice(11, 16)}`,
    (text) => text.slice(0, 10),
  ];
  const value = fc.oneof(
    fc.integer({ min: -9999, max: 9999 }).map((number) => (number / 1000).toFixed(3)),
    fc.integer({ min: -9999, max: 9_999_999 }).map((number) => (number / 100).toFixed(2)),
    fc.constantFrom(
      '0.5',
      '7',
      '-0',
      '-0.0',
      '',
      '1,5',
      '0.1234567890123456',
      '123456789012345',
      '.5',
      '5.',
      '--1',
      '1.2.3',
      '1e3',
      '9 ',
      'x',
    ),
  );
  const stretch = fc.record({
    form: fc.integer({ min: 0, max: forms.length - 1 }),
    values: fc.array(value, { minLength: 1, maxLength: 40 }),
    plain: fc.constantFrom(true, true, true, false),
    stepMinutes: fc.constantFrom(5, 15, 60, 0, -15, 1440),
    gapHours: fc.constantFrom(0, 0, 1, 30),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  });
  await inFolder(async (put) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 9 }).chain((form) =>
          fc.tuple(
            fc.constantFrom(Date.UTC(2025, 2, 8, 20), Date.UTC(2025, 10, 1, 20), Date.UTC(2024, 1, 28, 22)),
            // Most files keep to one form.
            fc.array(
              fc.oneof(
                stretch.map((one) => ({ ...one, form })),
                stretch,
              ),
              { minLength: 1, maxLength: 6 },
            ),
          ),
        ),
        async ([from, stretches]) => {
          let wall = from;
          const lines = stretches.flatMap(({ form, values, plain, stepMinutes, gapHours, lineEnd }) => {
            wall += gapHours * 3_600_000;
            return values.map((text, at) => {
              wall += stepMinutes * 60_000;
              const stamp = forms[form]?.(new Date(wall).toISOString()) ?? '';
              return `${stamp},${plain ? `${String(at % 10)}.5${String(at)}` : text}${lineEnd}`;
            });
          });
          const path = await put('meter.csv', `timestamp,energy (kWh)\n${lines.join('')}`);
          expect(await readThrough('both', path, {})).toEqual(await readThrough('csv-parse', path, {}));
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['\n', 'Z', 300_000],
  ['\r\n', '', 3_600_000],
])('both lanes read a file of several blocks alike', async (lineEnd, offset, stepMs) => {
  await inFolder(async (put) => {
    const lines = Array.from({ length: 30_000 }, (_, at) => {
      const time = new Date(Date.UTC(2024, 0, 1) + at * stepMs).toISOString().slice(0, 19);
      // Clocks that go forward skip an hour.
      return /-(?:03-10|03-09|03-08|03-14|03-13|03-12)T02/.test(time)
        ? ''
        : `${time}${offset},${String((at * 7919) % 9973)}.25${lineEnd}`;
    });
    const path = await put('meter.csv', `timestamp,energy (kWh)${lineEnd}${lines.join('')}`);
    expect(await readThrough('both', path, {})).toEqual(await readThrough('csv-parse', path, {}));
    expect(await plainRows(`timestamp,energy (kWh)\n${lines.join('')}`, ',')).toBeGreaterThan(29_000);
  });
});
