import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundEnergy } from '../../src/domain/canonical.ts';
import { rolledOver } from '../../src/files/values/rollover.ts';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const hour = (at: number): string => new Date(Date.UTC(2025, 0, 1, at)).toISOString().slice(0, 16);
const counts = (values: readonly (number | string)[], from = 0): string =>
  ['time,Register (kWh)', ...values.map((value, at) => `${hour(from + at)}Z,${String(value)}`), ''].join('\n');

test('the energy is what lies between two counts, from one reading to the next', async () => {
  const read = await readTexts([counts([100.5, 101, 101, 103.25])]);
  expect(read.rows).toEqual([
    '2025-01-01T00:00:00+00:00,0.5',
    '2025-01-01T01:00:00+00:00,0',
    '2025-01-01T02:00:00+00:00,2.25',
  ]);
  expect(read.findings).toEqual([]);
});

test('any order of the rows, and any cut into files, gives the same energy', async () => {
  const values = [40, 42, 45, 45.5, 50, 51.25, 53, 60];
  const whole = await readTexts([counts(values)]);
  const [head = '', ...rows] = counts(values).trimEnd().split('\n');
  expect((await readTexts([[head, ...rows.toReversed()].join('\n')])).text).toBe(whole.text);
  const blocks = [head, ...rows.slice(5), ...rows.slice(0, 5)].join('\n');
  expect((await readTexts([blocks])).text).toBe(whole.text);
  expect((await readTexts([counts(values.slice(5), 5), counts(values.slice(0, 5))])).text).toBe(whole.text);
});

test('the sum of the energies is the last count less the first, whatever the load', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 40 }), async (steps) => {
      let count = 1_000_000;
      const values = [count, ...steps.map((step) => (count += step))].map((thousandths) => thousandths / 1000);
      const { rows } = await readTexts([counts(values)]);
      const sum = rows.reduce((total, row) => total + Number(row.split(',')[1]), 0);
      expect(roundEnergy(sum)).toBe(roundEnergy((count - 1_000_000) / 1000));
    }),
    { numRuns: 20 },
  );
});

test('a count that passes the end of its dial goes on from zero, with both counts named', async () => {
  const read = await readTexts([counts([99_996, 99_998.5, 0.5, 3])]);
  expect(read.rows.map((row) => row.split(',')[1])).toEqual(['2.5', '2', '2.5']);
  expect(read.findings).toMatchObject([{ code: 'meter.register-rollover', line: 4 }]);
  expect(read.findings[0]?.message).toContain('from 99998.5 on line 3 to 0.5 on line 4');
});

test('a count that falls otherwise is a meter replaced: that interval is missing, not negative', async () => {
  const read = await readTexts([counts([512, 514, 3, 5.5])]);
  expect(read.rows).toEqual(['2025-01-01T00:00:00+00:00,2', '2025-01-01T02:00:00+00:00,2.5']);
  expect(read.findings).toMatchObject([{ code: 'meter.register-replaced', line: 4 }, { code: 'meter.gap' }]);
});

test('what falls about as often as it rises is no count', async () => {
  const load = Array.from({ length: 30 }, (_, at) => 100 + 10 * Math.sin(at));
  expect(await codesOf(readTexts([counts(load)]))).toEqual(['meter.register-falls']);
  expect((await readTexts([counts(load)], { values: 'interval' })).rows).toHaveLength(30);
});

test('a dial is believed to roll over only where the step fits', () => {
  expect(rolledOver(99_998, 1, 3)).toBe(100_000);
  expect(rolledOver(99_998, 1, 1)).toBeUndefined();
  expect(rolledOver(51_000, 1, 3)).toBeUndefined();
  expect(rolledOver(9.5, 0.2, 3)).toBeUndefined();
  expect(rolledOver(999.5, 0.2, 3)).toBe(1000);
});

test('energy over blank readings cannot be placed: it is missing, and said to be', async () => {
  const read = await readTexts([counts([10, 11, '', 14, 15])]);
  expect(read.rows).toEqual(['2025-01-01T00:00:00+00:00,1', '2025-01-01T03:00:00+00:00,1']);
  expect(read.findings).toMatchObject([{ code: 'meter.register-gap', line: 5 }, { code: 'meter.gap' }]);
});

test('blank readings one after the other do not look like a longer cadence', async () => {
  const read = await readTexts([counts([10, 11, 12, '', 14, '', 16, 17, 18])]);
  expect(read.rows.map((row) => row.split(',')[1])).toEqual(['1', '1', '1', '1']);
  expect(read.findings[0]).toMatchObject({ code: 'meter.register-gap', data: { gaps: 2 } });
});

test('rows that are not there at all are a gap too, and a change of cadence is none', async () => {
  const lines = (hours: readonly number[]) =>
    ['time,Register (kWh)', ...hours.map((at) => `${hour(at)}Z,${String(1000 + at)}`)].join('\n');
  const gap = await readTexts([lines([0, 1, 2, 9, 10, 11])]);
  expect(gap.rows).toHaveLength(4);
  expect(gap.findings.map(({ code }) => code)).toContain('meter.register-gap');
  const change = await readTexts([lines([0, 2, 4, 6, 7, 8, 9, 10, 11])]);
  expect(change.rows.map((row) => row.split(',')[1])).toEqual(['2', '2', '2', '1', '1', '1', '1', '1']);
});

test('counts days apart become bills between their dates', async () => {
  const text = 'date,meter reading (kWh)\n2025-01-03,1000\n2025-02-04,1310\n2025-03-05,1600\n';
  const read = await readTexts([text], {}, 'America/Chicago');
  expect(read.text).toBe('start_date,end_date,energy_kwh\n2025-01-03,2025-02-04,310\n2025-02-04,2025-03-05,290\n');
});

test('a count of export below zero stays below zero, and sign turns it', async () => {
  const text = counts([-100, -103, -105.5]);
  const energies = async (more = {}) => (await readTexts([text], more)).rows.map((row) => row.split(',')[1]);
  expect(await energies()).toEqual(['-3', '-2.5']);
  expect(await energies({ sign: 'invert' })).toEqual(['3', '2.5']);
});

test('one moment with two counts is a problem, the same count twice a warning', async () => {
  const differs = `${counts([1, 2, 3])}${hour(1)}Z,2.5\n`;
  expect(await problemsOf(readTexts([differs]))).toMatchObject([{ code: 'meter.duplicate-differs', line: 5 }]);
  const same = await readTexts([`${counts([1, 2, 3])}${hour(1)}Z,2\n`]);
  expect(same.findings).toMatchObject([{ code: 'meter.duplicate-dropped' }]);
  expect(same.rows).toHaveLength(2);
});

test('a count with a start and an end is not read before stamp says at which it stood', async () => {
  const text =
    'start,end,Register (kWh)\n2025-01-01T00:00Z,2025-01-01T01:00Z,5\n2025-01-01T01:00Z,2025-01-01T02:00Z,7\n';
  expect(await codesOf(readTexts([text]))).toEqual(['meter.stamp-ambiguous']);
  expect((await readTexts([text], { stamp: 'end' })).rows).toEqual(['2025-01-01T01:00:00+00:00,2']);
});

test('a problem names two counts where nothing says that they are any', async () => {
  const values = Array.from({ length: 24 }, (_, at) => 5000 + at * 1.5);
  const text = counts(values).replace('Register (kWh)', 'kWh');
  const [problem] = await problemsOf(readTexts([text]));
  expect(problem).toMatchObject({ code: 'meter.register-ambiguous', line: 3, data: { first: 5000, next: 5001.5 } });
  expect(problem?.message).toContain('1.5 kWh with values: register');
});

test('a count of gas rolls over at the end of its own dial, not of its energy', async () => {
  const text = counts([9997, 9999, 2, 5]).replace('kWh', 'm3');
  const read = await readTexts([text], { type: 'gas', heatContent: 10 });
  expect(read.rows.map((row) => row.split(',')[1])).toEqual(['20', '30', '30']);
  expect(read.findings[0]?.message).toContain('passed 10000');
});

test('local counts run through both changes of the clocks, and a day of them is as long as it is', async () => {
  const at = (...stamps: readonly string[]) =>
    ['time,Register (kWh)', ...stamps.map((stamp, row) => `${stamp},${String(500 + row)}`)].join('\n');
  const autumn = at('2024-11-03 00:00', '2024-11-03 01:00', '2024-11-03 01:00', '2024-11-03 02:00', '2024-11-03 03:00');
  expect((await readTexts([autumn], {}, 'America/New_York')).rows).toEqual(
    [4, 5, 6, 7].map((utc) => `2024-11-03T0${String(utc)}:00:00+00:00,1`),
  );
  const spring = at('2025-03-09 00:00', '2025-03-09 01:00', '2025-03-09 03:00', '2025-03-09 04:00');
  const read = await readTexts([spring], {}, 'America/New_York');
  expect(read.rows).toHaveLength(3);
  expect(read.findings).toEqual([]);
  const days = at('2025-03-08', '2025-03-09', '2025-03-10', '2025-03-11');
  const daily = await readTexts([days], {}, 'America/New_York');
  expect(daily.rows).toHaveLength(3);
  expect(daily.findings).toEqual([]);
});

test('a count at an hour that the clocks skipped is a bad row', async () => {
  const text = 'time,Register (kWh)\n2025-03-09 01:00,1\n2025-03-09 02:00,2\n2025-03-09 03:00,3\n';
  expect(await problemsOf(readTexts([text], {}, 'America/New_York'))).toMatchObject([
    { code: 'meter.time-nonexistent', line: 3 },
  ]);
});

test('a few rows that rise steadily by little of themselves are in doubt; a few rising loads are not', async () => {
  const text = (values: readonly number[]): string =>
    ['Time,Total kWh', ...values.map((value, at) => `2025-01-0${String(at + 1)},${String(value)}`)].join('\n');
  expect(await codesOf(readTexts([text([5000, 5021, 5033.5, 5060, 5075])], {}, 'Europe/London'))).toEqual([
    'meter.register-ambiguous',
  ]);
  expect((await readTexts([text([20, 21, 22.5, 23, 25])], {}, 'Europe/London')).rows).toHaveLength(5);
});

test('a count of the day is refused as a count as well, with what to export instead', async () => {
  const days = Array.from({ length: 72 }, (_, at) => Math.max(0, (at % 24) - 8) * 1.5);
  const [asked] = await problemsOf(readTexts([counts(days).replace('Register (kWh)', 'kWh')]));
  expect(asked).toMatchObject({ code: 'meter.register-ambiguous', data: { resets: 2 } });
  expect(asked?.message).toContain('begins again near zero 2 times');
  const hourly = counts(Array.from({ length: 120 }, (_, at) => (at % 12) * 1.5));
  const [refused] = await problemsOf(readTexts([hourly], { values: 'register' }));
  expect(refused).toMatchObject({ code: 'meter.register-falls' });
  expect(refused?.message).toContain('export the energy of each interval');
});

test('of many moments with two counts fifty are shown and the rest are counted', async () => {
  const twice = Array.from({ length: 60 }, (_, at) => {
    const time = new Date(Date.UTC(2025, 0, 1, at)).toISOString();
    return `${time},${String(1000 + at)}\n${time},${String(2000 + at)}\n`;
  });
  const problems = await problemsOf(readTexts([`time,Register (kWh)\n${twice.join('')}`]));
  expect(problems).toHaveLength(51);
  expect(problems[50]).toMatchObject({ code: 'file.more-problems', data: { notShown: 10 } });
});
