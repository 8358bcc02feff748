import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addConvertOptions, optionNamed, toWrittenReading } from '../../src/cli/convert-options.ts';
import { readingSchema } from '../../src/manifest/site-schema.ts';

test('convert has an option for every key that says how a file is read', () => {
  const options = new Set(addConvertOptions(new Command()).options.map(({ long }) => long));
  const keys = Object.keys(readingSchema.shape);
  expect(keys.length).toBeGreaterThan(12);
  expect(keys.map((key) => optionNamed([key])).filter((option) => !options.has(option))).toEqual([]);
});

test('columns of values that are given one after the other are the list to add; another role is given once', () => {
  const read = (...args: readonly string[]): unknown => {
    const command = addConvertOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    return toWrittenReading(command.parse(args, { from: 'user' }).opts());
  };
  expect(read('--column', 'value=Peak', '--column', 'start=1', '--column', 'value=3')).toMatchObject({
    columns: { start: 1, value: ['Peak', 3] },
  });
  expect(read('--header', 'none')).toMatchObject({ header: false });
  expect(() => read('--header', 'first')).toThrow('or none');
  expect(() => read('--column', 'start=1', '--column', 'start=2')).toThrow('"start" is given twice');
});
