/** A permit as another process left it: how long it still counts is a matter of wall time. */
export interface ForeignPermit {
  readonly id: string;
  /** Wall milliseconds when it was granted and when it ends; `endsAt` of an unanswered one is grant + timeout + window. */
  readonly grantedAt: number;
  readonly endsAt: number;
}

/**
 * Permits of rate budgets, shared by every process that opens the same file. Durable against a killed process
 * (not against a power cut: after one the window has passed anyway), so that requests of a run that ended a moment ago still count.
 */
export interface Permits {
  /**
   * One transaction across processes: shows `decide` the permits of `budget` held by other owners, and grants when it says so.
   * Returns the permit's id, or undefined when `decide` refused.
   */
  grant(
    budget: string,
    owner: string,
    at: { readonly grantedAt: number; readonly endsAt: number },
    decide: (foreign: readonly ForeignPermit[]) => boolean,
  ): string | undefined;
  /** Sets when a permit ends, once its answer has come. */
  settle(id: string, endsAt: number): void;
  /** Takes back a permit that was never used. */
  release(id: string): void;
  /** Forgets permits that ended before `endedBefore` (wall milliseconds). */
  purge(budget: string, endedBefore: number): void;
  close(): void;
}
