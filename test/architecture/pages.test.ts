import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['fixtures/README.md', ...globSync(['*.md', 'docs/**/*.md'], { cwd: root })];
const found = (pattern: RegExp): readonly string[] =>
  pages.flatMap((page) => [...read(page).matchAll(pattern)].map(([, name = '']) => `${page}: ${name}`));

test('every link within the pages leads to a file', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`),
  );
  expect(pages.length).toBeGreaterThan(10);
  expect(broken).toEqual([]);
});

test('every npm script that the pages name is there', () => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  const named = found(/\bnpm run ([a-z][a-z:-]*)/g);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((line) => !((line.split(': ')[1] ?? '') in scripts))).toEqual([]);
});

test('the pages promise no verb that the program does not have', () => {
  const verbs = new Set(
    [...read('src/cli/program.ts').matchAll(/(?:verb\(program, |\.command\()'([a-z]+)'/g)].map(([, name = '']) => name),
  );
  const code = pages.flatMap((page) => read(page).match(/```[^]*?```|`[^`\n]+`/g) ?? []);
  const named = code.flatMap((text) =>
    [...text.matchAll(/(?:^|`|npx |; )wattlift ([a-z]+)\b/gm)].map(([, verb = '']) => verb),
  );
  expect(verbs.size).toBeGreaterThan(7);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((verb) => !verbs.has(verb))).toEqual([]);
});
