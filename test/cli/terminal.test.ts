import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createFolder } from './folders.ts';
import { site, writePipeline } from './portfolios.ts';
import { main } from './wattlift.ts';

/** util-linux's `script` gives a program a terminal of its own. */
const hasScript = spawnSync('script', ['--version']).status === 0;

/** What a person would see: stdout and stderr in one. */
function see(cwd: string, args: string): { readonly code: number | null; readonly seen: string } {
  const env = { PATH: process.env['PATH'], HOME: cwd };
  const command = `'${process.execPath}' '${main}' ${args}`;
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { cwd, env, encoding: 'utf8' });
  return { code: status, seen: stdout };
}

test.skipIf(!hasScript)('on a terminal a run draws one live line, takes it away, and logs text', () => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1)]);
  const { code, seen } = see(cwd, 'run --sandbox --log-level info');
  expect(code).toBe(0);
  expect(seen).toMatch(/^\d\d:\d\d:\d\d info run started .*\r\n/);
  const [live = '', table = ''] = seen.split('\r\u001B[K');
  expect(live).toMatch(/\r0\/2 sites.* 0 requests/);
  expect(table).toMatch(/^\d\d:\d\d:\d\d info run ended .*\r\nstep /);
  expect(table).toMatch(/\r\n2 sites in \d+ s: all done\r\n$/);
  expect(table).not.toContain('\u001B');
  expect(seen).not.toContain('{"level"');

  // Where JSON lines are wanted, nothing is drawn over them.
  const { seen: logged } = see(cwd, 'run --sandbox --log-format json');
  expect(logged).toContain('"msg":"run ended"');
  expect(logged).not.toContain('\u001B');
});

test.skipIf(!hasScript)('on a terminal an error is a line of text', () => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  const { code, seen } = see(cwd, 'run');
  expect(code).toBe(3);
  expect(seen).toMatch(/^error credentials\.missing {2}not set: WATTTIME_USER, /);
});
