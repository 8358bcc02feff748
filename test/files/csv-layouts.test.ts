import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const chicago = 'America/Chicago';

const csv = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

const read = async (text: string, more: Partial<Meter> = {}, timezone: string | undefined = chicago) =>
  await readTexts([text], more, timezone);

const hour = (at: number, day = '2025-01-01'): string => `${day} ${String(at).padStart(2, '0')}:00`;

/** Values of the canonical rows. */
const values = (rows: readonly string[]): readonly number[] => rows.map((row) => Number(row.split(',')[1]));

test.each([
  ['an amount with its unit', 'Total Usage,6 kWh'],
  ['an amount in one cell', 'Total Usage: 6.0 kWh,'],
  ['another unit', 'Total energy (Wh),6000'],
  ['another language', 'Gesamtverbrauch (kWh),6'],
])('a total above the header is compared with the sum: %s', async (_what, line) => {
  const rows = ['Name,HOUSE 9', line, '', 'start,kWh', `${hour(0)},1.25`, `${hour(1)},1.75`];
  const fits = await read(csv(...rows, `${hour(2)},3.00`));
  expect(fits.findings).toEqual([]);
  expect(fits.inferred[0]).toMatch(/control total 6.* on line 2 fits/);
  const differs = await read(csv(...rows, `${hour(2)},4.50`));
  expect(differs.findings).toMatchObject([{ code: 'meter.control-total', severity: 'warning', line: 2 }]);
  expect(differs.inferred[0]).toContain('differs from the sum');
});

test('a total of money is no control total', async () => {
  const text = csv('Total Amount Due,123.45', 'start,kWh', `${hour(0)},1`, `${hour(1)},2`);
  expect((await read(text)).findings).toEqual([]);
});

test('a total below the readings is compared, and text below them is left out and counted', async () => {
  const rows = ['start,kWh', `${hour(0)},1.5`, `${hour(1)},2.25`];
  const footer = ['Total,3.75', 'nan,nan', '', 'Not for billing. See https://example.org/units, or call us.'];
  const found = await read([...rows, ...footer].join('\n'));
  expect(values(found.rows)).toEqual([1.5, 2.25]);
  expect(found.findings).toEqual([]);
  expect(found.inferred[0]).toContain('2 rows of text below the readings left out');
  expect(found.inferred[0]).toContain('control total 3.75 on line 4 fits');
  const differs = await read(csv(...rows, 'Total,9.75'));
  expect(differs.findings).toMatchObject([{ code: 'meter.control-total', line: 4, data: { total: 9.75, sum: 3.75 } }]);
  // Without a label it is a total only as the sum.
  expect((await read(csv(...rows, ',3.75'))).inferred[0]).toContain('control total 3.75');
});

test('a broken reading is never taken for a footer', async () => {
  const rows = ['start,kWh', `${hour(0)},1.5`, `${hour(1)},2.25`];
  expect(await codesOf(read(csv(...rows, ',2.25')))).toEqual(['meter.time-missing']);
  expect(await codesOf(read(csv(...rows, '2025-01-51 02:00,4')))).toEqual(['meter.time-unreadable']);
  expect(await codesOf(read(csv(...rows, 'X025-01-01 02:00,4')))).toEqual(['meter.time-unreadable']);
  expect(await codesOf(read(csv(...rows, 'yesterday,4')))).toEqual(['meter.time-unreadable']);
  const middle = csv(...rows, 'Total,3.75', `${hour(2)},1`);
  expect(await problemsOf(read(middle))).toMatchObject([{ code: 'meter.time-unreadable', line: 4 }]);
});

test('a file without a header is read by what its columns hold, once the unit is given', async () => {
  const text = csv(`12345678,${hour(0)},0.5`, `12345678,${hour(1)},0.75`, `12345678,${hour(2)},0.25`);
  const found = await read(text, { unit: 'kWh' });
  expect(values(found.rows)).toEqual([0.5, 0.75, 0.25]);
  expect(found.inferred[0]).toContain('no header, time in column 2, values in column 3');
  expect(await codesOf(read(text))).toEqual(['meter.header-not-found']);
  const two = csv(`${hour(0)},0.5,7`, `${hour(1)},0.75,8`);
  expect(await codesOf(read(two, { unit: 'kWh' }))).toEqual(['meter.value-ambiguous']);
});

test('names that say nothing are settled by what the columns hold', async () => {
  const text = csv('Cuándo;Cuánto (kWh)', `${hour(0)};0,5`, `${hour(1)};0,75`);
  const found = await read(text);
  expect(values(found.rows)).toEqual([0.5, 0.75]);
  expect(found.inferred[0]).toContain('columns told by what they hold');
});

test('doubled names are told apart by number, each with its own unit', async () => {
  const text = csv(
    'Start,Usage,Units,Interval,Usage,Units,Interval',
    `${hour(0)},1,kWh,60,250,Wh,15`,
    '2025-01-01 00:15,,,,250,Wh,15',
    '2025-01-01 00:30,,,,250,Wh,15',
    '2025-01-01 00:45,,,,250,Wh,15',
    `${hour(1)},2,kWh,60,500,Wh,15`,
  );
  expect(await problemsOf(read(text))).toMatchObject([
    { code: 'meter.value-ambiguous', message: expect.stringContaining('"Usage" (column 2) and "Usage" (column 5)') },
  ]);
  expect(values((await read(text, { columns: { value: 5 } })).rows)).toEqual([0.25, 0.25, 0.25, 0.25, 0.5]);
});

test('columns by tariff are added when told, or when a total shows that they add up', async () => {
  const rows = [`${hour(0)},0.5,,0.5`, `${hour(1)},0.25,0.5,0.75`, `${hour(2)},,1,1`];
  const without = csv('Start,HT (kWh),NT (kWh)', ...rows.map((row) => row.replace(/,[^,]*$/, '')));
  expect(await problemsOf(read(without))).toMatchObject([
    { code: 'meter.tariff-columns', line: 1, message: expect.stringContaining('columns.value: [2, 3]') },
  ]);
  const added = await read(without, { columns: { value: ['HT (kWh)', 3] } });
  expect(values(added.rows)).toEqual([0.5, 0.75, 1]);
  expect(added.inferred[0]).toContain('values in "HT (kWh)" + "NT (kWh)"');
  const total = await read(csv('Start,HT (kWh),NT (kWh),Total (kWh)', ...rows));
  expect(values(total.rows)).toEqual([0.5, 0.75, 1]);
  expect(total.inferred[0]).toContain('"Total (kWh)" is the sum of "HT (kWh)" and "NT (kWh)"');
  const wrong = csv('Start,HT (kWh),NT (kWh),Total (kWh)', `${hour(0)},1,2,7`, `${hour(1)},1,2,7`);
  expect(await codesOf(read(wrong))).toEqual(['meter.tariff-columns']);
});

test('sections are named, and chosen by number or heading', async () => {
  const text = csv(
    'Import',
    'start,kWh',
    `${hour(0)},1`,
    `${hour(1)},2`,
    'Total,3',
    '',
    'Export',
    'start,kWh',
    `${hour(0)},5`,
    `${hour(1)},6`,
  );
  expect(await problemsOf(read(text))).toMatchObject([
    { code: 'meter.several-sections', message: expect.stringContaining('1 "Import" (line 2), 2 "Export" (line 7)') },
  ]);
  expect(values((await read(text, { select: { section: '1' } })).rows)).toEqual([1, 2]);
  const second = await read(text, { select: { section: 'export' } });
  expect(values(second.rows)).toEqual([5, 6]);
  expect(second.inferred[0]).toContain('section "export" of 2');
  expect(await codesOf(read(text, { select: { section: 'Net' } }))).toEqual(['meter.section-not-found']);
});

test('blocks that alternate below one header are read together by their heading', async () => {
  const text = csv(
    'start,kWh',
    'Delivered',
    `${hour(0)},1`,
    'Received',
    `${hour(0)},9`,
    'Delivered',
    `${hour(1)},2`,
    'Received',
    `${hour(1)},8`,
  );
  expect(await codesOf(read(text))).toEqual(['meter.several-sections']);
  expect(values((await read(text, { select: { section: 'Delivered' } })).rows)).toEqual([1, 2]);
  expect(values((await read(text, { select: { section: 'Received' } })).rows)).toEqual([9, 8]);
});

test('a section with other columns is listed, and is read by the line of its header', async () => {
  const text = csv('start,kWh', `${hour(0)},1`, `${hour(1)},2`, 'start,Cost,kWh', `${hour(0)},7,5`, `${hour(1)},8,6`);
  expect(await problemsOf(read(text))).toMatchObject([{ code: 'meter.several-sections', line: 4 }]);
  expect(values((await read(text, { select: { section: '1' } })).rows)).toEqual([1, 2]);
  expect(await problemsOf(read(text, { select: { section: '2' } }))).toMatchObject([
    { code: 'meter.several-sections', line: 4, message: expect.stringContaining('set header: 4') },
  ]);
  expect(values((await read(text, { header: 4 })).rows)).toEqual([5, 6]);
});

test('a price or an emission for each kWh is no column of values', async () => {
  for (const name of ['Preis (ct/kWh)', 'Carbon intensity (gCO2/kWh)', 'Unit charge p per kWh', 'Arbeitspreis kWh']) {
    const text = csv(`start,Usage,${name}`, `${hour(0)},1,21.5`, `${hour(1)},2,20.5`);
    expect(values((await read(text, { unit: 'kWh' })).rows)).toEqual([1, 2]);
  }
  // A slash before a unit is how standards write it.
  expect(values((await read(csv('Zeit;Wirkarbeit / kWh', `${hour(0)};1`, `${hour(1)};2`))).rows)).toEqual([1, 2]);
});

test('a flow without a unit beside one with a unit is not passed over', async () => {
  const both = csv('start,Consumption,Generation (kWh)', `${hour(0)},1,3`, `${hour(1)},2,4`);
  expect(await codesOf(read(both))).toEqual(['meter.value-ambiguous']);
  const demand = csv('start,Usage,Demand (kW)', `${hour(0)},1,3`, `${hour(1)},2,4`);
  expect(await codesOf(read(demand))).toEqual(['meter.value-ambiguous']);
  expect(values((await read(both, { columns: { value: 'Generation (kWh)' } })).rows)).toEqual([3, 4]);
  // A direction in words is no number.
  const words = csv('start,kWh,Import/Export', `${hour(0)},1,Import`, `${hour(1)},2,Import`);
  expect(values((await read(words)).rows)).toEqual([1, 2]);
});

test('a multiplier that may or may not be in the values has to be settled', async () => {
  const text = (multiplier: string): string =>
    csv('start,kWh,Meter Multiplier', `${hour(0)},1,${multiplier}`, `${hour(1)},2,${multiplier}`);
  expect(await codesOf(read(text('40')))).toEqual(['meter.multiplier']);
  expect(values((await read(text('40'), { columns: { value: 'kWh' } })).rows)).toEqual([1, 2]);
  expect(values((await read(text('1'))).rows)).toEqual([1, 2]);
});

test('times of day under plain names of start and end stand beside their date', async () => {
  const text = csv('Datum;von;bis;kWh', '31.01.2025;23:00;23:30;1', '31.01.2025;23:30;00:00;2');
  expect((await read(text)).rows).toEqual(['2025-02-01T05:00:00+00:00,1', '2025-02-01T05:30:00+00:00,2']);
});

test('the day of a revision is not the day of the readings', async () => {
  const text = csv(
    'ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,ESTIMATED_ACTUAL',
    "'10443720001234567,01/31/2025,02/01/2025 07:26:33, 23:30, 23:45,1,A",
    "'10443720001234567,01/31/2025,02/01/2025 07:26:33, 23:45, 00:00,2,A",
  );
  expect((await read(text)).rows).toEqual(['2025-02-01T05:30:00+00:00,1', '2025-02-01T05:45:00+00:00,2']);
});

test('exports put one behind the other are one series, whatever their order', async () => {
  const block = (day: string, from: number): readonly string[] => [
    'Name,HOUSE 9',
    `Data for period starting: ${day} 00:00`,
    'start,kWh',
    `${hour(0, day)},${String(from)}`,
    `${hour(1, day)},${String(from + 1)}`,
    '',
  ];
  const days = [block('2025-01-01', 1), block('2025-01-02', 3), block('2025-01-03', 5)];
  for (const ordered of [days, days.toReversed()]) {
    const found = await read(csv(...ordered.flat()));
    expect(values(found.rows)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(found.inferred[0]).toContain('3 tables one after the other in time');
  }
  expect(values((await read(csv(...days.flat()), { select: { section: '2' } })).rows)).toEqual([3, 4]);
});

test('tables under the same header that cover the same time, or name another meter, stay apart', async () => {
  const rows = ['start,kWh', `${hour(0)},1`, `${hour(2)},2`];
  const same = csv(...rows, 'start,kWh', `${hour(1)},3`, `${hour(3)},4`);
  expect(await problemsOf(read(same))).toMatchObject([{ code: 'meter.several-sections', line: 4 }]);
  const other = csv('Meter,17', ...rows, 'Meter,18', 'start,kWh', `${hour(3)},4`, `${hour(4)},4`);
  expect(await codesOf(read(other))).toEqual(['meter.several-sections']);
});

test('an hour apart from its watts is energy; watts for each hour are in doubt', async () => {
  const quarters = (name: string): string => csv(`start,${name}`, '2025-01-01 00:00,4', '2025-01-01 00:15,8');
  for (const name of ['Usage (kW h)', 'Usage (kW-h)', 'Usage kW.h', 'Energy [kW·h]', 'Usage (kW hours)']) {
    expect(values((await read(quarters(name))).rows), name).toEqual([4, 8]);
  }
  expect(values((await read(quarters('Demand (kW)'))).rows)).toEqual([1, 2]);
  expect(await codesOf(read(quarters('Usage (kW/h)')))).toEqual(['meter.unit-ambiguous']);
  expect(values((await read(quarters('Usage (kW/h)'), { unit: 'kWh' })).rows)).toEqual([4, 8]);
});

test('tariffs of import and of export are never offered as one sum', async () => {
  const text = csv(
    'start,Import T1 kWh,Import T2 kWh,Export T1 kWh,Export T2 kWh',
    `${hour(0)},1,2,3,4`,
    `${hour(1)},1,2,3,4`,
  );
  expect(await codesOf(read(text))).toEqual(['meter.value-ambiguous']);
  expect(values((await read(text, { columns: { value: [2, 3] } })).rows)).toEqual([3, 3]);
  const mixed = csv('start,kWh T1,kWh T2', `${hour(0)},1,2`, `${hour(1)},1,2`);
  expect(await codesOf(read(mixed))).toEqual(['meter.tariff-columns']);
});
