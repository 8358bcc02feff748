import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sources = globSync('src/**/*.ts', { cwd: root, ignore: ['src/sandbox/**'] }).map(read);
const documented = new Set([...read('docs/problems.md').matchAll(/^## (\S+)$/gm)].map(([, code]) => code));

const subjects =
  'asset|credentials|csv|events|export|file|ledger|manifest|meter|portfolio|quality|region|run|site|sqlite|store|upload|wattcarbon|watttime';
const written = sources.flatMap((text) =>
  [...text.matchAll(new RegExp(`'((?:${subjects})\\.[a-z]+(?:-[a-z]+)*)'`, 'g'))].map(([, code]) => code),
);
const perApi = sources.flatMap((text) =>
  [...text.matchAll(/`\$\{api\}\.([a-z-]+)`/g)].flatMap(([, kind]) => [
    `watttime.${kind ?? ''}`,
    `wattcarbon.${kind ?? ''}`,
  ]),
);
const kinds = /type ApiErrorKind =([^;]+);/.exec(read('src/domain/errors.ts'))?.[1]?.matchAll(/'([a-z-]+)'/g) ?? [];
const perKind = [...kinds].flatMap(([, kind]) => [`watttime.${kind ?? ''}`, `wattcarbon.${kind ?? ''}`]);

test('every code that the program can give has its entry in docs/problems.md', () => {
  const fileNames = /\.(db|parquet|csv|lock|ts)$/;
  const manifestKeys = /^(watttime|wattcarbon)\.(url|account|openapi)$/;
  const codes = [...written, ...perApi, ...perKind].filter(
    (code) => code !== undefined && !fileNames.test(code) && !manifestKeys.test(code),
  );
  expect(codes.length).toBeGreaterThan(150);
  expect([...new Set(codes)].filter((code) => !documented.has(code))).toEqual([]);
});
