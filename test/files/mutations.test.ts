import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProblemError } from '../../src/domain/errors.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Fixture } from './fixture-list.ts';
import { expectedOf, listFixtures, metersFolder, readFixture } from './fixture-list.ts';
import type { Mutation } from './mutate.ts';
import { mutationsOf } from './mutate.ts';
import { inFolder } from './site-at.ts';

/** Problems of the file as a whole, which no line could name. */
const ofTheWholeFile: ReadonlySet<string> = new Set([
  'file.binary',
  'meter.bill-end-ambiguous',
  'meter.bill-end-missing',
  'meter.date-order-ambiguous',
  'meter.header-not-found',
  'meter.interval-unknown',
  'meter.no-rows',
  'meter.no-values',
  'meter.timezone-missing',
  // Told of columns by number where no row is a header.
  'meter.value-ambiguous',
]);

const fixtures = await listFixtures();
const bytesChanged = 3;
/** Larger fixtures are damaged in fewer places: time is bounded. */
const largeBytes = 30_000;

/** What a reading says of a time: `2025-03-01T00:00:00+00:00` or a bill's two dates, and its energy. */
function energiesOf(rows: readonly string[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [row.slice(0, row.lastIndexOf(',')), row.slice(row.lastIndexOf(',') + 1)] as const));
}

const said = ({ code, line, message }: Problem): string => `${code} ${String(line)} ${message}`;

/** Readings that are not as they were: with another energy, added, and gone. */
function difference(before: readonly string[], after: readonly string[]) {
  const [was, is] = [energiesOf(before), energiesOf(after)];
  const changed = [...is].filter(([time, energy]) => was.has(time) && was.get(time) !== energy).length;
  const added = [...is.keys()].filter((time) => !was.has(time)).length;
  const gone = [...was.keys()].filter((time) => !is.has(time)).length;
  return { changed, added, gone };
}

const sum = (rows: readonly string[]): number =>
  [...energiesOf(rows).values()].reduce((all, one) => all + Number(one), 0);

/** Why a damaged file's result is not to be trusted; undefined when it is right, or its fault is named. */
function faultOf(
  { kind }: Mutation,
  fixture: Fixture,
  before: readonly string[],
  usual: ReadonlySet<string>,
  after: { readonly rows: readonly string[]; readonly findings: readonly Problem[] },
): string | undefined {
  const { changed, added, gone } = difference(before, after.rows);
  if (changed + added + gone === 0 && after.rows.length === before.length) return undefined;
  if (after.findings.some((finding) => finding.line !== undefined && !usual.has(said(finding)))) return undefined;
  // A file that ends earlier at the end of a row has nothing wrong in it.
  if (kind === 'cut' && changed + added === 0) return undefined;
  // A digit of one value: nothing in the file says that it was another.
  if (kind === 'byte' && changed <= 1 && added + gone === 0) return undefined;
  // One count of a register moves energy from one interval to the next.
  const moved = Math.abs(sum(before) - sum(after.rows)) < 1e-6;
  if (kind === 'byte' && fixture.file.startsWith('register') && changed === 2 && added + gone === 0 && moved)
    return undefined;
  return `changed ${String(changed)}, added ${String(added)}, gone ${String(gone)}, and nothing said`;
}

async function outcomeOf(
  mutation: Mutation,
  fixture: Fixture,
  path: string,
  before: readonly string[],
  usual: ReadonlySet<string>,
) {
  await writeFile(path, mutation.bytes);
  try {
    return faultOf(mutation, fixture, before, usual, await readFixture(fixture, path));
  } catch (error) {
    if (!(error instanceof ProblemError))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    const placeless = error.problems.find(
      (problem) => problem.file === undefined || (problem.line === undefined && !ofTheWholeFile.has(problem.code)),
    );
    return placeless === undefined ? undefined : `no place: ${said(placeless)}`;
  }
}

test.each(fixtures)('$file, damaged, is read rightly or its fault is named', async (fixture) => {
  const bytes = await readFile(join(metersFolder, fixture.file));
  const before = (await expectedOf(fixture)).trimEnd().split('\n').slice(1);
  const usual = new Set((await readFixture(fixture)).findings.map((finding) => said(finding)));
  const faults: string[] = [];
  await inFolder(async (_put, folder) => {
    const path = join(folder, fixture.file);
    for (const mutation of mutationsOf(fixture.file, bytes, bytes.length > largeBytes ? 2 : bytesChanged)) {
      const fault = await outcomeOf(mutation, fixture, path, before, usual);
      if (fault !== undefined) faults.push(`${mutation.name}: ${fault}`);
    }
  });
  expect(faults.join('\n')).toBe('');
});
