import { expect, test } from 'vitest';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

interface Facts {
  readonly uom?: number;
  readonly power?: number;
  readonly flow?: number;
  readonly behaviour?: number;
}

const address = '/espi/1_1/resource/RetailCustomer/1/UsagePoint/1';

const type = (id: number, { uom = 72, power = 0, flow = 1, behaviour = 4 }: Facts = {}): string =>
  `<entry><link rel="self" href="https://u.example/espi/1_1/resource/ReadingType/${String(id)}"/><title>Type ${String(id)}</title>
<content><espi:ReadingType><espi:accumulationBehaviour>${String(behaviour)}</espi:accumulationBehaviour><espi:flowDirection>${String(flow)}</espi:flowDirection><espi:intervalLength>3600</espi:intervalLength><espi:powerOfTenMultiplier>${String(power)}</espi:powerOfTenMultiplier><espi:uom>${String(uom)}</espi:uom></espi:ReadingType></content></entry>`;

const meter = (id: number): string =>
  `<entry><link rel="self" href="${address}/MeterReading/${String(id)}"/><link rel="related" href="${address}/MeterReading/${String(id)}/IntervalBlock"/><link rel="related" href="/espi/1_1/resource/ReadingType/${String(id)}"/><content><espi:MeterReading/></content></entry>`;

const reading = (start: number, duration: number, value: string, quality = ''): string =>
  `<espi:IntervalReading>${quality === '' ? '' : `<espi:ReadingQuality><espi:quality>${quality}</espi:quality></espi:ReadingQuality>`}<espi:timePeriod><espi:duration>${String(duration)}</espi:duration><espi:start>${String(start)}</espi:start></espi:timePeriod><espi:value>${value}</espi:value></espi:IntervalReading>`;

const block = (id: number, ...readings: readonly string[]): string =>
  `<entry><link rel="up" href="${address}/MeterReading/${String(id)}/IntervalBlock"/><content><espi:IntervalBlock>\n${readings.join('\n')}\n</espi:IntervalBlock></content></entry>`;

const feed = (...entries: readonly string[]): string =>
  `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">\n${entries.join('\n')}\n</feed>\n`;

// 2025-01-01T05:00:00Z
const first = 1_735_707_600;
const two = (id: number, a: string, b: string) => block(id, reading(first, 3600, a), reading(first + 3600, 3600, b));

test('seconds are UTC, whatever zone the site has, and prefixes of names do not matter', async () => {
  const read = await readTexts([feed(meter(1), two(1, '1500', '250'), type(1))], {}, 'America/Chicago');
  expect(read.rows).toEqual(['2025-01-01T05:00:00+00:00,1.5', '2025-01-01T06:00:00+00:00,0.25']);
  expect(read.inferred[0]).toContain('timezone does not apply');
});

test.each<[string, Facts, string]>([
  ['Wh', {}, '0.12'],
  ['thousandths of Wh', { power: -3 }, '0.00012'],
  ['kWh', { power: 3 }, '120'],
  ['W over the hour', { uom: 38 }, '0.12'],
  ['therms', { uom: 169 }, '3516.012'],
  ['BTU', { uom: 132, power: 3 }, '35.16012'],
  ['megajoules', { uom: 31, power: 6 }, '33.333333'],
])('a value in %s', async (_unit, facts, kwh) => {
  const read = await readTexts([feed(type(1, facts), meter(1), two(1, '120', '120'))], { type: 'gas' });
  expect(read.rows[0]).toBe(`2025-01-01T05:00:00+00:00,${kwh}`);
});

test('a volume needs a heat content', async () => {
  const text = feed(type(1, { uom: 42 }), meter(1), two(1, '2', '3'));
  expect(await codesOf(readTexts([text], { type: 'gas' }))).toEqual(['meter.heat-content-missing']);
  expect((await readTexts([text], { type: 'gas', heatContent: 10 })).rows[0]).toContain(',20');
});

test('each reading has its own length', async () => {
  const readings = [reading(first, 3600, '400'), reading(first + 3600, 900, '100'), reading(first + 4500, 900, '100')];
  const read = await readTexts([feed(type(1, { uom: 38 }), meter(1), block(1, ...readings))]);
  expect(read.rows.map((row) => row.split(',')[1])).toEqual(['0.4', '0.025', '0.025']);
});

test('several series are named by direction and unit, and select chooses one', async () => {
  const text = feed(type(1), type(2, { flow: 19 }), meter(1), meter(2), two(1, '1', '2'), two(2, '30', '40'));
  const [problem] = await problemsOf(readTexts([text]));
  expect(problem?.code).toBe('meter.several-channels');
  expect(problem?.message).toContain('(received, Wh)');
  const read = await readTexts([text], { select: { flowDirection: '19' } });
  expect(read.rows.map((row) => row.split(',')[1])).toEqual(['0.03', '0.04']);
  expect((await readTexts([text], { select: { title: 'Type 1' } })).rows[0]).toContain(',0.001');
});

test('energy is read where its power or reactive energy stands beside it', async () => {
  const text = feed(
    type(1),
    type(2, { uom: 38 }),
    type(3, { uom: 73 }),
    meter(1),
    meter(2),
    meter(3),
    two(2, '5', '6'),
    two(1, '1', '2'),
    two(3, '8', '9'),
  );
  const read = await readTexts([text]);
  expect(read.rows[0]).toContain(',0.001');
  expect(read.inferred[0]).toContain('2 other series not read');
});

test('a block that nothing links to one of several types is not guessed', async () => {
  expect(await codesOf(readTexts([feed(type(1), type(2), two(9, '1', '2'))]))).toEqual(['meter.espi-type-missing']);
  expect(await codesOf(readTexts([feed(meter(1), two(1, '1', '2'))]))).toEqual(['meter.espi-type-missing']);
});

test('estimated readings are known, a reading without a value is missing', async () => {
  const readings = [
    reading(first, 3600, '400', '8'),
    reading(first + 3600, 3600, '', '0'),
    reading(first + 7200, 3600, '5', '17'),
  ];
  const read = await readTexts([feed(type(1), meter(1), block(1, ...readings))]);
  expect(read.rows).toHaveLength(2);
  expect(read.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['meter.estimated', 'meter.gap']));
});

test('bulk quantities are counts: the energy is what lies between', async () => {
  const readings = [1000, 1400, 2000].map((value, at) => reading(first + at * 3600, 0, String(value)));
  const read = await readTexts([feed(type(1, { behaviour: 1 }), meter(1), block(1, ...readings))]);
  expect(read.rows).toEqual(['2025-01-01T05:00:00+00:00,0.4', '2025-01-01T06:00:00+00:00,0.6']);
});

test('a month a reading is a bill, also alone', async () => {
  const read = await readTexts(
    [feed(type(1), meter(1), block(1, reading(first, 31 * 86_400, '500000')))],
    {},
    'America/New_York',
  );
  expect(read.text).toBe('start_date,end_date,energy_kwh\n2025-01-01,2025-02-01,500\n');
});

const good = feed(type(1), meter(1), two(1, '1', '2'));

test.each<[string, string, string]>([
  ['cut off', good.slice(0, good.length - 40), 'meter.xml-malformed'],
  ['with a tag that closes another', good.replace('</espi:value>', '</espi:vlaue>'), 'meter.xml-malformed'],
  ['with an entity of its own', good.replace('<espi:value>1<', '<espi:value>&lol;<'), 'meter.xml-malformed'],
  ['with a document type', good.replace('<feed', '<!DOCTYPE feed [<!ENTITY a "1">]>\n<feed'), 'meter.xml-doctype'],
  ['of another kind', '<?xml version="1.0"?><invoice><total>5</total></invoice>', 'meter.xml-unknown'],
  ['that is a web page', '<!DOCTYPE html>\n<html><body>Log in<br></body></html>', 'meter.xml-unknown'],
  ['without readings', feed(type(1), meter(1)), 'meter.no-rows'],
  ['with a start that is no number', good.replace(String(first), '2025-01-01'), 'meter.time-unreadable'],
  ['with a value that is no number', good.replace('<espi:value>1<', '<espi:value>one<'), 'meter.value-unreadable'],
])('a file %s is a problem', async (_what, text, code) => {
  expect(await codesOf(readTexts([text]))).toEqual([code]);
});

test('broken XML is told with line and column, a bad reading with its line', async () => {
  const lines = good.replace('</espi:value>', '</espi:vlaue>');
  const line = lines.slice(0, lines.indexOf('vlaue')).split('\n').length;
  const [broken] = await problemsOf(readTexts([lines]));
  expect(broken?.line).toBe(line);
  expect(broken?.column).toBeGreaterThan(100);
  const [bad] = await problemsOf(readTexts([good.replace('<espi:value>1<', '<espi:value>one<')]));
  expect(bad?.line).toBe(line);
});

test('delta data are energies, however steadily they rise', async () => {
  const readings = Array.from({ length: 30 }, (_, at) => reading(first + at * 3600, 3600, String(9000 + at)));
  const read = await readTexts([feed(type(1), meter(1), block(1, ...readings))]);
  expect(read.rows[29]).toContain(',9.029');
  const said = feed(type(1, { behaviour: 9 }), meter(1), block(1, ...readings));
  expect(await codesOf(readTexts([said]))).toEqual(['meter.register-ambiguous']);
});
