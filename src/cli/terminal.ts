import { once } from 'node:events';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { openInput, type Input } from './input.ts';

/** One of the two streams a person or a script reads. */
export interface Output {
  write(text: string): void;
  /** Resolves when what was written is no longer held in memory. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  /** Width in characters; 80 when nobody says. */
  readonly columns: number;
}

/** All that a command knows of the outside: nothing else in the program reads the environment, the streams or the clock. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pid: number;
  onSignal(name: 'SIGINT' | 'SIGTERM', handler: () => void): () => void;
  /** Ends the process at once. */
  abort(code: number): never;
}

const longestTimerMs = 2 ** 31 - 1;

/** The terminal of a real process. A reader that closes the pipe early (`| head`) ends the process quietly. */
export function openTerminal(process: NodeJS.Process): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  // Nobody reads the log any more: no reason to leave the work half done.
  process.stderr.on('error', () => undefined);
  return {
    stdin: openInput(process.stdin, process.stderr),
    stdout: toOutput(process.stdout),
    stderr: toOutput(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: async (ms, signal) => {
        const until = performance.now() + ms;
        try {
          // A longer timer than Node knows would fire at once.
          for (let left = ms; left > 0; left = until - performance.now()) {
            await sleep(Math.min(left, longestTimerMs), undefined, signal && { signal });
          }
        } catch {
          signal?.throwIfAborted();
        }
      },
    },
    random: Math.random,
    pid: process.pid,
    onSignal: (name, handler) => {
      process.on(name, handler);
      return () => process.off(name, handler);
    },
    abort: (code) => process.exit(code),
  };
}

function toOutput(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      stream.write(text);
    },
    drained: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain');
      // A file takes everything at once and never drains: a stream lets go of what it wrote a turn later.
      else await setImmediate();
    },
    isTerminal: stream.isTTY,
    get columns() {
      // A pseudo-terminal that nobody gave a size says 0.
      return stream.columns || 80;
    },
  };
}
