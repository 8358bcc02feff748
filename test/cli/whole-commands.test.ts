import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlan, readRun } from './documents.ts';
import { createFolder } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';

test('a site that was moved is let go by the command that the message gives, typed as it stands', async () => {
  const cwd = createFolder();
  const write = (account: string): void => writePipeline(cwd, [site('A 1')], { wattcarbon: { account } });
  write('first');
  expect(await call(cwd, ['run', '@', '--sandbox'])).toMatchObject({ code: 0 });
  write('second');
  const command = `wattlift forget 'A 1' --manifest ${join(cwd, 'pipeline.yaml')} --sandbox`;
  const refused = readRun(await call(cwd, ['run', '@', '--sandbox', '--json']));
  const planned = readPlan(await call(cwd, ['plan', '@', '--sandbox', '--json']));
  for (const [one] of [refused.failures, planned.problems]) {
    expect(one).toMatchObject({ code: 'site.account-moved' });
    expect(one?.message.endsWith(`: ${command}`)).toBe(true);
  }
  const words = command.split(' ').slice(1).join(' ').replace("'A 1'", 'A~1').split(' ');
  const forgotten = await call(cwd, [...words.map((word) => word.replace('~', ' ')), '--yes']);
  expect(forgotten.stdout).toMatch(/\nforgotten: \d+ rows\n$/);
  expect(readRun(await call(cwd, ['run', '@', '--sandbox', '--json'])).sites).toMatchObject({ done: 1, failed: 0 });
});
