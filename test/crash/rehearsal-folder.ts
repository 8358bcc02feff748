import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, root, startProgram } from './program.ts';

/** How long after a kill nobody can say what became of its requests: the time-out and `settle` of `copyPipeline`. */
export const doubtMs = 1_050;

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

/** Rehearses in the folder; kills it with SIGKILL when it is not done after `killAfterMs`. */
export async function rehearse(folder: string, killAfterMs?: number): Promise<Ended> {
  const running = startProgram(['run', '--sandbox', '--json'], { cwd: folder });
  const timer = killAfterMs === undefined ? undefined : setTimeout(running.kill, killAfterMs);
  const ended = await running.ended;
  clearTimeout(timer);
  return ended;
}
