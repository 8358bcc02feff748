import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { checkManifest, problemLines } from './collect.ts';

const folder = 'fixtures/pipelines';
const names = readdirSync(folder).sort();

describe('fixtures/pipelines', () => {
  test.each(names.filter((name) => name.startsWith('bad-')))('%s gives exactly its problems', async (name) => {
    const { problems } = await checkManifest(`${folder}/${name}/pipeline.yaml`);
    const expected = await readFile(`${folder}/${name}/expected.txt`, 'utf8');
    expect(`${problemLines(problems).join('\n')}\n`).toBe(expected);
    expect(problems.some((problem) => problem.severity === 'error')).toBe(true);
  });

  test.each(names.filter((name) => name.startsWith('ok-')))('%s has no problem', async (name) => {
    const { problems, sites } = await checkManifest(`${folder}/${name}/pipeline.yaml`);
    expect(problems).toEqual([]);
    expect(sites.length).toBeGreaterThan(0);
  });
});
