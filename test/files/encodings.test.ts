import { expect, test } from 'vitest';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const rows = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) => `${new Date(Date.UTC(2025, 0, 1, at)).toISOString()},${String((at * 7) % 13)}.25\n`,
  ).join('');
const plain = `Stra\u00dfe,M\u00fchlweg 4\nstart,kWh\n${rows(5000)}`;

const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['UTF-8', Buffer.from(plain), 'UTF-8'],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${plain}`), 'UTF-8'],
  ['UTF-16 LE with a mark', Buffer.from(`\uFEFF${plain}`, 'utf16le'), 'UTF-16LE'],
  ['UTF-16 BE with a mark', bigEndian(`\uFEFF${plain}`), 'UTF-16BE'],
  ['UTF-16 LE without a mark', Buffer.from(plain, 'utf16le'), 'UTF-16LE'],
  ['UTF-16 BE without a mark', bigEndian(plain), 'UTF-16BE'],
  ['Windows-1252', Buffer.from(plain, 'latin1'), 'WINDOWS-1252'],
])('%s gives the same readings, and is named', async (_what, bytes, name) => {
  const expected = (await readTexts([`start,kWh\n${rows(5000)}`])).rows;
  const read = await readTexts([bytes]);
  expect(read.rows).toEqual(expected);
  expect(read.inferred[0]).toContain(`: ${name}, `);
});

test('the first byte that is no UTF-8 makes the file Windows-1252 wherever it comes', async () => {
  const text = Buffer.concat([
    Buffer.from(`start,kWh,note\n${rows(4000).replaceAll('\n', ',\n')}`),
    Buffer.from('2025-12-01T00:00Z,1,\u00e9\u00fc\n', 'latin1'),
  ]);
  const read = await readTexts([text]);
  expect(read.rows).toHaveLength(4001);
  expect(read.inferred[0]).toContain('WINDOWS-1252');
});

test('the encoding of the manifest decides, and a wrong one is refused with a line', async () => {
  const text = Buffer.from(`start,kWh,M\u00fchle\n${rows(3).replaceAll('\n', ',\n')}`, 'latin1');
  expect((await readTexts([text], { encoding: 'latin1', columns: { value: 2 } })).rows).toHaveLength(3);
  expect(await problemsOf(readTexts([text], { encoding: 'utf-8' }))).toMatchObject([
    { code: 'file.encoding', line: 1 },
  ]);
  expect(await codesOf(readTexts([text], { encoding: 'utf-16be' }))).toEqual(['file.encoding']);
});

test('a problem in UTF-16 keeps its line', async () => {
  const text = Buffer.from(`\uFEFFstart,kWh\n${rows(3)}2025-01-01T03:00Z,oops\n`, 'utf16le');
  expect(await problemsOf(readTexts([text]))).toMatchObject([{ code: 'meter.value-unreadable', line: 5, column: 19 }]);
});

test('a character across two pieces is one character', async () => {
  const head = 'start,kWh,note\n';
  for (const shift of [0, 1, 2]) {
    const filler = `# ${'x'.repeat(65_536 - 3 - shift - head.length)}`;
    const text = `${head}${filler}\u20ac\n${rows(3)}`;
    expect((await readTexts([text])).inferred[0]).toContain(': UTF-8, ');
  }
});
