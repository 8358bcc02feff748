import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addConvertOptions, optionNamed } from '../../src/cli/convert-options.ts';
import { readingSchema } from '../../src/manifest/site-schema.ts';

test('convert has an option for every key that says how a file is read', () => {
  const options = new Set(addConvertOptions(new Command()).options.map(({ long }) => long));
  const keys = Object.keys(readingSchema.shape);
  expect(keys.length).toBeGreaterThan(12);
  expect(keys.map((key) => optionNamed([key])).filter((option) => !options.has(option))).toEqual([]);
});
