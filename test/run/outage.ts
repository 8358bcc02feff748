import { setImmediate } from 'node:timers/promises';
import { closedAddress } from '../apis/loopback.ts';
import type { MovableClock, RunHow } from './open-run.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A network that can be cut, and the time beside it. */
export interface Network {
  readonly clock: MovableClock;
  /** Requests that found nobody, by the origin they were for, and when (milliseconds from the start of the clock). */
  readonly refused: readonly { readonly origin: string; readonly at: number }[];
  /** Milliseconds since the clock was made. */
  passed(): number;
  /** From now on nobody is found at this address, until so much time has passed, or until it is called with 0. */
  cut(url: string, forMs: number): void;
  /** For a run: goes over this network, and waits on this clock. */
  readonly how: Pick<RunHow, 'watch' | 'waits'>;
}

/** Turns of the event loop without a request under way, after which everybody is taken to wait. */
const idleTurns = 25;

/**
 * Real requests and simulated time: time passes only while nothing is under way. `timeoutMs` is that of the manifest, and is
 * the one wait that never passes: no request of these tests takes so long. An address that was cut is a port that refuses.
 */
export async function openNetwork(timeoutMs: number): Promise<Network> {
  const nobody = await closedAddress();
  const start = Date.UTC(2026, 1, 1, 12);
  const refused: { origin: string; at: number }[] = [];
  const cutUntil = new Map<string, number>();
  let sleepers: Sleeper[] = [];
  let [time, moved, underWay, isPumping] = [0, 0, 0, false];

  const pump = async (): Promise<void> => {
    isPumping = true;
    while (sleepers.length > 0) {
      for (let turn = 0; turn < idleTurns; turn += 1) {
        await setImmediate();
        if (underWay > 0) turn = 0;
      }
      const [next] = sleepers;
      sleepers = sleepers.slice(1);
      time = Math.max(time, next?.at ?? 0);
      next?.wake();
    }
    isPumping = false;
  };

  const clock: MovableClock = {
    now: () => start + moved + Math.floor(time),
    monotonic: () => time,
    advance: (ms) => {
      moved += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const leave = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        const sleeper = { at: time + ms, wake };
        signal?.addEventListener('abort', leave, { once: true });
        if (ms === timeoutMs) return;
        sleepers = [...sleepers, sleeper].toSorted((a, b) => a.at - b.at);
        if (!isPumping) void pump();
      }),
  };

  const go: typeof fetch = async (input, init) => {
    const { origin, pathname } = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
    underWay += 1;
    try {
      if (time >= (cutUntil.get(origin) ?? 0)) return await fetch(input, init);
      refused.push({ origin, at: time });
      return await fetch(new URL(pathname, nobody));
    } finally {
      underWay -= 1;
    }
  };

  return {
    clock,
    refused,
    passed: () => time,
    cut: (url, forMs) => cutUntil.set(new URL(url).origin, time + forMs),
    how: { waits: 'real', watch: (target) => ('fetch' in target ? { ...target, fetch: go } : target) },
  };
}
