import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist', 'main.js');

/** How long after a kill nobody can say what became of its requests: the time-out and `settle` of `copyPipeline`. */
export const doubtMs = 1_050;

/** How a process ended. A run that was killed has no code. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/**
 * Copies the demonstration pipeline into a folder of its own. Its limit is raised, and its time-outs lowered, so that a
 * dozen runs one after another wait neither for permits nor long for what a killed run left in doubt.
 */
export async function copyPipeline(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-kill-'));
  await cp(join(root, 'fixtures'), join(folder, 'fixtures'), { recursive: true });
  const written = await readFile(join(root, 'pipeline.yaml'), 'utf8');
  const hurried = written.replace(
    /^wattcarbon:\n/m,
    'wattcarbon:\n  limit: { requests: 100000, per: PT1M }\n  timeout: PT1S\n  settle: PT0.05S\n',
  );
  if (hurried === written) throw new Error('pipeline.yaml has no "wattcarbon:" to raise the limit of');
  await writeFile(join(folder, 'pipeline.yaml'), hurried);
  return folder;
}

/** Runs the built program in the folder; kills it with SIGKILL when it is not done after `killAfterMs`. */
export async function rehearse(folder: string, killAfterMs?: number): Promise<Ended> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, 'run', '--sandbox', '--json'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (ended) => resolve(ended));
  });
  clearTimeout(timer);
  return { code, ...output, ms: performance.now() - startedAt };
}
