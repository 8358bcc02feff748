import { expect, test } from 'vitest';
import { codesOf, problemsOf, readTexts } from './site-at.ts';

const csv = (...lines: readonly string[]): string => ['start_date,end_date,energy_kwh', ...lines].join('\n');

test('ends are exclusive when the next bill begins on that day', async () => {
  const read = await readTexts([csv('2024-02-05,2024-03-04,20', '2024-01-05,2024-02-05,10')]);
  expect(read.text).toBe('start_date,end_date,energy_kwh\n2024-01-05,2024-02-05,10\n2024-02-05,2024-03-04,20\n');
  expect(read.inferred[0]).toContain('2 bills, end dates exclusive');
  expect(read.findings).toEqual([]);
});

test('ends are the last day billed when the next bill begins on the day after', async () => {
  const read = await readTexts([csv('2024-01-05,2024-02-04,10', '2024-02-05,2024-03-04,20')]);
  expect(read.rows).toEqual(['2024-01-05,2024-02-05,10', '2024-02-05,2024-03-05,20']);
  expect(read.inferred[0]).toContain('inclusive');
});

test('the last second of a day is the last day, and times of day do not matter', async () => {
  const read = await readTexts([
    csv('2024-01-05 00:00,2024-02-04 23:59:59,10', '2024-02-05 00:00,2024-03-04 23:59:59,20'),
  ]);
  expect(read.rows[0]).toBe('2024-01-05,2024-02-05,10');
});

test('a bill alone shows its end by whole months only', async () => {
  expect((await readTexts([csv('2024-01-01,2024-01-31,10')])).rows).toEqual(['2024-01-01,2024-02-01,10']);
  expect((await readTexts([csv('2024-01-15,2024-02-15,10')])).rows).toEqual(['2024-01-15,2024-02-15,10']);
  expect(await codesOf(readTexts([csv('2024-01-05,2024-02-03,10', '')]))).toEqual(['meter.bill-end-ambiguous']);
});

test('ends that mean now this and now that are refused', async () => {
  const text = csv('2024-01-05,2024-02-05,10', '2024-02-05,2024-03-04,20', '2024-03-05,2024-04-04,20');
  expect(await codesOf(readTexts([text]))).toEqual(['meter.bill-ends-contradictory']);
});

test('a bill that ends before it starts is an error with its line, one over another a warning', async () => {
  expect(await problemsOf(readTexts([csv('2024-01-05,2024-02-05,10', '2024-03-05,2024-02-05,1')]))).toMatchObject([
    { code: 'meter.end-before-start', line: 3 },
  ]);
  const read = await readTexts([
    csv('2024-01-01,2024-02-01,10', '2024-02-01,2024-03-01,20', '2024-02-20,2024-03-20,20'),
  ]);
  expect(read.findings).toMatchObject([{ code: 'meter.overlap', line: 4 }]);
});

test('day and month of bills are decided by which reading ends after it starts', async () => {
  const read = await readTexts([csv('1/5/2024,2/4/2024,10', '2/4/2024,3/6/2024,20')]);
  expect(read.rows[0]).toBe('2024-01-05,2024-02-04,10');
});

test('daily rows with both dates are intervals, not bills', async () => {
  const read = await readTexts([csv('2024-03-09,2024-03-10,10', '2024-03-10,2024-03-11,20')], {}, 'America/Chicago');
  expect(read.rows).toEqual(['2024-03-09T06:00:00+00:00,10', '2024-03-10T06:00:00+00:00,20']);
  const same = await readTexts([csv('2024-03-09,2024-03-09,10', '2024-03-10,2024-03-10,20')], {}, 'America/Chicago');
  expect(same.rows).toEqual(read.rows);
});

test('bills and intervals are not one meter', async () => {
  const hourly = 'start,kWh\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,1\n';
  expect(await problemsOf(readTexts([csv('2024-01-01,2024-01-31,10', ''), hourly]))).toMatchObject([
    { code: 'meter.kinds-mixed', file: 'meter-1.csv' },
  ]);
});

const billed = (...lines: readonly string[]): string =>
  ['start_date,end_date,energy_kwh,Quality', ...lines, ''].join('\n');

test('an estimated bill is made good by the bill read after it in another file, in any order of the files', async () => {
  const winter = billed('2024-01-01,2024-02-01,10,Actual', '2024-02-01,2024-03-01,20,Estimated');
  const spring = billed('2024-03-01,2024-04-01,35,Actual', '2024-04-01,2024-05-01,40,Actual');
  const read = await readTexts([winter, spring]);
  expect(read.rows).toEqual(['2024-01-01,2024-02-01,10', '2024-02-01,2024-04-01,55', '2024-04-01,2024-05-01,40']);
  expect(read.findings).toMatchObject([
    {
      code: 'meter.bill-estimated',
      file: 'meter-0.csv',
      line: 3,
      message: expect.stringContaining('line 3 and the bill read after, on line 2 of meter-1.csv'),
      data: { lines: [3], into: 2, days: 60, files: ['meter-0.csv', 'meter-1.csv'] },
    },
  ]);
  const turned = await readTexts([spring, winter]);
  expect(turned.rows).toEqual(read.rows);
  expect(turned.findings).toMatchObject([{ file: 'meter-1.csv', line: 3 }]);
});

test('an estimated bill that two files have is joined once', async () => {
  const estimated = '2024-02-01,2024-03-01,20,Estimated';
  const read = await readTexts([
    billed('2024-01-01,2024-02-01,10,Actual', estimated),
    billed(estimated, '2024-03-01,2024-04-01,35,Actual'),
  ]);
  expect(read.rows).toEqual(['2024-01-01,2024-02-01,10', '2024-02-01,2024-04-01,55']);
});

test('one bill a file: the bills of the other files say what its end means', async () => {
  const days = ['2024-01-05,2024-02-03,10', '2024-02-04,2024-03-06,20', '2024-03-07,2024-04-05,30'];
  const read = await readTexts(days.toReversed().map((day) => csv(day, '')));
  expect(read.rows).toEqual(['2024-01-05,2024-02-04,10', '2024-02-04,2024-03-07,20', '2024-03-07,2024-04-06,30']);
  expect(read.inferred[0]).toContain('end dates inclusive');
  expect(read.findings).toEqual([]);
  // From the fifth to the fifth looks like a first day after; the bill that follows knows better.
  const fifth = await readTexts([csv('2024-01-05,2024-02-05,10', ''), csv('2024-02-06,2024-03-06,20', '')]);
  expect(fifth.rows).toEqual(['2024-01-05,2024-02-06,10', '2024-02-06,2024-03-07,20']);
  const shared = await readTexts([csv('2024-01-05,2024-02-03,10', ''), csv('2024-02-03,2024-03-06,20', '')]);
  expect(shared.rows).toEqual(['2024-01-05,2024-02-03,10', '2024-02-03,2024-03-06,20']);
});

test('bills of several files that do not follow each other leave their ends open, each with its line', async () => {
  const problems = problemsOf(
    readTexts([csv('', '2024-01-05,2024-02-03,10', ''), csv('2024-06-05,2024-07-03,20', '')]),
  );
  expect(await problems).toMatchObject([
    { code: 'meter.bill-end-ambiguous', file: 'meter-0.csv', line: 3, record: 2 },
    { code: 'meter.bill-end-ambiguous', file: 'meter-1.csv', line: 2 },
  ]);
});
