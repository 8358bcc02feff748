import type { Clock } from '../domain/clock.ts';
import type { Permits } from '../domain/permits.ts';
import type { Budget } from './budget.ts';

interface Waiter {
  readonly budgets: readonly [Budget, ...Budget[]];
  readonly resolve: (grant: Grant) => void;
  readonly reject: (error: unknown) => void;
}

/** The right to send one request now, in every budget it counts in. Exactly one of `end` and `release` is called. */
export interface Grant {
  /** Monotonic. */
  readonly grantedAt: number;
  /** The request is about to go this much later: another process must not think that its permit is over. */
  renew(): void;
  /** What came of it is known, or can no longer change: the window of each budget runs from `from` (monotonic). */
  end(from: number): void;
  /** It was never sent. */
  release(): void;
}

/**
 * Hands out permits in the order they were asked for. Waits without polling: wakes when the oldest permit ends, the pause
 * is over, or an own answer has come.
 */
export class PermitGate {
  readonly #permits: Permits;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #waiters = new Set<Waiter>();
  readonly #writing = new Set<Promise<void>>();
  #pumping = false;
  #timer: { readonly at: number; readonly cancel: AbortController } | undefined;

  constructor(permits: Permits, clock: Clock, timeoutMs: number) {
    this.#permits = permits;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Waits for a permit in all of these budgets. All requests of one gate count in the same first budget; one that waits
   * only for another budget is overtaken. Rejects with the signal's reason once it aborts, and when the permits fail.
   */
  take(budgets: readonly [Budget, ...Budget[]], signal: AbortSignal): Promise<Grant> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#cancelTimer();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        budgets,
        resolve: (grant) => {
          signal.removeEventListener('abort', leave);
          resolve(grant);
        },
        reject: (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiters.add(waiter);
      this.#wake();
    });
  }

  /** Nothing is sent before `until` (monotonic), by any process. A pause that stands longer stays. */
  pause(budgets: readonly Budget[], until: number): void {
    for (const budget of budgets) {
      const pause = budget.pause(until);
      if (pause !== undefined) this.#write(this.#permits.pause(budget.limit.key, pause));
    }
  }

  /** Resolves when everything said to the permits is written. */
  async flush(): Promise<void> {
    await Promise.all(this.#writing);
  }

  #wake(): void {
    if (!this.#pumping) void this.#pump();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let waiter = this.#next(); waiter !== undefined; waiter = this.#next()) {
      try {
        const ids = await this.#permits.grant(waiter.budgets.map((budget) => budget.ask()));
        if (ids !== undefined) this.#give(waiter, ids);
      } catch (error) {
        if (this.#waiters.delete(waiter)) waiter.reject(error);
      }
    }
    // In the same breath as the last look at the waiters: one who comes now starts the next round.
    this.#pumping = false;
  }

  /** The first whose turn it is; when it is nobody's, sets the timer for the next. */
  #next(): Waiter | undefined {
    const now = this.#clock.monotonic();
    let next = Infinity;
    for (const waiter of this.#waiters) {
      const first = waiter.budgets[0].readyAt(now);
      const ready = Math.max(...waiter.budgets.map((budget) => budget.readyAt(now)));
      if (ready <= now) return waiter;
      next = Math.min(next, ready);
      if (first > now) break;
    }
    this.#setTimer(next, now);
    return undefined;
  }

  #give(waiter: Waiter, ids: readonly string[]): void {
    const now = this.#clock.monotonic();
    for (const budget of waiter.budgets) {
      budget.open();
      const endedBefore = budget.purgeBefore(now);
      if (endedBefore !== undefined) this.#write(this.#permits.purge(budget.limit.key, endedBefore));
    }
    const grant = this.#toGrant(waiter.budgets, ids, now);
    if (this.#waiters.delete(waiter)) waiter.resolve(grant);
    else grant.release();
  }

  #toGrant(budgets: readonly Budget[], ids: readonly string[], grantedAt: number): Grant {
    const settle = (answered: boolean, endOf: (budget: Budget) => number): void => {
      const at = this.#clock.now();
      for (const [index, budget] of budgets.entries()) {
        const id = ids[index];
        if (id === undefined) continue;
        const endsAt = answered ? endOf(budget) : this.#clock.monotonic() + this.#timeoutMs + budget.limit.windowMs;
        if (answered) budget.close(endsAt);
        this.#write(this.#permits.settle(id, { at, endsAt: budget.toWall(endsAt), answered }));
      }
      if (answered) this.#wake();
    };
    return {
      grantedAt,
      renew: () => settle(false, () => 0),
      end: (from) => settle(true, (budget) => from + budget.limit.windowMs),
      release: () => settle(true, () => this.#clock.monotonic()),
    };
  }

  /**
   * A permit whose end could not be written counts for longer than it must, which is safe, and the next grant says what is
   * wrong with the file: no answer is given up for it.
   */
  #write(writing: Promise<void>): void {
    const settled = writing.catch(() => undefined).finally(() => this.#writing.delete(settled));
    this.#writing.add(settled);
  }

  #setTimer(at: number, now: number): void {
    if (at !== Infinity && this.#timer !== undefined && this.#timer.at <= at) return;
    this.#cancelTimer();
    if (at === Infinity) return;
    const cancel = new AbortController();
    this.#timer = { at, cancel };
    this.#clock.sleep(Math.ceil(at - now), cancel.signal).then(
      () => {
        if (cancel.signal.aborted) return;
        this.#timer = undefined;
        this.#wake();
      },
      () => undefined,
    );
  }

  #cancelTimer(): void {
    this.#timer?.cancel.abort();
    this.#timer = undefined;
  }
}
