import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.ts';
import { openTerminal, type Terminal } from '../../src/cli/terminal.ts';
import type { Ended, Environment } from './wattlift.ts';

/** How one command differs from an ordinary one. */
export interface Calling {
  readonly env?: Environment;
  /** What a person at a terminal types when asked; without it there is no terminal. */
  readonly answer?: string;
  /** How far the machine's clock is ahead, milliseconds. */
  readonly aheadMs?: number;
}

// It listens to the streams' errors: once for all commands.
const real = openTerminal(process);

/** Runs a command of the real program inside this process, in a folder with a `pipeline.yaml`; `@` stands for its path. */
export async function call(cwd: string, words: readonly string[], how: Calling = {}): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof printed): Terminal['stdout'] => ({
    write: (text) => {
      printed[name] += text;
    },
    drained: async () => undefined,
    isTerminal: how.answer !== undefined,
    columns: 120,
  });
  const terminal: Terminal = {
    ...real,
    stdin: { isTerminal: how.answer !== undefined, ask: async () => how.answer, firstLine: async () => undefined },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: how.env ?? {},
    cwd,
    clock: { ...real.clock, now: () => Date.now() + (how.aheadMs ?? 0) },
  };
  const manifest = join(cwd, 'pipeline.yaml');
  const code = await runProgram(
    words.map((word) => (word === '@' ? manifest : word)),
    terminal,
  );
  return { code, ...printed };
}
