import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a process ended. A run that was killed has no code. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A process that is under way. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** SIGKILL. */
  readonly kill: () => void;
}

/** Starts the built program, or a changed copy of it (`dist`), in a folder. */
export function startProgram(
  args: readonly string[],
  {
    cwd,
    env = {},
    dist = join(root, 'dist'),
  }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly dist?: string },
): Running {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(dist, 'main.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output, ms: performance.now() - startedAt }));
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}
