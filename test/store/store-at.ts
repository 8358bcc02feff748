import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { History, MoerPoint } from '../../src/domain/moer.ts';
import type { Span } from '../../src/domain/span.ts';
import { createMoerStore, type MoerDataset, type MoerStoreOptions } from '../../src/store/moer-store.ts';
import { createMemoryCoverage } from './memory-coverage.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** UTC milliseconds of `2025-01-01` or `2025-01-01T00:03Z`. */
export function at(text: string): number {
  return Date.parse(text);
}

/** The span between two such times. */
export function between(start: string, end: string): Span {
  return { start: at(start), end: at(end) };
}

/** A clock that stands still. */
export function stoppedClock(nowMs: number): Clock {
  return { now: () => nowMs, monotonic: () => nowMs, sleep: async () => undefined };
}

/** A folder of its own, gone after the test. */
export async function makeFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'moer-store-'));
  onTestFinished(async () => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** What the runs of a test share: a folder and what the ledger remembers. */
export async function makeWorld(): Promise<Pick<MoerStoreOptions, 'dir' | 'coverage'>> {
  return { dir: await makeFolder(), coverage: createMemoryCoverage() };
}

/** The store as a run that starts at `now` opens it. */
export function openStore(
  world: Pick<MoerStoreOptions, 'dir' | 'coverage'>,
  now: string | number,
  changed: Partial<MoerStoreOptions> = {},
): MoerDataset {
  const nowMs = typeof now === 'string' ? at(now) : now;
  const store = createMoerStore({
    ...world,
    revisionsMs: 7 * dayMs,
    chunkMs: 32 * dayMs,
    nowMs,
    clock: stoppedClock(nowMs),
    ...changed,
  });
  onTestFinished(async () => store.close());
  return store;
}

/** A full answer: a point each period, its value told by `value`. */
export function answer(
  span: Span,
  { value = (time: number): number => (time / minuteMs) % 1000, periodSeconds = 300, model = '2023-03-01' } = {},
): History {
  const periodMs = periodSeconds * 1000;
  const points: MoerPoint[] = [];
  for (let time = Math.ceil(span.start / periodMs) * periodMs; time < span.end; time += periodMs) {
    points.push({ time, value: value(time), model });
  }
  return { points, periodSeconds, model, warnings: [] };
}

/** The answer of an API that has nothing for the span. */
export const emptyAnswer: History = { points: [], periodSeconds: 300, warnings: [] };
