import { expect, test } from 'vitest';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const values = (count: number, value = '0.5'): string => Array.from({ length: count }, () => value).join(',');
const header = (suffix = 'E1', unit = 'kWh', minutes = 30, nmi = '6408091234'): string =>
  `200,${nmi},E1B1Q1,${suffix},${suffix},N1,NX770021,${unit},${String(minutes)},`;
const day = (date: string, count = 48, quality = 'A', value = '0.5'): string =>
  `300,${date},${values(count, value)},${quality},,,20250110093000,20250110094500`;
const file = (...lines: readonly string[]): string =>
  ['100,NEM12,202501100945,MDP,RETAILER', ...lines, '900', ''].join('\n');

test('a day is that of the market, ten hours ahead of UTC, whatever the zone of the site', async () => {
  const read = await readTexts([file(header(), day('20250101'))], {}, 'Australia/Sydney');
  expect(read.rows).toHaveLength(48);
  expect(read.rows[0]).toBe('2024-12-31T14:00:00+00:00,0.5');
  expect(read.rows.at(-1)).toBe('2025-01-01T13:30:00+00:00,0.5');
  expect(read.inferred[0]).toContain('UTC+10 all year');
});

test('timezone on the meter overrides the time of the market', async () => {
  const read = await readTexts([file(header(), day('20250101'))], { timezone: 'Australia/Perth' }, 'Australia/Perth');
  expect(read.rows[0]).toBe('2024-12-31T16:00:00+00:00,0.5');
});

test.each([
  [5, 288],
  [15, 96],
  [30, 48],
])('intervals of %d minutes are %d a day', async (minutes, count) => {
  const read = await readTexts([file(header('E1', 'Wh', minutes), day('20250101', count, 'A', '250'))]);
  expect(read.rows).toHaveLength(count);
  expect(read.rows[0]).toBe('2024-12-31T14:00:00+00:00,0.25');
});

test('the days before and after a change of the clocks have 48 half hours each', async () => {
  const dates = ['20241005', '20241006', '20241007'];
  const read = await readTexts([file(header(), ...dates.map((date) => day(date)))], {}, 'Australia/Sydney');
  expect(read.rows).toHaveLength(144);
  expect(read.findings).toEqual([]);
});

test('qualities come from the day, or where it varies from its 400 records; N is no reading', async () => {
  const varying = day('20250102', 48, 'V');
  const read = await readTexts([
    file(header(), day('20250101', 48, 'S14'), varying, '400,1,20,A,,', '400,21,40,F52,71,', '400,41,48,N,,'),
  ]);
  expect(read.rows).toHaveLength(48 + 40);
  expect(read.findings).toMatchObject([{ code: 'meter.estimated', data: { rows: 68 } }]);
});

test('several series are named, and select chooses one; reactive energy does not stand in the way', async () => {
  const both = file(header('E1'), day('20250101'), header('B1'), day('20250101', 48, 'A', '0.1'));
  const [problem] = await problemsOf(readTexts([both]));
  expect(problem).toMatchObject({ code: 'meter.several-channels', line: 4 });
  expect(problem?.message).toContain('NMI: "6408091234", suffix: "B1"');
  const select = { NMI: '6408091234', suffix: 'b1' };
  expect((await readTexts([both], { select })).rows[0]).toBe('2024-12-31T14:00:00+00:00,0.1');
  expect((await readTexts([both], { select: { RegisterID: 'B1' } })).rows[0]).toContain(',0.1');
  expect(await codesOf(readTexts([both], { select: { suffix: 'E9' } }))).toEqual(['meter.no-rows']);
  expect(await codesOf(readTexts([both], { select: { colour: 'red' } }))).toEqual(['meter.column-not-found']);
  const reactive = file(header('Q1', 'kVArh'), day('20250101'), header('E1', 'KWH'), day('20250101'));
  const read = await readTexts([reactive]);
  expect(read.rows).toHaveLength(48);
  expect(read.inferred[0]).toContain('not read: 6408091234 Q1');
  expect(await codesOf(readTexts([reactive], { select: { suffix: 'Q1' } }))).toEqual(['meter.unit-unsupported']);
});

const whole = file(header(), day('20250101'), day('20250102'));

test.each<[string, string, string, number]>([
  ['without its 900 record', whole.replace('900\n', ''), 'meter.nem12-cut', 4],
  ['cut in a day', whole.slice(0, whole.length - 60), 'meter.nem12-cut', 4],
  ['with a value too few', whole.replace('300,20250102,0.5', '300,20250102'), 'meter.nem12-quality', 4],
  ['with half a day', file(header(), day('20250101', 24)), 'meter.nem12-count', 3],
  ['with an unknown record', whole.replace('300,20250102', '301,20250102'), 'meter.nem12-record', 4],
  ['with an interval of 7 minutes', whole.replace('kWh,30', 'kWh,7'), 'meter.nem12-record', 2],
  ['with days before their series', file(day('20250101'), header()), 'meter.nem12-order', 2],
  ['with a letter in a value', whole.replace('20250102,0.5', '20250102,O.5'), 'meter.value-unreadable', 4],
  ['with a day that is none', whole.replace('20250102', '20250230'), 'meter.time-unreadable', 4],
  ['with an unknown quality', file(header(), day('20250101', 48, 'Z9')), 'meter.nem12-quality', 3],
  [
    'whose varying day leaves intervals out',
    file(header(), day('20250101', 48, 'V'), '400,1,47,A,,'),
    'meter.nem12-quality',
    3,
  ],
  [
    'whose events lie outside the day',
    file(header(), day('20250101', 48, 'V'), '400,1,49,A,,'),
    'meter.nem12-quality',
    4,
  ],
  ['of accumulated readings', '100,NEM13,202501100945,MDP,RETAILER\n900\n', 'meter.nem13-unsupported', 1],
])('a file %s is a problem with its line', async (_what, text, code, line) => {
  const [first] = await problemsOf(readTexts([text]));
  expect(first).toMatchObject({ code, line });
});

test('a value that cannot be read has its column', async () => {
  const [problem] = await problemsOf(readTexts([whole.replace('20250102,0.5', '20250102,O.5')]));
  expect(problem).toMatchObject({ line: 4, column: 14, data: { cell: 'O.5' } });
});

test('a file without its 100 record is read, with a warning', async () => {
  const text = [header(), day('20250101'), '900'].join('\n');
  const read = await readTexts([text]);
  expect(read.rows).toHaveLength(48);
  expect(read.findings).toMatchObject([{ code: 'meter.nem12-header-missing', line: 1 }]);
});
