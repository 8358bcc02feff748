import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openZone } from '../../src/domain/zone.ts';
import { ProblemList } from '../../src/files/problem-list.ts';
import { readTable } from '../../src/files/read-table.ts';
import type { Fixture } from './fixture-list.ts';
import { expectedOf, listFixtures, metersFolder, readFixture } from './fixture-list.ts';

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

test.each(fixtures)('$file becomes its expected canonical file, wherever and whenever it is read', async (fixture) => {
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
});

/** Everything a table says of its rows. */
async function tableOf(fixture: Fixture, lanes: 'both' | 'csv-parse') {
  const { meter, file, timezone } = fixture;
  const zone = timezone === undefined ? undefined : openZone(timezone);
  const problems = new ProblemList(file);
  const table = await readTable(join(metersFolder, file), file, meter, zone, problems, lanes);
  const all = <T>(at: (row: number) => T): readonly T[] => Array.from({ length: table.length }, (_, row) => at(row));
  const { starts, ends } = table;
  const column = (stamps: typeof starts) =>
    all((row) => [stamps.wall(row, 'mdy'), stamps.wall(row, 'dmy'), stamps.offsetMs(row), stamps.isDateOnly(row)]);
  return {
    starts: column(starts),
    ends: ends === undefined ? undefined : column(ends),
    points: all((row) => table.points.at(row)),
    commas: all((row) => table.commas.at(row)),
    lines: all((row) => table.lines.at(row)),
    units: [...table.units],
    warnings: problems.warnings,
    facts: [table.headerLine, table.startName, table.valueName, table.stampSays, table.unitInName, table.register],
  };
}

test('both lanes give the same table of every fixture', async () => {
  for (const fixture of fixtures) {
    expect(await tableOf(fixture, 'both'), fixture.file).toEqual(await tableOf(fixture, 'csv-parse'));
  }
});

test('the machine zone of these tests is really another', () => {
  process.env.TZ = 'Australia/Lord_Howe';
  expect(new Date(2025, 0, 15).getTimezoneOffset()).toBe(-660);
  process.env.TZ = 'America/New_York';
  expect(new Date(2025, 0, 15).getTimezoneOffset()).toBe(300);
});
