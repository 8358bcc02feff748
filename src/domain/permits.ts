/** A permit of another owner, as it was last written. How long it still counts is a matter of wall time. */
export interface ForeignPermit {
  readonly id: string;
  /** Wall milliseconds by its owner's clock when this was written; the end is meant from there. */
  readonly writtenAt: number;
  /** Exclusive. For one that is not answered yet: as if the answer came at the last possible moment. */
  readonly endsAt: number;
  readonly answered: boolean;
}

/** What other owners have changed in a budget since it was last looked at. */
export interface BudgetNews {
  /** To be given as `since` the next time. */
  readonly sequence: number;
  /** New and changed permits; one given back has ended when it was written. */
  readonly permits: readonly ForeignPermit[];
  /** A pause that any owner has set, as wall milliseconds by that owner's clock; it may be over. */
  readonly pause: { readonly writtenAt: number; readonly endsAt: number } | undefined;
}

/** One budget that a request is to be counted in. */
export interface PermitAsk {
  /** Which budget: an API and an account. */
  readonly budget: string;
  /** Who asks; a process may be several. */
  readonly owner: string;
  /** The last `sequence` seen; undefined at first: then only permits that have not ended by the wall clock are news. */
  readonly since: number | undefined;
  /** Wall milliseconds: now, and when the permit ends if no answer ever comes. */
  readonly at: number;
  readonly endsAt: number;
  /** Sees the news and says whether there is room. Called once, inside the transaction; must not throw. */
  readonly decide: (news: BudgetNews) => boolean;
}

/**
 * Permits of rate budgets, shared by every process that opens the same place. Durable against a killed process (not against
 * a power cut: after one the window has passed anyway), so that requests of a run that ended a moment ago still count.
 */
export interface Permits {
  /**
   * One transaction across processes: every ask sees its news and decides; a permit each when all agree, none otherwise.
   * The ids come in the order of the asks.
   */
  grant(asks: readonly PermitAsk[]): Promise<readonly string[] | undefined>;
  /** Moves the end of a permit: before it is sent late, and once its answer has come. */
  settle(
    id: string,
    settled: { readonly at: number; readonly endsAt: number; readonly answered: boolean },
  ): Promise<void>;
  /** Nobody takes a permit of this budget before `endsAt`. A pause that is known to last longer stays. */
  pause(budget: string, pause: { readonly at: number; readonly endsAt: number }): Promise<void>;
  /** Forgets permits that ended before this (wall milliseconds). */
  purge(budget: string, endedBefore: number): Promise<void>;
  close(): Promise<void>;
}
