import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { findingSeverities } from '../../../src/domain/findings.ts';

const root = join(import.meta.dirname, '../../..');

test('every warning about data is a finding that quality can name, and each has its rule in docs/quality.md', async () => {
  const paths = globSync('src/files/**/*.ts', { cwd: root });
  const sources = await Promise.all(paths.map(async (path) => readFile(join(root, path), 'utf8')));
  const told = sources.flatMap((source) => [
    ...source.matchAll(/\.warning\(\s*'([a-z.0-9-]+)'/g),
    ...source.matchAll(/\bwarn\(\s*series,\s*\w+,\s*'([a-z.0-9-]+)'/g),
    ...source.matchAll(/severity: 'warning',\s*code: '([a-z.0-9-]+)'/g),
  ]);
  const codes = new Set(told.map(([, code]) => code ?? ''));
  expect([...codes].toSorted()).toEqual(Object.keys(findingSeverities).filter((code) => codes.has(code)));
  expect(codes.size).toBeGreaterThan(25);
  const page = await readFile(join(root, 'docs/quality.md'), 'utf8');
  const described = new Set([...page.matchAll(/`((?:meter|events)\.[a-z0-9-]+)`/g)].map(([, code]) => code ?? ''));
  expect([...described].toSorted()).toEqual(Object.keys(findingSeverities));
});
