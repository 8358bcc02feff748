import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { steps } from '../../src/steps/index.ts';
import { findViolations, importTable } from './import-table.ts';

const root = join(import.meta.dirname, '../../src');
const files = globSync('**/*.ts', { cwd: root });
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('imports run one way', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap((path) => findViolations(path, read(path)))).toEqual([]);
});

test.each([
  ['domain/planted.ts', "import { run } from '../run/run.ts';", 'domain/planted.ts -> run/run.ts'],
  ['domain/planted.ts', "import { readFile } from 'node:fs/promises';", 'domain/planted.ts -> node:fs/promises'],
  ['steps/planted.ts', "import type { Ledger }\n  from '../ledger/ledger.ts';", 'steps/planted.ts -> ledger/ledger.ts'],
  ['sandbox/planted.ts', "const x = await import('../apis/watttime.ts');", 'sandbox/planted.ts -> apis/watttime.ts'],
  ['manifest/planted.ts', "export { x } from '../cli/log.ts';", 'manifest/planted.ts -> cli/log.ts'],
  ['apis/planted.ts', "import type { Ledger } from '../ledger/ledger.ts';", 'apis/planted.ts -> ledger/ledger.ts'],
  ['utils/planted.ts', '', 'utils/planted.ts is in a folder that the import table does not know'],
])('a planted violation in %s is caught', (path, source, violation) => {
  expect(findViolations(path, source)).toEqual([violation]);
});

test('ARCHITECTURE.md shows the same table, and a line for every folder', () => {
  const page = readFileSync(join(root, '../ARCHITECTURE.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`[^|]+) \| (`[^|]+|nothing[^|]*) \|$/gm)];
  const namesIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([a-z]+)`/g)].map(([, name = '']) => name);
  const shown = rows.flatMap(([, from, to]) => namesIn(from).map((folder) => [folder, namesIn(to).toSorted()]));
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(Object.entries(importTable).map(([folder, to]) => [folder, to.toSorted()])),
  );
  const described = [...page.matchAll(/^\| `([a-z]+)(?:\/|\.ts)` \|/gm)].map(([, name = '']) => name);
  expect(described.toSorted()).toEqual(Object.keys(importTable).toSorted());
});

test('the import table has no circle', () => {
  const reaches = (from: string, to: string): boolean =>
    (importTable[from] ?? []).some((next) => next === to || reaches(next, to));
  expect(Object.keys(importTable).filter((folder) => reaches(folder, folder))).toEqual([]);
});

test('a step comes after every step it needs', () => {
  const names = steps.map(({ name }) => name);
  for (const { name, needs } of steps) {
    for (const need of needs) expect(names.indexOf(need), `${name} needs ${need}`).toBeLessThan(names.indexOf(name));
  }
});

test('only cli/ reads the environment, the streams and the clock', () => {
  const outside =
    /\bprocess\.(env|stdout|stderr|argv|exit|cwd)\b|\bDate\.now\(|\bMath\.random\(|new Date\(\)|\bconsole\./;
  const free = files.filter((path) => !path.startsWith('cli/') && path !== 'main.ts');
  expect(free.filter((path) => outside.test(read(path)))).toEqual([]);
});
