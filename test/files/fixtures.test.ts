import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Meter } from '../../src/domain/site.ts';
import { readPaths } from './site-at.ts';

const meters = join(import.meta.dirname, '../../fixtures/meters');
const zones: { readonly [prefix: string]: string } = {
  sp: 'America/Chicago',
  ia: 'America/Chicago',
  ca: 'America/Los_Angeles',
  tx: 'America/Chicago',
};
const types: { readonly [name: string]: Partial<Meter> } = {
  'ia-house-21-gas': { type: 'gas' },
  'ca-house-8-gas': { type: 'gas' },
};
/** Findings a fixture must give, and no others. */
const findings: { readonly [name: string]: readonly string[] } = {
  'ca-house-8-gas': ['meter.gap'],
  'ia-battery': ['meter.negative'],
  'tx-battery': ['meter.negative'],
};

const names = (await readdir(meters)).filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, -4));

test('there are fixtures to read', () => {
  expect(names.length).toBeGreaterThanOrEqual(16);
});

test.each(names)('%s becomes its expected canonical file', async (name) => {
  const read = await readPaths([join(meters, `${name}.csv`)], types[name] ?? {}, zones[name.slice(0, 2).toLowerCase()]);
  const expected = await readFile(join(meters, 'expected', `${name}.csv`), 'utf8');
  expect(read.rows).toEqual(expected.trimEnd().split('\n').slice(1));
  expect(read.text.split('\n', 1)).toEqual(expected.split('\n', 1));
  expect(read.findings.map((finding) => finding.code)).toEqual(findings[name] ?? []);
});
