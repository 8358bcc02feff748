/** Time as an argument: nothing below `cli/` reads the machine's clock by itself. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. May be stepped by an administrator or by NTP. */
  now(): number;
  /** Monotonic time in milliseconds from an arbitrary origin; never goes back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
