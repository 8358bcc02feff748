import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/domain/problem.ts';
import { serveNobody } from './apis.ts';
import { readCheck } from './documents.ts';
import { createSharedFolder, root } from './folders.ts';
import { call } from './in-process.ts';
import { runWattlift, type Ended, type Environment } from './wattlift.ts';

const names = readdirSync(join(root, 'fixtures/pipelines')).sort();
const { folder, remove } = createSharedFolder();
let apis: Awaited<ReturnType<typeof serveNobody>>;

beforeAll(async () => {
  // The lists of problems name the files as seen from the repository's root.
  cpSync(join(root, 'fixtures/pipelines'), join(folder, 'fixtures/pipelines'), { recursive: true });
  apis = await serveNobody();
});

afterAll(() => {
  apis.close();
  remove();
});

/** What the problem lists were made with: `bad-env` is about a variable that is not set. */
function environmentOf(name: string): Environment {
  return name === 'bad-env' ? {} : apis.env;
}

describe('a pipeline that cannot be right', () => {
  test.each(names.filter((name) => name.startsWith('bad-')))(
    '%s: every verb prints exactly its problems, exits 2 and sends nothing',
    async (name) => {
      const manifest = join(folder, 'fixtures/pipelines', name, 'pipeline.yaml');
      const expected = readFileSync(join(folder, 'fixtures/pipelines', name, 'expected.txt'), 'utf8');
      const env = { env: environmentOf(name) };
      const before = apis.connections();
      // Inside this process paths are shown whole.
      const ended = async (...words: readonly string[]): Promise<Ended> => {
        const { stdout, ...others } = await call(folder, words, env);
        return { ...others, stdout: stdout.replaceAll(`${folder}/`, '') };
      };
      const [check, plan, run, rehearsal] = await Promise.all([
        ended('check', manifest),
        ended('plan', manifest, '--json'),
        ended('run', manifest),
        ended('run', manifest, '--sandbox'),
      ]);

      const of = (severity: string): number => expected.split(` ${severity} `).length - 1;
      const noun = (count: number, word: string): string => `${String(count)} ${word}${count === 1 ? '' : 's'}`;
      const document = readCheck(plan);
      expect(plan).toMatchObject({ code: 2, stderr: '' });
      expect(document).toMatchObject({ ok: false, errors: of('error'), warnings: of('warning') });
      expect(document.problems.map((problem) => `${formatProblem(problem)}\n`).join('')).toBe(expected);
      const counts = [noun(document.sites, 'site'), noun(of('error'), 'error'), noun(of('warning'), 'warning')];
      const summary = `${counts.join(', ')}\n`;
      for (const one of [check, run]) expect(one).toEqual({ code: 2, stdout: expected + summary, stderr: '' });
      // A rehearsal needs no variable to be set; all else is the same.
      expect(rehearsal).toMatchObject({ code: 2, stderr: '' });
      if (name !== 'bad-env') expect(rehearsal.stdout).toBe(expected + summary);
      expect(apis.connections()).toBe(before);
      expect(existsSync(join(folder, 'fixtures/pipelines', name, '.wattlift/sandbox/state.db'))).toBe(false);
    },
  );
});

test('check, plan and run print the same document with --json', async () => {
  const manifest = 'fixtures/pipelines/bad-many-at-once/pipeline.yaml';
  const documents = await Promise.all(
    ['check', 'plan', 'run'].map((verb) => runWattlift([verb, manifest, '--json'], { cwd: folder, env: apis.env })),
  );
  for (const document of documents) expect(document).toEqual(documents[0]);
  expect(readCheck(documents[0] ?? { code: null, stdout: '', stderr: '' }).errors).toBe(14);
  const { stdout } = await runWattlift(['check', manifest], { cwd: folder, env: apis.env });
  expect(stdout).toContain(readFileSync(join(root, 'fixtures/pipelines/bad-many-at-once/expected.txt'), 'utf8'));
});

describe('a pipeline that is right', () => {
  test.each(names.filter((name) => name.startsWith('ok-')))('%s: check and plan exit 0', async (name) => {
    const env = { env: apis.env };
    const manifest = join(folder, 'fixtures/pipelines', name, 'pipeline.yaml');
    const check = await call(folder, ['check', manifest, '--json'], env);
    expect(check).toMatchObject({ code: 0, stderr: '' });
    expect(readCheck(check)).toMatchObject({ ok: true, errors: 0 });
    expect(await call(folder, ['plan', manifest], env)).toMatchObject({ code: 0 });
    expect(await call(folder, ['run', manifest, '--sandbox'], env)).toMatchObject({ code: 0 });
    expect(apis.connections()).toBe(0);
  });
});
