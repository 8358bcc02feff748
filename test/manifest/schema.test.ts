import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { manifestJsonSchema } from '../../src/manifest/schema.ts';

test('pipeline.schema.json is what the program prints', async () => {
  const committed: unknown = JSON.parse(await readFile('pipeline.schema.json', 'utf8'));
  expect(committed).toEqual(manifestJsonSchema());
});

test('every code of a manifest problem has its entry in docs/problems.md, in order', async () => {
  const codes = new Set<string>();
  for (const name of readdirSync('src/manifest')) {
    const source = await readFile(`src/manifest/${name}`, 'utf8');
    for (const [, code] of source.matchAll(/'((?:manifest|portfolio|site|meter|asset|events)\.[a-z-]+)'/g)) {
      if (code !== undefined) codes.add(code);
    }
  }
  const entries = [...(await readFile('docs/problems.md', 'utf8')).matchAll(/^## (\S+)$/gm)].map(
    ([, code]) => code ?? '',
  );
  expect(codes.size).toBeGreaterThan(50);
  expect(entries).toEqual(expect.arrayContaining([...codes]));
  expect(entries).toEqual([...entries].sort((a, b) => (a < b ? -1 : 1)));
});
