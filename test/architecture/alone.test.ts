import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';
import { alone } from '../../vitest.config.ts';

const root = join(import.meta.dirname, '../..');

test('a test file that puts something in the place of a module has a process of its own', () => {
  const files = globSync('test/**/*.ts', { cwd: root });
  const mocking = files.filter((file) => /\bvi\.(?:do)?mock\(/i.test(readFileSync(join(root, file), 'utf8')));
  expect(mocking.toSorted()).toEqual(alone);
});
