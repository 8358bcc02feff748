import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { createThrottle, type Throttle, type ThrottleOptions } from '../../src/apis/throttle.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { openSqlitePermits } from '../../src/ledger/sqlite-permits.ts';
import { type Fate, makePermitFile, SimulatedClock, SimulatedServer } from './simulation.ts';

export const url = 'http://api.test/v3/historical';

/** The machine's own clock, for tests against a real server. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal && { signal }),
};

type Settings = Partial<ThrottleOptions> & {
  readonly requests: number;
  readonly windowMs: number;
  readonly file?: string;
};

/** A throttle with permits of its own connection, closed after the test. */
export async function openThrottle({ requests, windowMs, file, ...settings }: Settings): Promise<Throttle> {
  const permits = await openSqlitePermits(file ?? (await makePermitFile()));
  const throttle = createThrottle({
    limit: { key: 'api user', requests, windowMs },
    concurrency: 1_000,
    timeoutMs: 10_000,
    permits,
    clock: realClock,
    random: () => 0.5,
    ...settings,
  });
  onTestFinished(async () => {
    await throttle.close();
    await permits.close();
  });
  return throttle;
}

/** A throttle before a simulated server, both on simulated time. Answers take 100 ms there and 100 ms back by default. */
export async function simulate(settings: Settings & { readonly fate?: () => Fate }): Promise<{
  readonly clock: SimulatedClock;
  readonly server: SimulatedServer;
  readonly throttle: Throttle;
  readonly file: string;
}> {
  const clock = new SimulatedClock();
  const { fate = () => ({ thereMs: 100, backMs: 100, outcome: 'answered' }), ...rest } = settings;
  const server = new SimulatedServer(clock, fate);
  const file = settings.file ?? (await makePermitFile());
  return { clock, server, file, throttle: await openThrottle({ clock, fetch: server.fetch, ...rest, file }) };
}

/** Starts so many requests at once. */
export function start(throttle: Throttle, count: number): Promise<PromiseSettledResult<Response>[]> {
  return Promise.allSettled(Array.from({ length: count }, () => throttle.fetch(url)));
}
