import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when everybody waits: hours of it in milliseconds, and the same every time. */
export class SimulatedClock implements Clock {
  #time = 0;
  #wallStart = Date.UTC(2025, 0, 1);
  #sleepers: Sleeper[] = [];

  now(): number {
    return Math.floor(this.#wallStart + this.#time);
  }

  monotonic(): number {
    return this.#time;
  }

  /** An administrator sets the wall clock. */
  stepWall(byMs: number): void {
    this.#wallStart += byMs;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const leave = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        at: this.#time + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const place = this.#sleepers.findLastIndex((other) => other.at <= sleeper.at) + 1;
      this.#sleepers.splice(place, 0, sleeper);
    });
  }

  /** Lets time pass until `work` has settled, or until the given time; returns what it gave. */
  async run<T>(work: Promise<T>): Promise<T> {
    const progress = { settled: false };
    const mark = (): void => {
      progress.settled = true;
    };
    work.then(mark, mark);
    await setImmediate();
    while (!progress.settled) {
      if (!this.#pass()) throw new Error(`stuck at ${String(this.#time)} ms: nobody sleeps and the work is not done`);
      await setImmediate();
    }
    return work;
  }

  async runUntil(time: number): Promise<void> {
    await this.run(this.sleep(time - this.#time));
  }

  #pass(): boolean {
    const next = this.#sleepers.shift();
    if (next === undefined) return false;
    this.#time = next.at;
    next.wake();
    return true;
  }
}

/** What happens to one request: how long until it arrives, and until its answer is back; `lost`: none comes. */
export interface Fate {
  readonly thereMs: number;
  readonly backMs: number;
  readonly outcome: 'answered' | 'lost' | 'reset';
}

/** A server as the throttle meets it through `fetch`, which notes when each request arrives. */
export class SimulatedServer {
  readonly arrivals: number[] = [];
  readonly #clock: SimulatedClock;
  readonly #fate: () => Fate;
  /** Answers to come, in order of arrival; 200 when there is none. */
  readonly answers: (() => Response)[] = [];

  constructor(clock: SimulatedClock, fate: () => Fate) {
    this.#clock = clock;
    this.#fate = fate;
  }

  readonly fetch: typeof fetch = async (_input, init) => {
    const signal = init?.signal ?? undefined;
    const { thereMs, backMs, outcome } = this.#fate();
    // What has left cannot be called back: it arrives also when the client has given up.
    const arrived = this.#clock.sleep(thereMs).then(() => {
      this.arrivals.push(this.#clock.monotonic());
      return this.answers.shift()?.() ?? new Response(null, { status: 200 });
    });
    if (outcome === 'lost') {
      await this.#clock.sleep(Infinity, signal);
    } else if (outcome === 'reset') {
      // The connection breaks before or after the server has seen the request.
      await this.#clock.sleep(backMs, signal);
      throw new TypeError('fetch failed');
    }
    await this.#clock.sleep(thereMs + backMs, signal);
    return arrived;
  };

  /** The most requests that arrived in any stretch `[t, t + windowMs)`. */
  worst(windowMs: number): number {
    const sorted = this.arrivals.toSorted((a, b) => a - b);
    let worst = 0;
    let first = 0;
    for (const [index, time] of sorted.entries()) {
      while ((sorted[first] ?? 0) <= time - windowMs) first += 1;
      worst = Math.max(worst, index - first + 1);
    }
    return worst;
  }
}

/** Repeatable numbers from 0 to 1 (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A file for permits in a folder of its own, gone after the test. */
export async function makePermitFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-permits-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'budget.db');
}
