import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every problem of a file is documented with an example', async () => {
  const text = await readFile(join(import.meta.dirname, '../../docs/problems.md'), 'utf8');
  const entries = text
    .split(/^## /m)
    .slice(1)
    .filter((entry) => /^(?:meter|file|csv|events)\./.test(entry));
  expect(entries.length).toBeGreaterThan(80);
  const bare = entries.filter((entry) => !/^```\w*\n[^`]*\S[^`]*\n```$/m.test(entry));
  expect(bare.map((entry) => entry.split('\n', 1)[0])).toEqual([]);
});

test('every code that a page on layouts or events names has its entry', async () => {
  const docs = join(import.meta.dirname, '../../docs');
  const problems = await readFile(join(docs, 'problems.md'), 'utf8');
  const layouts = ['long', 'wide', 'stacked', 'sections', 'registers', 'nem12', 'green-button', 'json', 'bills'];
  const pages = ['events.md', ...layouts.map((name) => `layouts/${name}.md`)];
  for (const page of pages) {
    const codes = (await readFile(join(docs, page), 'utf8')).matchAll(/`((?:meter|file|events)\.[a-z\d-]+)`/g);
    for (const [, code] of codes) expect(problems, `${page} names ${code ?? ''}`).toContain(`\n## ${code ?? ''}\n`);
  }
});
