import { expect, test } from 'vitest';
import { wordsOfKey } from '../../src/files/formats/json-series.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const site = (values: readonly unknown[]): string =>
  JSON.stringify({ energy: { timeUnit: 'HOUR', unit: 'Wh', measuredBy: 'INVERTER', values } }, undefined, 1);

test('the list is found inside the object, with the unit that stands above it', async () => {
  const text = site([
    { date: '2024-01-01 10:00:00', value: 1500 },
    { date: '2024-01-01 11:00:00', value: null },
    { date: '2024-01-01 12:00:00', value: 250.5 },
  ]);
  const read = await readTexts([text], {}, 'America/Denver');
  expect(read.rows).toEqual(['2024-01-01T17:00:00+00:00,1.5', '2024-01-01T19:00:00+00:00,0.2505']);
  expect(read.inferred[0]).toContain('readings in "energy.values"');
});

test('seconds at the end of the interval, and energy rather than power', async () => {
  const intervals = [0, 1, 2].map((at) => ({ end_at: 1_704_103_200 + 900 * at, powr: 4000, enwh: 1000 + at }));
  const read = await readTexts([JSON.stringify({ granularity: '15mins', intervals })]);
  expect(read.rows).toEqual([
    '2024-01-01T09:45:00+00:00,1',
    '2024-01-01T10:00:00+00:00,1.001',
    '2024-01-01T10:15:00+00:00,1.002',
  ]);
});

test('pairs of milliseconds and values need a unit', async () => {
  const text = JSON.stringify([0, 1, 2].map((at) => [1_704_103_200_000 + 3_600_000 * at, at / 2]));
  expect(await codesOf(readTexts([text]))).toEqual(['meter.unit-missing']);
  expect((await readTexts([text], { unit: 'kWh' })).rows[1]).toBe('2024-01-01T11:00:00+00:00,0.5');
});

test.each([
  ['energyWh', 'energy (Wh)'],
  ['energykWh', 'energy (kWh)'],
  ['valueInKWh', 'value In KWh'],
  ['endAt', 'end At'],
  ['enwh', 'energy en (wh)'],
  ['wh_del', 'wh_del'],
  ['kWh', ' (kWh)'],
])('the key %s is read as "%s"', (key, words) => {
  expect(wordsOfKey(key)).toBe(words);
});

const meters = JSON.stringify({
  energyDetails: {
    unit: 'kWh',
    meters: [
      { type: 'Production', values: [1, 2].map((at) => ({ date: `2024-01-01 0${String(at)}:00`, value: at })) },
      { type: 'Consumption', values: [1, 2].map((at) => ({ date: `2024-01-01 0${String(at)}:00`, value: at * 10 })) },
    ],
  },
});

test('several lists are named by their paths, and select decides by path or by what stands beside', async () => {
  const [problem] = await problemsOf(readTexts([meters], {}, 'UTC'));
  expect(problem?.code).toBe('meter.json-ambiguous');
  expect(problem?.message).toContain('"energyDetails.meters[1].values" (unit: kWh, type: Consumption)');
  const byType = await readTexts([meters], { select: { type: 'Consumption' } }, 'UTC');
  expect(byType.rows[0]).toBe('2024-01-01T01:00:00+00:00,10');
  const byPath = await readTexts([meters], { select: { path: 'energyDetails.meters[0].values' } }, 'UTC');
  expect(byPath.rows[0]).toBe('2024-01-01T01:00:00+00:00,1');
  expect(await codesOf(readTexts([meters], { select: { type: 'Net' } }, 'UTC'))).toEqual(['meter.json-no-readings']);
});

const list = (...rows: readonly unknown[]): string => `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;

test('keys that no name tells are named in columns, and select chooses rows', async () => {
  const rows = ['a', 'b'].flatMap((id) =>
    [1, 2].map((at) => ({ when: `2024-01-01T0${String(at)}:00Z`, amount: id === 'a' ? at : 10 * at, id })),
  );
  const columns = { start: 'when', value: 'amount' };
  expect(await codesOf(readTexts([list(...rows)], { unit: 'kWh' }))).toEqual(['meter.json-no-readings']);
  const read = await readTexts([list(...rows)], { unit: 'kWh', columns, select: { id: 'b' } });
  expect(read.rows).toEqual(['2024-01-01T01:00:00+00:00,10', '2024-01-01T02:00:00+00:00,20']);
});

test('a bad reading has its line', async () => {
  const text = list(
    { time: '2024-01-01T01:00Z', kWh: 1 },
    { time: '2024-01-01T02:00Z', kWh: 'much' },
    { time: 'noon', kWh: 3 },
    { time: '2024-01-01T04:00Z', kWh: 4 },
  );
  expect(await problemsOf(readTexts([text]))).toMatchObject([
    { code: 'meter.value-unreadable', line: 3, data: { cell: 'much' } },
    { code: 'meter.time-unreadable', line: 4 },
  ]);
});

test.each<[string, string, number, number]>([
  ['cut off', '[\n{"time": "2024-01-01T01:00Z", "kWh": 1},\n{"time": "2024', 3, 10],
  ['with a comma too many', '[\n{"time": "2024-01-01T01:00Z", "kWh": 1,}\n]', 2, 40],
  ['with more after its end', '[{"a": 1}]\n]', 2, 1],
  ['with a name twice', '[{"a": 1,\n"a": 2}]', 2, 4],
  ['without a value', '[{"a": }]', 1, 8],
])('JSON %s is told with line and column', async (_what, text, line, column) => {
  expect(await problemsOf(readTexts([text]))).toMatchObject([{ code: 'meter.json-malformed', line, column }]);
});

test('JSON nested without end is refused, not followed', async () => {
  expect(await codesOf(readTexts(['['.repeat(100_000)]))).toEqual(['meter.json-malformed']);
});

test('JSON without readings says what is missing', async () => {
  expect(await codesOf(readTexts(['{"status": "ok", "items": []}']))).toEqual(['meter.json-no-readings']);
});

test('a key that says UTC beats the zone of the site', async () => {
  const items = ['2025-07-01 04:00', '2025-07-01 05:00'].map((time) => ({ time_utc: time, kwh: 1 }));
  const read = await readTexts([JSON.stringify(items)], {}, 'America/Denver');
  expect(read.rows).toEqual(['2025-07-01T04:00:00+00:00,1', '2025-07-01T05:00:00+00:00,1']);
});

const stamps = Array.from({ length: 24 }, (_, hour) => `2025-01-05T${String(hour).padStart(2, '0')}:00:00Z`);
const energies = stamps.map((_, hour) => ((hour * 7) % 11) + 1);

test.each<[string, unknown]>([
  ['at the top', { unit: 'kWh', timestamps: stamps, values: energies }],
  ['deeper, times as seconds', { meter: 7, data: { time: stamps.map((at) => Date.parse(at) / 1000), energy_kwh: energies } }],
  ['in Wh, beside lists of words', { data: [{ unit: 'Wh', tags: ['a', 'b'], times: stamps, consumption: energies.map((one) => one * 1000) }] }],
])('a list of times beside a list of values is read: %s', async (_what, file) => {
  const { rows } = await readTexts([JSON.stringify(file)]);
  expect(rows).toEqual(stamps.map((at, hour) => `${at.slice(0, 19)}+00:00,${String(energies[hour])}`));
}); // prettier-ignore

test('lists side by side must be of one length, and one of them the values', async () => {
  const short = { unit: 'kWh', timestamps: stamps, values: energies.slice(1) };
  const [problem] = await problemsOf(readTexts([JSON.stringify(short)]));
  expect(problem).toMatchObject({ code: 'meter.json-no-readings' });
  expect(problem?.message).toContain('"timestamps" has 24, "values" has 23');
  const two = { unit: 'kWh', timestamps: stamps, import: energies, export: energies };
  expect(await problemsOf(readTexts([JSON.stringify(two)]))).toMatchObject([{ code: 'meter.value-ambiguous' }]);
  const columns = { start: 'timestamps', value: 'import' };
  expect((await readTexts([JSON.stringify(two)], { columns })).rows).toHaveLength(24);
  const other = { unit: 'kWh', xs: stamps, ys: energies };
  expect((await readTexts([JSON.stringify(other)], { columns: { start: 'xs', value: 'ys' } })).rows).toHaveLength(24);
});

test('a key inside another is named by its path', async () => {
  const data = [0, 1, 2, 3].map((at) => ({
    time: `2024-11-12T0${String(at)}:00:00Z`,
    power: { solar: { power: 1200 } },
    total: { solar: 1500.5 + at / 4 },
  }));
  const text = JSON.stringify({ data });
  const [problem] = await problemsOf(readTexts([text], { unit: 'kWh' }));
  expect(problem?.message).toContain('the path of one inside another');
  const count = { columns: { value: 'total.solar' }, values: 'register', unit: 'kWh' } as const;
  const { rows, inferred } = await readTexts([text], count);
  expect(rows.map((row) => row.split(',')[1])).toEqual(['0.25', '0.25', '0.25']);
  expect(inferred[0]).toContain('values in "total.solar"');
  const power = await readTexts([text], { columns: { value: 'power.solar.power' }, unit: 'W' });
  expect(power.rows[0]).toBe('2024-11-12T00:00:00+00:00,1.2');
});
