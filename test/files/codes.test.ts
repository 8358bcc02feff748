import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('every problem code of the file reader has its entry in the documentation', async () => {
  const documents = (await readdir(join(root, 'docs'))).filter((name) => name.startsWith('problems'));
  const texts = await Promise.all(documents.map(async (name) => readFile(join(root, 'docs', name), 'utf8')));
  const described = new Set(texts.flatMap((text) => [...text.matchAll(/^## (\S+)$/gm)].map((match) => match[1])));
  const sources = (await readdir(join(root, 'src/files'), { recursive: true }))
    .filter((name) => name.endsWith('.ts'))
    .map(async (name) => readFile(join(root, 'src/files', name), 'utf8'));
  const codes = (await Promise.all(sources)).flatMap((text) =>
    [...text.matchAll(/'((?:meter|file|csv|events)\.[a-z-]+)'/g)].map((match) => match[1]),
  );
  expect(codes.length).toBeGreaterThan(60);
  expect(codes.filter((code) => !described.has(code))).toEqual([]);
});
