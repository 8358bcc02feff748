import { expect, test } from 'vitest';
import { csv, halfHours, read, rowsOf } from './one-text.ts';
import { codesOf, problemsOf } from './site-at.ts';

const registers = (...names: readonly string[]): string =>
  csv(
    'From,To,Register,Volume (kWh)',
    ...['00:00,00:30,0.5', '00:30,01:00,0.25', '01:00,01:30,0.75'].flatMap((row, at) => {
      const [from = '', to = '', value = ''] = row.split(',');
      const times = `2024-11-12 ${from},2024-11-12 ${to}`;
      return names.flatMap((name) =>
        name.startsWith('Out')
          ? [`${times},${name},0.1`]
          : name.endsWith('Day') === at > 0
            ? [`${times},${name},${value}`]
            : [],
      );
    }),
  );

test('a * in select stands for any text: the tariffs of one direction together', async () => {
  const text = registers('In Day', 'In Night', 'Out Day');
  const [problem] = await problemsOf(read(text, 'UTC'));
  expect(problem?.code).toBe('meter.several-series');
  expect(problem?.message).toContain('{ "Register": "In*" }');
  expect(await rowsOf(text, 'UTC', { select: { Register: 'In*' } })).toEqual(halfHours);
  expect(await rowsOf(text, 'UTC', { select: { Register: 'in*' } }).catch(() => 'none')).toBe('none');
  expect(await rowsOf(text, 'UTC', { select: { Register: 'In Day' } })).toEqual(halfHours.slice(1));
});

test.each([
  ['CONSUMPTION_SURPLUSGENERATION', 'Consumption', 'Surplus Generation'],
  ['CON/GEN', 'Consumption', 'Generation'],
  ['RegisterCode', '10309#E1', '10309#B1'],
  ['Read Type', 'Active Import Interval', 'Active Export Interval'],
])('column %s tells series apart', async (name, first, second) => {
  const row = (time: string, value: string, of: string): string => `2024-11-12 ${time},${value},${of}`;
  const rows = ['00:00 0.5', '00:30 0.25', '01:00 0.75'].map((one) => one.split(' '));
  const text = csv(
    `Start,kWh,${name}`,
    ...rows.map(([time = '', value = '']) => row(time, value, first)),
    ...rows.map(([time = '']) => row(time, '0.1', second)),
  );
  const [problem] = await problemsOf(read(text, 'UTC'));
  expect(problem?.message).toContain(`"${first}" and "${second}" in column "${name}"`);
  expect(await rowsOf(text, 'UTC', { select: { [name]: first } })).toEqual(halfHours);
});

test('a reading under two read types of one direction is no second series', async () => {
  const text = csv(
    'Start,kWh,Read Type',
    ...['A', 'E'].map((type) => `2024-11-12 00:00,0.5,${type}`),
    '2024-11-12 00:30,0.25,A',
  );
  expect(await rowsOf(text, 'UTC')).toEqual(halfHours.slice(0, 2));
});

/** Two days by hours, each in a table of its own for each kind. */
const blocks = (...kinds: readonly string[]): string =>
  csv(
    'Energy Usage Information',
    '',
    ...['2024-11-12', '2024-11-13'].flatMap((date) =>
      kinds.flatMap((kind) => [
        `"Data for period starting: ${date} 00:00:00  for 24 hours"`,
        `Energy  ${kind} time period,Usage ${kind}(Real energy in kilowatt-hours),Reading quality`,
        ...Array.from({ length: 20 }, (_, at) => {
          const clock = (hour: number): string => `${date} ${String(hour).padStart(2, '0')}:00:00`;
          return `"${clock(at)} to ${clock(at + 1)}","${kind === 'Received' ? '0.1' : '0.5'}",""`;
        }),
        '',
      ]),
    ),
  );

test('a day each of what was delivered and received is two series, each chosen by the name of its values', async () => {
  const text = blocks('Delivered', 'Received');
  const [problem] = await problemsOf(read(text, 'UTC'));
  expect(problem?.code).toBe('meter.several-sections');
  expect(problem?.message).toContain(
    '"Usage Delivered(Real energy in kilowatt-hours)" (lines 4, 50), "Usage Received(Real energy in kilowatt-hours)" (lines 27, 73)',
  );
  const values = async (section: string) => {
    const rows = await rowsOf(text, 'UTC', { select: { section } });
    return [rows.length, ...new Set(rows.map((line) => line.split(',')[1]))];
  };
  expect(await values('Usage Delivered(Real energy in kilowatt-hours)')).toEqual([40, '0.5']);
  expect(await values('*received*')).toEqual([40, '0.1']);
  const received = await read(text, 'UTC', { select: { section: '*Received*' } });
  expect(received.inferred[0]).toContain('values in "Usage Received');
  expect(await codesOf(read(text, 'UTC', { select: { section: 'Net' } }))).toEqual(['meter.section-not-found']);
  expect(await rowsOf(blocks('Delivered'), 'UTC')).toHaveLength(40);
});

test('headings that say more than a date name the tables, whatever their headers', async () => {
  const table = (title: string, header: string): readonly string[] => [
    title,
    header,
    '2024-11-12 00:00,1',
    '2024-11-12 01:00,2',
    '',
  ];
  const text = csv(
    ...table('Import of the house', 'Start,Usage (kWh)'),
    ...table('Export of the house', 'Start,Usage (kWh)'),
    ...table('Gas', 'Start,Usage (therms)'),
  );
  const [problem] = await problemsOf(read(text, 'UTC'));
  expect(problem?.message).toContain(
    '1 "Import of the house" (line 2), 2 "Export of the house" (line 7), 3 "Gas" (line 12); choose one with select: { section: ... }, its number or heading',
  );
  expect(await rowsOf(text, 'UTC', { select: { section: 'Export*' } })).toHaveLength(2);
});
