import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built program. */
export const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Invocation {
  readonly cwd: string;
  /** Besides PATH and HOME; nothing of the tests' own environment reaches the program. */
  readonly env?: Environment;
  /** A CommonJS file that Node loads first. */
  readonly preload?: string;
  /** Run as this user (only root may ask). */
  readonly uid?: number;
}

/** What a script would see of an ended command. */
export interface Ended {
  /** The exit code, or the signal that killed it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is under way. */
export interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  printed(): { readonly stdout: string; readonly stderr: string };
}

/** Starts the built program as a process of its own, killed at the latest when the test ends. */
export function startWattlift(args: readonly string[], { cwd, env = {}, preload, uid }: Invocation): Started {
  const node = preload === undefined ? [] : ['--require', preload];
  const child = spawn(process.execPath, [...node, main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: signal ?? code, stdout, stderr }));
  });
  try {
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
  } catch {
    // In a hook: whoever started it there waits for its end.
  }
  return { child, ended, printed: () => ({ stdout, stderr }) };
}

/** Runs the built program to its end. */
export async function runWattlift(args: readonly string[], invocation: Invocation): Promise<Ended> {
  return startWattlift(args, invocation).ended;
}

/** Waits until something has become true; gives up loudly. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 10) {
    if (waitedMs > 20_000) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
}

/** The log of a program whose stderr is no terminal: throws unless every line is a JSON object with a message. */
export function readLog({ stderr }: Pick<Ended, 'stderr'>): readonly LogLine[] {
  const lines = stderr.split('\n').filter(Boolean);
  return lines.map((line) => {
    const parsed: LogLine = JSON.parse(line);
    if (typeof parsed.level !== 'number' || typeof parsed.msg !== 'string') throw new Error(`no log line: ${line}`);
    return parsed;
  });
}

/** pino's form; 30 is info, 40 warn, 50 error. */
export interface LogLine {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}
