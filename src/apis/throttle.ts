import PQueue from 'p-queue';
import type { Clock } from '../domain/clock.ts';
import { InterruptedError } from '../domain/errors.ts';
import type { Permits } from '../domain/permits.ts';
import { nameRequest, sendAttempt } from './attempt.ts';
import { BackOff } from './back-off.ts';
import { Budget, type BudgetLimit } from './budget.ts';
import { type Grant, PermitGate } from './permit-gate.ts';
import type { Reachability } from './reachability.ts';
import type { Wire, WireHooks } from './wire.ts';

export interface ThrottleOptions {
  readonly limit: BudgetLimit;
  /** Requests under way at once: from the wait for a permit until the answer's headers. */
  readonly concurrency: number;
  /** For one attempt, headers and body; waiting for a turn and a permit does not count. */
  readonly timeoutMs: number;
  readonly permits: Permits;
  readonly clock: Clock;
  /** For the jitter of pauses: from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Stop: what was not sent yet rejects with `InterruptedError`, now and later; what is under way goes on. */
  readonly signal?: AbortSignal;
  /** Where it is kept whether the API answers at all; by default nobody minds. */
  readonly reachability?: Reachability | undefined;
  /** The longest pause after a 429. Default 15 minutes. */
  readonly maxPauseMs?: number;
}

/**
 * One budget for everything that goes to one API under one account. Worn as ky's `fetch`, so that every attempt, retries
 * too, takes a permit and a timeout of its own. A 429 pauses the budget and is returned like any answer.
 *
 * `fetchWith({ beforeSend })`: it runs once the permit is granted, before the request. When it rejects, nothing is sent and
 * the permit is given back. From its start on a stop comes too late: the request is sent.
 */
export interface Throttle extends Wire {
  /** The same, for requests that count in another budget besides (logins). */
  alsoCounting(limit: BudgetLimit): Wire;
  /** Requests sent, and how many of them were answered 429. */
  readonly counts: { readonly total: number; readonly limited: number };
  /** Resolves when the ends of all permits are written; call it before closing the permits. Lets go of the stop signal. */
  close(): Promise<void>;
}

/** A `beforeSend` that took this long moves the permit's end, for the sake of other processes. */
const lateMs = 1_000;
const defaultMaxPauseMs = 15 * 60_000;

/**
 * Keeps the limit exactly, as the server counts: a permit counts from its grant until the answer plus the window, or, when
 * the outcome is unknown, until the latest moment of an answer plus the window. Since every request of any stretch of
 * `windowMs` at the server then held a permit at the grant of the last of them, they cannot be more than the limit.
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { clock, permits, timeoutMs, reachability, signal: stop } = options;
  const bareFetch = options.fetch ?? globalThis.fetch;
  const queue = new PQueue({ concurrency: options.concurrency });
  const gate = new PermitGate(permits, clock, timeoutMs);
  const backOff = new BackOff({ maxPauseMs: options.maxPauseMs ?? defaultMaxPauseMs, random: options.random });
  const main = new Budget(options.limit, timeoutMs, clock);
  const others = new Map<string, Budget>();
  const unsent = new Set<AbortController>();
  const counts = { total: 0, limited: 0 };

  const onStop = (): void => {
    for (const waiting of unsent) waiting.abort(new InterruptedError());
  };
  stop?.addEventListener('abort', onStop, { once: true });

  const budgetOf = (limit: BudgetLimit): Budget => {
    const known = others.get(limit.key) ?? new Budget(limit, timeoutMs, clock);
    others.set(limit.key, known);
    return known;
  };

  const heed = (response: Response, sentAt: number, budgets: readonly Budget[]): void => {
    if (response.status !== 429) {
      backOff.accepted(sentAt);
      return;
    }
    counts.limited += 1;
    const now = clock.monotonic();
    gate.pause(budgets, now + backOff.refused({ headers: response.headers, sentAt, now, wall: clock.now() }));
  };

  const send = async (grant: Grant, ask: Ask): Promise<Response> => {
    try {
      await ask.hooks?.beforeSend();
      ask.signal?.throwIfAborted();
    } catch (error) {
      grant.release();
      throw error;
    }
    const sentAt = clock.monotonic();
    const sent = { ...ask.name, sentAt };
    if (sentAt - grant.grantedAt > lateMs) grant.renew();
    counts.total += 1;
    try {
      const response = await sendAttempt({ ...ask, fetch: bareFetch, timeoutMs, clock });
      heed(response, sentAt, ask.budgets);
      ask.reachability?.answered(response.status, sent);
      grant.end(clock.monotonic());
      return response;
    } catch (error) {
      ask.reachability?.failed(error, sent);
      grant.end(sentAt + timeoutMs);
      throw error;
    }
  };

  const request = (ask: Ask): Promise<Response> =>
    new Promise((resolve, reject) => {
      const waiting = new AbortController();
      const onAbort = (): void => waiting.abort(ask.signal?.reason);
      const settleWaiting = (): void => {
        unsent.delete(waiting);
        ask.signal?.removeEventListener('abort', onAbort);
      };
      waiting.signal.addEventListener('abort', () => {
        settleWaiting();
        reject(waiting.signal.reason);
      });
      if (stop?.aborted) waiting.abort(new InterruptedError());
      else if (ask.signal?.aborted) onAbort();
      if (waiting.signal.aborted) return;
      unsent.add(waiting);
      ask.signal?.addEventListener('abort', onAbort, { once: true });
      const turn = async (): Promise<void> => {
        // One that left while it was queued only takes its turn to go.
        if (waiting.signal.aborted) return;
        const leave = await ask.reachability?.enter(waiting.signal);
        try {
          const grant = await gate.take(ask.budgets, waiting.signal).finally(settleWaiting);
          resolve(await send(grant, ask));
        } finally {
          leave?.();
        }
      };
      queue.add(turn).catch(reject).finally(settleWaiting);
    });

  const reachabilityAt = (origin: string): Reachability | undefined =>
    reachability?.covers(origin) ? reachability : undefined;

  const toWire = (budgets: readonly [Budget, ...Budget[]]): Wire => {
    const fetchWith =
      (hooks?: WireHooks): typeof fetch =>
      (input, init) => {
        const name = nameRequest(input, init);
        const signal = signalOf(input, init);
        return request({ budgets, hooks, input, init, name, reachability: reachabilityAt(name.origin), signal });
      };
    return { fetch: fetchWith(), fetchWith, isSilent: (origin) => reachabilityAt(origin)?.isSilent ?? false };
  };

  return {
    ...toWire([main]),
    alsoCounting: (limit) => toWire([main, budgetOf(limit)]),
    counts,
    close: async () => {
      stop?.removeEventListener('abort', onStop);
      await gate.flush();
    },
  };
}

interface Ask {
  readonly budgets: readonly [Budget, ...Budget[]];
  readonly hooks: WireHooks | undefined;
  readonly input: Parameters<typeof fetch>[0];
  readonly init: RequestInit | undefined;
  readonly name: ReturnType<typeof nameRequest>;
  /** That of the API, where it is the API's own address. */
  readonly reachability: Reachability | undefined;
  readonly signal: AbortSignal | undefined;
}

function signalOf(input: Ask['input'], init: RequestInit | undefined): AbortSignal | undefined {
  return init?.signal ?? (typeof input === 'object' && 'signal' in input ? input.signal : undefined);
}
