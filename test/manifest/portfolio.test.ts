import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, string, tuple } from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { checkManifest } from './collect.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattlift-portfolio-'));
});

async function read(csv: string | Uint8Array, columns = 'id: Site ID, name: Name', set = '{}') {
  await writeFile(join(folder, 'p.csv'), csv);
  const text = `version: 1\nportfolio:\n  file: p.csv\n  columns: { ${columns} }\n  set: ${set}\n`;
  await writeFile(join(folder, 'pipeline.yaml'), text);
  return checkManifest(join(folder, 'pipeline.yaml'));
}

test.each([',', ';', '\t'])('the delimiter %j is found in the header', async (mark) => {
  const { sites, problems } = await read(
    [
      ['Site ID', 'Name'],
      ['S1', '"a,b;c\td"'],
    ]
      .map((row) => row.join(mark))
      .join('\n'),
  );
  expect(problems).toEqual([]);
  expect(sites.map(({ id, name }) => [id, name])).toEqual([['S1', 'a,b;c\td']]);
});

test('a byte order mark, a sep= line, padded cells, blank rows and text with leading zeros are read as meant', async () => {
  const { sites, problems } = await read('\uFEFFsep=;\r\n\r\nSite ID ; Name;;\r\n 01002 ; Öl ;;\r\n;;;\r\n1e5;;;\r\n');
  expect(problems).toEqual([]);
  expect(sites.map(({ id, name }) => [id, name])).toEqual([
    ['01002', 'Öl'],
    ['1e5', '1e5'],
  ]);
});

test('text becomes a number or a boolean only where the schema says so', async () => {
  const columns =
    'id: Site ID, coordinates.latitude: Lat, coordinates.longitude: Lon, asset.yearBuilt: Y, asset.panels: P, meters.0.id: M';
  const csv = 'Site ID,Lat,Lon,Y,P,M\n7,41.5,-91.6,1961,12,007\n';
  const { sites, problems } = await read(
    csv,
    columns,
    '{ asset.kind: solar, meters.0.type: gas, meters.0.header: "false" }',
  );
  expect(problems).toEqual([]);
  expect(sites[0]).toMatchObject({
    id: '7',
    coordinates: { latitude: 41.5, longitude: -91.6 },
    asset: { kind: 'solar', yearBuilt: 1961, panels: '12' },
    meters: [{ id: '007', type: 'gas', header: false }],
  });
});

test('a list entry whose columns are empty is absent with its constants, and the others move up', async () => {
  const columns = 'id: Site ID, meters.0.id: A, meters.1.id: B';
  const set = '{ location: Riverside IA, meters.0.type: gas, meters.1.type: electricity }';
  const { sites, problems } = await read('Site ID,A,B\nS1,a,b\nS2,,b\nS3,,\n', columns, set);
  expect(problems).toEqual([]);
  expect(sites.map((site) => site.meters.map(({ id, type }) => `${id} ${type}`))).toEqual([
    ['a gas', 'b electricity'],
    ['b electricity'],
    [],
  ]);
  expect(sites[1]?.where('meters.0.id')).toMatchObject({ line: 3, column: 5 });
});

test('a template with an empty cell is absent', async () => {
  const { sites } = await read('Site ID,Name\nS1,Roof\nS2,\n', 'id: Site ID', '{ name: "{Name} of {Site ID}" }');
  expect(sites.map((site) => site.name)).toEqual(['Roof of S1', 'S2']);
});

test('a wrong constant is told once, where it is written', async () => {
  const { problems } = await read('Site ID,Name\nS1,\nS2,\nS3,\n', 'id: Site ID', '{ timezone: US/Estern }');
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: 'site.timezone-unknown', line: 5 });
  expect(problems[0]?.record).toBeUndefined();
});

test('a file that is not UTF-8 is told once, at its first bad cell', async () => {
  const bytes = Buffer.from('Site ID,Name\nS1,Roof\nS2,Caf\xe9\nS3,Caf\xe9\n', 'latin1');
  const { problems, sites } = await read(bytes);
  expect(sites).toHaveLength(1);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: 'portfolio.encoding', line: 3, column: 4 });
});

test('rows before a quote that is never closed are still checked', async () => {
  const rows = Array.from({ length: 500 }, (_, index) => `S${String(index)},Roof`);
  const { problems, sites } = await read(`Site ID,Name\n${rows.join('\n')}\nX,"open\n${'y,z\n'.repeat(40_000)}`);
  expect(sites).toHaveLength(500);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: 'portfolio.quote', line: 502 });
});

test('every cell is found where it stands, whatever the line ends, quotes and breaks in cells', async () => {
  const cell = string({ unit: constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' '), maxLength: 6 });
  await assert(
    asyncProperty(
      array(tuple(cell, cell), { minLength: 1, maxLength: 8 }),
      constantFrom('\n', '\r\n'),
      async (pairs, end) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const starts: { line: number; column: number }[] = [];
        let text = `Name,Other,Site ID${end}`;
        for (const [index, [name, other]] of pairs.entries()) {
          text += `${quote(name)},${quote(other)},`;
          const lines = text.split(/\r\n|\n/);
          starts.push({ line: lines.length, column: (lines.at(-1) ?? '').length + 1 });
          text += `S${String(index)}${end}`;
        }
        const { sites, problems } = await read(text);
        expect(problems).toEqual([]);
        expect(sites.map((site) => site.where('id'))).toMatchObject(starts);
      },
    ),
    { numRuns: 40 },
  );
});

test('a row says what is to be made of findings, by codes that have dots in them', async () => {
  const csv = 'Site ID,Meter,Gap,Why,Outlier,Note\nS1,main,accepted,"off in March, seen",,kiln\nS2,main,,,error,\n';
  const { sites, problems } = await read(
    csv,
    'id: Site ID, meters.0.id: Meter, quality.meter.gap.severity: Gap, quality.meter.gap.reason: Why, quality.meter.outlier: Outlier',
    '{ location: Riverside IA, meters.0.type: electricity, quality.meter.gap.meter: main, quality.meter.negative: error, quality.events.long.severity: accepted, quality.events.long.reason: "seen: {Note}" }',
  );
  expect(problems.map(({ code, line, record }) => [code, line, record])).toEqual([
    ['quality.reason-missing', 5, undefined],
  ]);
  expect(sites.map(({ quality }) => quality)).toEqual([
    [
      { code: 'events.long', severity: 'accepted', reason: 'seen: kiln' },
      { code: 'meter.gap', severity: 'accepted', reason: 'off in March, seen', meter: 'main' },
      { code: 'meter.negative', severity: 'error' },
    ],
  ]);
});

test('a judgement whose columns are empty is absent with its constants', async () => {
  const { sites, problems } = await read(
    'Site ID,Gap\nS1,accepted\nS2,\n',
    'id: Site ID, quality.meter.gap.severity: Gap',
    '{ quality.meter.gap.reason: known }',
  );
  expect(problems).toEqual([]);
  expect(sites.map(({ quality }) => quality)).toEqual([
    [{ code: 'meter.gap', severity: 'accepted', reason: 'known' }],
    [],
  ]);
});

test('a judgement that a row gives wrongly is told at its cell, a path that leads nowhere with what is meant', async () => {
  const wrong = await read('Site ID,Gap\nS1,accepted\n', 'id: Site ID, quality.meter.gap: Gap');
  expect(wrong.problems).toMatchObject([
    { code: 'quality.reason-missing', file: expect.any(String), line: 2, column: 4 },
  ]);
  const mistyped = await read('Site ID,Gap\nS1,error\n', 'id: Site ID, quality.meter.gapp: Gap');
  expect(mistyped.problems).toMatchObject([{ code: 'portfolio.path-unknown', line: 4 }]);
  expect(mistyped.problems[0]?.message).toContain('did you mean "meter.gap"');
});
