import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(z.string(), z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

const lock = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');

test('the lock names the optional packages of every platform, without which npm ci refuses it', () => {
  const { packages } = lockSchema.parse(JSON.parse(lock));
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test('the lock names no registry', () => {
  expect(lock).not.toContain('"resolved"');
});
