import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { openTerminal } from '../../src/cli/terminal.ts';
import { createFolder } from './folders.ts';
import { site, writePipeline } from './portfolios.ts';

/** What a person at a terminal would see: stdout and stderr in one. The program is the real one, its streams are ours. */
async function see(cwd: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly seen: string }> {
  let seen = '';
  const screen = {
    write: (text: string) => {
      seen += text;
    },
    drained: async () => undefined,
    isTerminal: true,
    columns: 120,
  };
  const terminal = { ...openTerminal(process), stdout: screen, stderr: screen, env: {}, cwd };
  const [verb = '', ...flags] = args;
  const code = await runProgram([verb, join(cwd, 'pipeline.yaml'), ...flags], terminal);
  return { code, seen };
}

test('on a terminal a run draws one live line, takes it away, and logs text', async () => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1)]);
  const { code, seen } = await see(cwd, 'run', '--sandbox', '--log-level', 'info');
  expect(code).toBe(0);
  expect(seen).toMatch(/^\d\d:\d\d:\d\d info run started .*\n/);
  const table = seen.split('\r\u001B[K').at(-1) ?? '';
  expect(seen).toMatch(/\r0\/2 sites, \d+ requests/);
  expect(table).toMatch(/^\d\d:\d\d:\d\d info run ended .*\nstep /);
  expect(table).toMatch(/\n2 sites in \d+ s: all done\n$/);
  expect(table).not.toContain('\u001B');
  expect(seen).not.toContain('{"level"');

  // Where JSON lines are wanted, nothing is drawn over them.
  const { seen: logged } = await see(cwd, 'run', '--sandbox', '--log-format', 'json');
  expect(logged).toContain('"msg":"run ended"');
  expect(logged).not.toContain('\u001B');
});

test('on a terminal an error is a line of text', async () => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A')]);
  const { code, seen } = await see(cwd, 'run');
  expect(code).toBe(3);
  expect(seen).toMatch(/^error credentials\.missing {2}not set: WATTTIME_USER, /);
});
