import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { problemsOf, readTexts } from './site-at.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);
const read = async (header: readonly string[], more: Partial<Meter> = {}, columns = '') => {
  const rows = hours.map(
    (hour) => `2025-01-05 ${String(hour).padStart(2, '0')}:00,${String((hour * 700) % 1100)}${columns}`,
  );
  return await readTexts([`${[...header, ...rows].join('\n')}\n`], more, 'America/New_York');
};

test.each([
  ['below the values alone', ['Time,Usage', ',Wh']],
  ['beside a name', ['Time,Usage', 'Date/Time,Wh']],
  ['in brackets', ['Time,Usage', '(local),(Wh)']],
  ['after a blank line', ['Time,Usage', '', ' , Wh ']],
  ['below a name that says nothing', ['Time,Main Panel', ',Wh']],
])('a row of units below the header is the unit: %s', async (_what, header) => {
  const { rows, inferred } = await read(header);
  expect(rows).toHaveLength(24);
  expect(rows[1]).toBe('2025-01-05T06:00:00+00:00,0.7');
  expect(inferred[0]).toMatch(/units on line \d/);
});

test('of several columns the one of energy is chosen by the row of units, and names hold', async () => {
  const header = ['Time,Panel,Outside', ',Wh,F'];
  expect((await read(header, {}, ',40')).rows[1]).toBe('2025-01-05T06:00:00+00:00,0.7');
  expect((await read(header, { columns: { value: 'Panel' } }, ',40')).rows).toHaveLength(24);
  const two = ['Time,Panel,Roof', ',Wh,Wh'];
  expect(await problemsOf(read(two, {}, ',40'))).toMatchObject([{ code: 'meter.value-ambiguous' }]);
  expect((await read(two, { columns: { value: 'Roof' } }, ',40')).rows[0]).toBe('2025-01-05T05:00:00+00:00,0.04');
});

test('a line above the header that speaks of times is no header with a row of units', async () => {
  const { inferred } = await read(['Date of report,House', 'Time,Wh']);
  expect(inferred[0]).toContain('header on line 2');
  expect(inferred[0]).not.toContain('units on line');
});

const wide = (name: (hour: number) => string, total: string): string => {
  const cells = hours.map((hour) => String(((hour * 7) % 11) + 1)).join(',');
  const lines = ['2025-01-04', '2025-01-05', '2025-01-06'].map((day) => `${day},${cells},138`);
  return `Date,${hours.map((hour) => name(hour)).join(',')},${total}\n${lines.join('\n')}\n`;
};

test.each(['Total kWh', 'Daily Usage (kWh)'])(
  'many columns of numbers beside "%s" are not passed over in silence',
  async (total) => {
    const text = wide((hour) => `Reg${String(hour)}x`, total);
    const reading = async (more: Partial<Meter>) => await readTexts([text], more, 'America/New_York');
    const [problem] = await problemsOf(reading({}));
    expect(problem).toMatchObject({ code: 'meter.value-ambiguous', line: 1 });
    expect(problem?.message).toMatch(/24 columns from "Reg0x" to "Reg23x".*layout: wide.*columns\.value/);
    const daily = await reading({ columns: { value: total } });
    expect(daily.rows[0]).toBe('2025-01-04T05:00:00+00:00,138');
    expect(daily.rows).toHaveLength(3);
  },
);

test('layout: wide reads columns in their order where their names say no times', async () => {
  const text = wide((hour) => `Reg${String(hour)}x`, 'Total kWh');
  const { rows } = await readTexts([text], { layout: 'wide' }, 'America/New_York');
  expect(rows).toHaveLength(72);
  expect(rows[1]).toBe('2025-01-04T06:00:00+00:00,8');
});

test('a unit after each hour in the names of a day a row is read', async () => {
  const text = wide((hour) => `HE${String(hour + 1)} kWh`, 'Day');
  expect((await readTexts([text], {}, 'America/New_York')).rows).toHaveLength(72);
});

test('a small m with large values may be milliwatts, and unit decides', async () => {
  const day = (unit: string, factor: number): string =>
    `Time,Energy (${unit})\n${hours.map((hour) => `2025-01-05 ${String(hour).padStart(2, '0')}:00,${String((1 + ((hour * 7) % 11)) * factor)}`).join('\n')}\n`;
  const reading = async (text: string, more: Partial<Meter> = {}) => await readTexts([text], more, 'America/New_York');
  const [problem] = await problemsOf(reading(day('mWh', 5000)));
  expect(problem).toMatchObject({ code: 'meter.unit-ambiguous', data: { unit: 'mWh' } });
  expect(problem?.message).toMatch(/MWh.*milliwatt-hours.*set unit: MWh/);
  expect((await reading(day('mWh', 5000), { unit: 'MWh' })).rows[0]).toBe('2025-01-05T05:00:00+00:00,5000000');
  // A site's megawatt-hours, however they are spelled, and a spelling that leaves no doubt.
  expect((await reading(day('mWh', 2))).rows[0]).toBe('2025-01-05T05:00:00+00:00,2000');
  expect((await reading(day('MWh', 5000))).rows).toHaveLength(24);
});
