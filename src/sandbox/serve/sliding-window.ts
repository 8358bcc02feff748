/** At most `requests` in any stretch of `windowMs`. */
export interface Limit {
  readonly requests: number;
  readonly windowMs: number;
}

/**
 * A true sliding window for each user: a request is admitted when fewer than `requests` were admitted in the `windowMs`
 * before it, so no window anywhere holds more. A refused request does not count. Times are monotonic milliseconds.
 */
export class SlidingWindow {
  readonly #limit: Limit;
  readonly #admitted = new Map<string, number[]>();

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** Milliseconds until this user's next request would be admitted: 0 when it would be now. */
  waitMs(user: string, now: number): number {
    const times = this.#current(user, now);
    const oldest = times[times.length - this.#limit.requests];
    return oldest === undefined ? 0 : oldest + this.#limit.windowMs - now;
  }

  /** Counts a request as admitted at `now`. */
  admit(user: string, now: number): void {
    this.#current(user, now).push(now);
  }

  #current(user: string, now: number): number[] {
    const times = this.#admitted.get(user) ?? [];
    const kept = times.findIndex((time) => time > now - this.#limit.windowMs);
    if (kept !== 0) {
      times.splice(0, kept === -1 ? times.length : kept);
    }
    this.#admitted.set(user, times);
    return times;
  }
}
