import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { codesOf, inFolder, problemsOf, readPaths, readTexts } from './site-at.ts';

const hourly = (rows: number): string =>
  Array.from(
    { length: rows },
    (_, at) => `${new Date(Date.UTC(2025, 0, 1, at)).toISOString()},${String((at * 7) % 13)}.25\n`,
  ).join('');

test.each<[string, string | Uint8Array, string]>([
  ['an empty file', '', 'file.empty'],
  ['UTF-16 with its mark and a header alone', Buffer.from('\uFEFFstart,kWh\n', 'utf16le'), 'meter.no-rows'],
  ['UTF-16 cut inside a character', Buffer.from('\uFEFFstart,kWh\n', 'utf16le').subarray(0, -1), 'file.encoding'],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004 and so on'), 'file.binary'],
  ['prose', 'Dear customer,\nyour data is attached.\n', 'meter.header-not-found'],
  ['blank lines', '\n\n\n', 'file.empty'],
  ['a header alone', 'start,kWh\n', 'meter.no-rows'],
  ['values all blank', 'start,kWh\n2025-01-01T00:00Z,\n2025-01-01T01:00Z,\n', 'meter.no-values'],
])('%s is one clear problem', async (_what, content, code) => {
  expect(await problemsOf(readTexts([content], {}, 'UTC'))).toMatchObject([
    { code, severity: 'error', file: 'meter-0.csv', site: 'S1' },
  ]);
});

test('Latin-1 among UTF-8 and a NUL byte have the line they are on', async () => {
  const latin = Buffer.concat([
    Buffer.from(`start,kWh,caf\u00e9\n${hourly(5000)}`),
    Buffer.from('2026-01-01T00:00Z,1,\u00e9\n', 'latin1'),
  ]);
  expect(await problemsOf(readTexts([latin]))).toMatchObject([{ code: 'file.encoding', line: 5002 }]);
  const nul = Buffer.from(`start,kWh\n${hourly(3)}2026-01-01T00:00Z,\u00001\n`);
  expect(await problemsOf(readTexts([nul]))).toMatchObject([{ code: 'file.binary', line: 5 }]);
});

test('a folder, a missing file, a fifo and a forbidden file are told apart', async () => {
  await inFolder(async (put, folder) => {
    expect(await codesOf(readPaths([folder]))).toEqual(['file.directory']);
    expect(await codesOf(readPaths([join(folder, 'gone.csv')]))).toEqual(['file.missing']);
    const fifo = join(folder, 'pipe.csv');
    // Node cannot make one.
    const command = 'mkfifo';
    execFileSync(command, [fifo]);
    expect(await codesOf(readPaths([fifo]))).toEqual(['file.not-regular']);
    const secret = await put('secret.csv', 'start,kWh\n');
    await chmod(secret, 0);
    // The superuser may read anything.
    if (process.getuid?.() !== 0) expect(await codesOf(readPaths([secret]))).toEqual(['file.denied']);
  });
});

test('an unclosed quote is reported where it opens, however large the file', async () => {
  const small = `start,kWh\n2025-01-01T00:00:00.000Z,"1\n${hourly(3)}`;
  expect(await problemsOf(readTexts([small]))).toMatchObject([{ code: 'csv.quote-unclosed', line: 2, record: 2 }]);
  const large = `start,kWh\n${hourly(10)}2026-01-01T00:00Z,"1\n${hourly(40_000)}`;
  expect(await problemsOf(readTexts([large]))).toMatchObject([{ code: 'csv.record-too-long', line: 12 }]);
});

test('line breaks in quoted cells do not shift the lines of problems', async () => {
  const text = 'Name,"House\nno. 8"\n\nstart,kWh,note\n2025-01-01T00:00Z,1,"a\r\nb"\n2025-01-01T01:00Z,x,\n';
  expect(await problemsOf(readTexts([text]))).toMatchObject([{ code: 'meter.value-unreadable', line: 7, record: 4 }]);
});

test.each([
  ['CRLF', '\r\n'],
  ['the line ends of old Macs', '\r'],
])('%s, a byte order mark, rulers, comments and a sep line are no obstacle', async (_what, end) => {
  const lines = [
    'sep=;',
    '# exported',
    'Meter 5;Solar',
    '=======',
    '',
    'time;kWh',
    ...hourly(3)
      .trim()
      .split('\n')
      .map((line) => line.replace(',', ';')),
    ';;',
    '',
  ];
  const read = await readTexts([`\uFEFF${lines.join(end)}`]);
  expect(read.rows).toEqual([
    '2025-01-01T00:00:00+00:00,0.25',
    '2025-01-01T01:00:00+00:00,7.25',
    '2025-01-01T02:00:00+00:00,1.25',
  ]);
});

test('a file of several megabytes is read piece by piece, characters across pieces included', async () => {
  await inFolder(async (_put, folder) => {
    const path = join(folder, 'large.csv');
    const rows = hourly(60_000).replaceAll(/\n/g, ',\u00e9\u00fc\u20ac\n');
    await writeFile(path, `start,kWh,note\n${rows}`);
    const read = await readPaths([path]);
    expect(read.rows).toHaveLength(60_000);
    expect(read.rows.at(-1)).toBe(
      `${new Date(Date.UTC(2025, 0, 1, 59_999)).toISOString().slice(0, 19)}+00:00,${String((59_999 * 7) % 13)}.25`,
    );
  });
});

test('a file cut anywhere in its last row, or with one byte changed, is never another sum in silence', async () => {
  const text = `start,kWh\n${hourly(30)}`;
  const whole = (await readTexts([text])).rows;
  for (const cut of [1, 3, 8, 20, 29]) {
    const outcome = await readTexts([text.slice(0, -cut)]).catch(() => undefined);
    // What is cut off after the last digit's row is gone; every row before it is as it was.
    if (outcome !== undefined) expect(outcome.rows.slice(0, 29)).toEqual(whole.slice(0, 29));
  }
  for (const [from, to] of [
    ['T05:', 'X05:'],
    ['T05:', 'T95:'],
    [',9.25', ';9.25'],
    ['2025-01-01T05', '2025-01-51T05'],
  ] as const) {
    expect(await problemsOf(readTexts([text.replace(from, to)])), `${from} to ${to}`).toMatchObject([
      { severity: 'error', line: expect.any(Number) },
    ]);
  }
});

test('every bad file of a meter is told of, in their order, and a missing one too', async () => {
  await inFolder(async (put, folder) => {
    const paths = [
      await put('a.csv', 'start,kWh\n2025-01-01T00:00Z,1\n2025-01-01T01:00Z,x\n2025-01-01T02:00Z,y\n'),
      await put('b.csv', 'start,kWh\n2025-01-02T00:00Z,1\n2025-01-02T01:00Z,2\n'),
      join(folder, 'c.csv'),
      await put('d.csv', 'start,kWh\n2025-01-03T00:00Z,1\n2025-01-03T25:00Z,2\n2025-01-03T02:00Z,2\n'),
    ];
    const problems = await problemsOf(readPaths(paths));
    expect(problems.map(({ file, line }) => [basename(file ?? ''), line])).toEqual([
      ['a.csv', 3],
      ['a.csv', 4],
      ['c.csv', undefined],
      ['d.csv', 3],
    ]);
  });
});

test('a message that quotes a cell with a line break stays on one line', async () => {
  const [problem] = await problemsOf(
    readTexts(['start,kWh\n2025-01-01T00:00Z,"1\r\n2\u001b[31m"\n2025-01-01T01:00Z,2\n']),
  );
  expect(problem?.message).toContain(String.raw`"1\r\n2\u001b[31m"`);
  const { inferred } = await readTexts(['"start\ntime",kWh\n2025-01-01T00:00Z,1\n2025-01-01T01:00Z,2\n']);
  expect(inferred.join('')).toContain(String.raw`"start\ntime"`);
});
