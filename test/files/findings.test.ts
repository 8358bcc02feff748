import { array, assert, integer, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { ProblemError } from '../../src/domain/errors.ts';
import { RecordNumbers } from '../../src/files/record-numbers.ts';
import { PackedNumbers } from '../../src/files/series/packed-numbers.ts';
import { inFolder, meterOf, openFiles, problemsOf, readTexts, siteOf } from './site-at.ts';

const at = (hour: number): string => new Date(Date.UTC(2025, 0, 1, hour)).toISOString();
const lines = (...text: readonly string[]): string => ['start,kWh', ...text, ''].join('\n');

test.each([
  ['by bytes', lines('', '', `${at(0)},1`, `${at(1)},1`, '', `${at(5)},1`, `${at(6)},1`), 7, 4],
  ['by csv-parse', lines('', '', `${at(0)},"1"`, `${at(1)},1`, '', `${at(5)},1`, `${at(6)},1`), 7, 4],
  [
    'with a line end inside quotes',
    ['start,"energy', 'in kWh",note', `${at(0)},1,"a`, 'b"', `${at(1)},1,`, `${at(5)},1,`, ''].join('\n'),
    6,
    4,
  ],
])(
  'a finding has its record where blank lines or quotes set it apart from its line, read %s',
  async (_, text, line, record) => {
    expect((await readTexts([text])).findings).toMatchObject([{ code: 'meter.gap', line, record }]);
  },
);

test('where each line is a record a finding has none, for its line says it', async () => {
  const [gap] = (await readTexts([lines(`${at(0)},1`, `${at(1)},1`, `${at(5)},1`)])).findings;
  expect(gap).toMatchObject({ code: 'meter.gap', line: 4 });
  expect(gap).not.toHaveProperty('record');
});

test('problems of the whole series have their record too', async () => {
  const text = lines('', `${at(0)},1`, `${at(1)},1`, `${at(1)},2`);
  expect(await problemsOf(readTexts([text]))).toMatchObject([{ code: 'meter.duplicate-differs', line: 5, record: 4 }]);
});

test('the items of JSON on lines of their own are records; where all stand on one line, the line says nothing of one', async () => {
  const items = [0, 1, 5].map((hour) => ({ start: at(hour), kWh: 1 }));
  expect((await readTexts([JSON.stringify(items, undefined, 1)])).findings).toMatchObject([
    { code: 'meter.gap', line: 10, record: 3 },
  ]);
  expect((await readTexts([JSON.stringify(items)])).findings[0]).not.toHaveProperty('record');
});

test('records are found by their lines, whatever stands between them', () => {
  assert(
    property(array(integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 300 }), nat(300), (steps, split) => {
      let line = 0;
      const starts = steps.map((step) => (line += step));
      const [one, both] = [new RecordNumbers(), new RecordNumbers()];
      for (const [index, start] of starts.entries()) one.note(start, index + 1);
      // A sample is noted row by row, the rest, with some of the sample again, from a column.
      for (const [index, start] of starts.slice(0, split).entries()) both.note(start, index + 1);
      const from = Math.min(Math.floor(split / 2), starts.length - 1);
      const column = new PackedNumbers();
      for (const start of starts.slice(from)) column.push(start);
      both.noteAll(column, from + 1);
      for (const [index, start] of starts.entries()) {
        const wanted = start === index + 1 ? undefined : index + 1;
        expect([one.of(start), both.of(start)]).toEqual([wanted, wanted]);
      }
    }),
  );
});

const bad = (day: number, rows: number): string =>
  lines(...Array.from({ length: rows }, (_, hour) => `${at(24 * day + hour)},x`));

test('the errors of many bad files are shown a few of each, and the rest is counted by code', async () => {
  const problems = await problemsOf(readTexts(Array.from({ length: 20 }, (_, day) => bad(day, 60))));
  expect(problems).toHaveLength(51);
  const shown = problems.slice(0, -1);
  expect(new Set(shown.map(({ file }) => file)).size).toBe(20);
  expect(shown.slice(0, 3)).toMatchObject([
    { file: 'meter-0.csv', line: 2 },
    { file: 'meter-0.csv', line: 3 },
    { file: 'meter-0.csv', line: 4 },
  ]);
  expect(problems.at(-1)).toMatchObject({
    code: 'file.more-problems',
    message: expect.stringContaining('1150 more problems in 20 files'),
    data: { notShown: 1150, codes: { 'meter.value-unreadable': 1150 }, files: 20 },
  });
});

test('a few errors in several files are all shown', async () => {
  const problems = await problemsOf(readTexts([bad(0, 2), bad(1, 1)]));
  expect(problems.map(({ file, line }) => `${String(file)}:${String(line)}`)).toEqual([
    'meter-0.csv:2',
    'meter-0.csv:3',
    'meter-1.csv:2',
  ]);
});

test("what is found in a meter's good file is told beside the errors of its bad one, as quality wants it", async () => {
  await inFolder(async (put) => {
    const good = ['start,kWh,Quality', `${at(0)},1,odd`, `${at(1)},1,odd`, ''].join('\n');
    const meter = meterOf([await put('bad.csv', bad(1, 1)), await put('good.csv', good)]);
    const read = async (quality: 'error' | 'accepted' | undefined) => {
      const rules = quality && [{ code: 'meter.quality-unknown', severity: quality, reason: 'known' }];
      const problems = await problemsOf(openFiles().meter(siteOf(rules ? { quality: rules } : {}), meter));
      return problems.map(({ severity, code, file, site }) => [severity, code, file, site].join(' '));
    };
    const unreadable = 'error meter.value-unreadable bad.csv S1';
    expect(await read(undefined)).toEqual([unreadable, 'warning meter.quality-unknown good.csv S1']);
    expect(await read('error')).toEqual([unreadable, 'error meter.quality-unknown good.csv S1']);
    expect(await read('accepted')).toEqual([unreadable]);
    await expect(openFiles().meter(siteOf(), meter)).rejects.toThrow(ProblemError);
  });
});
