import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly pid: number | undefined;
  /** Every whole line it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines; rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** SIGKILL; resolves when it is dead and all it has printed is in `lines`. */
  kill(): Promise<void>;
}

/** Starts a TypeScript file beside the tests as a process of its own. */
export function startChild(script: URL, ...parameters: readonly string[]): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(script), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const closed = once(reader, 'close');
  return {
    pid: child.pid,
    lines,
    printed: async (count) => {
      const ended = closed.then(() => {
        throw new Error(`the child ended after ${String(lines.length)} lines`);
      });
      while (lines.length < count) await Promise.race([once(reader, 'line'), ended]);
      ended.catch(() => undefined);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
