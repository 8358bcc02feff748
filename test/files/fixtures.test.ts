import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { expectedOf, listFixtures, metersFolder, notYet, readFixture } from './fixture-list.ts';

const fixtures = await listFixtures();
const machineZone = process.env.TZ;

afterEach(() => {
  vi.useRealTimers();
  if (machineZone === undefined) delete process.env.TZ;
  else process.env.TZ = machineZone;
});

test('every export has its reading, its expected file and a modest size', async () => {
  const files = (await readdir(metersFolder)).filter((name) => name !== 'expected' && name !== 'reading.json');
  expect(files.toSorted()).toEqual(fixtures.map((fixture) => fixture.file).toSorted());
  expect(files.length).toBeGreaterThanOrEqual(46);
  expect(await readdir(join(metersFolder, 'expected'))).toHaveLength(files.length);
  for (const file of files) expect((await stat(join(metersFolder, file))).size, file).toBeLessThan(140_000);
});

test.each(fixtures.filter(({ file }) => !notYet.has(file)))(
  '$file becomes its expected canonical file, wherever and whenever it is read',
  async (fixture) => {
    const expected = await expectedOf(fixture);
    for (const [zone, now] of [
      ['UTC', '2026-01-15T12:00:00Z'],
      ['America/New_York', '2026-07-15T12:00:00Z'],
      ['Australia/Lord_Howe', '2026-01-15T12:00:00Z'],
      ['America/New_York', '2026-01-15T12:00:00Z'],
      ['Australia/Lord_Howe', '2026-07-15T12:00:00Z'],
    ] as const) {
      process.env.TZ = zone;
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(now) });
      const { text, rows, findings } = await readFixture(fixture);
      expect(rows, `${zone} ${now}`).toEqual(expected.trimEnd().split('\n').slice(1));
      expect(text.split('\n', 1)).toEqual(expected.split('\n', 1));
      expect(findings.map((finding) => finding.code)).toEqual(fixture.findings);
    }
  },
);

test('the machine zone of these tests is really another', () => {
  process.env.TZ = 'Australia/Lord_Howe';
  expect(new Date(2025, 0, 15).getTimezoneOffset()).toBe(-660);
  process.env.TZ = 'America/New_York';
  expect(new Date(2025, 0, 15).getTimezoneOffset()).toBe(300);
});
