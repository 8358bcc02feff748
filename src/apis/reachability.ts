import type { Clock } from '../domain/clock.ts';
import { ApiError, type ApiErrorDetails } from '../domain/errors.ts';
import { causesOf, readFailure } from './failure.ts';

/** Nothing but failed connections for this long: the API is away. */
const patienceMs = 2 * 60_000;
/** Connections are made and nothing is answered for so many timeouts in a row: as often as a span of 32 days is halved, and once. */
const mostTimeouts = 6;
/** Fewer failures say nothing, however far apart they are. */
const fewestFailures = 5;
const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** What a gateway says when nobody is behind it. */
const nobodyBehind: ReadonlySet<number> = new Set([502, 503, 504]);

export interface ReachabilityOptions {
  readonly api: ApiErrorDetails['api'];
  /** Its address: what is asked elsewhere (a description at another host) says nothing of it. */
  readonly url: string;
  /** How long one request may take. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** For the jitter of pauses: from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Told when the API seems to be away, when it answers again, and when nothing more is sent to it. */
  readonly warn: (message: string) => void;
}

/** A request that was made: what and when (monotonic). */
export interface Sent {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly sentAt: number;
}

/**
 * The account of one run with one API, over all who send to it: is anything answered at all? After a connection that could
 * not be made requests go one at a time, with growing pauses, until one gets through. Once nothing has been answered for a
 * settled patience the API counts as away, and nothing is sent to it any more in this run.
 */
export class Reachability {
  readonly #options: ReachabilityOptions;
  readonly #origin: string | undefined;
  #answeredAt = -Infinity;
  #failures = 0;
  /** Since when nothing has been answered, and since when no connection was made; monotonic. */
  #silentSince: number | undefined;
  #unsentSince: number | undefined;
  #pauses = 0;
  #pausedUntil = -Infinity;
  #lastTurn: Promise<void> = Promise.resolve();
  #hasWarned = false;
  #away: ApiError | undefined;

  constructor(options: ReachabilityOptions) {
    this.#options = options;
    this.#origin = URL.canParse(options.url) ? new URL(options.url).origin : undefined;
  }

  /** Why nothing is sent to it any more, an `ApiError` of kind `away`; undefined while it is not given up. */
  get away(): ApiError | undefined {
    return this.#away;
  }

  /** Is this the API's own address? All else is about requests to it. */
  covers(origin: string): boolean {
    return origin === this.#origin;
  }

  /** A request has failed, and nothing was answered since: whether it is worth while to try again is decided here, for all. */
  get isSilent(): boolean {
    return this.#silentSince !== undefined;
  }

  /**
   * Waits until a request may go. Call what it returns once the outcome is told, or nothing was sent. Throws `away`, or the
   * signal's reason.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    this.#demandPresence();
    if (this.#unsentSince === undefined) return doNothing;
    const before = this.#lastTurn;
    let leave = doNothing;
    this.#lastTurn = new Promise((resolve) => {
      leave = resolve;
    });
    try {
      await before;
      signal.throwIfAborted();
      const waitMs = this.#pausedUntil - this.#options.clock.monotonic();
      if (this.#unsentSince !== undefined && waitMs > 0) await this.#options.clock.sleep(waitMs, signal);
      this.#demandPresence();
    } catch (error) {
      leave();
      throw error;
    }
    // The way is free again: nobody need wait for what comes of this one.
    if (this.#unsentSince === undefined) leave();
    return leave;
  }

  /** The headers of an answer came. What a gateway says for a server that is not there is none. */
  answered(status: number, sent: Sent): void {
    if (nobodyBehind.has(status)) {
      this.#fail(`was answered ${String(status)}`, false, sent);
      return;
    }
    this.#answeredAt = this.#options.clock.monotonic();
    if (this.#away !== undefined || this.#silentSince === undefined) return;
    this.#silentSince = undefined;
    this.#unsentSince = undefined;
    this.#failures = 0;
    this.#pauses = 0;
    this.#pausedUntil = -Infinity;
    if (this.#hasWarned) this.#options.warn(`${this.#name} answers again`);
    this.#hasWarned = false;
  }

  /** No headers came. What is neither the network's nor the API's doing is passed over. */
  failed(error: unknown, sent: Sent): void {
    const failure = readFailure(error);
    if (failure === undefined) return;
    const why = causesOf(error).findLast(({ message }) => message !== '')?.message ?? 'no reason given';
    this.#fail(`failed in the network: ${why}`, failure.kind === 'unsent', sent);
  }

  #fail(what: string, isUnsent: boolean, sent: Sent): void {
    const { clock, timeoutMs } = this.#options;
    const now = clock.monotonic();
    this.#failures += 1;
    this.#silentSince ??= Math.max(sent.sentAt, this.#answeredAt);
    if (isUnsent) {
      this.#unsentSince ??= now;
      this.#pause(now);
    } else if (sent.sentAt >= (this.#unsentSince ?? Infinity)) {
      // There was a connection again.
      this.#unsentSince = undefined;
    }
    const unsentMs = now - (this.#unsentSince ?? now);
    const silentMs = now - this.#silentSince;
    const isOver = unsentMs >= patienceMs || silentMs >= Math.max(patienceMs, mostTimeouts * timeoutMs);
    if (this.#away !== undefined || this.#failures < fewestFailures) return;
    if (isOver) this.#giveUp(what, sent);
    else if (!this.#hasWarned && isUnsent) {
      this.#hasWarned = true;
      this.#options.warn(
        `${this.#name} cannot be reached: ${sent.method} ${sent.path} ${what}; all requests to it wait together, and after ${String(patienceMs / 60_000)} minutes without a connection it is given up for this run`,
      );
    }
  }

  /** Requests that were under way together fail together: what fails during a pause does not make it longer. */
  #pause(now: number): void {
    if (now < this.#pausedUntil) return;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pausedUntil = now + pauseMs * (0.5 + this.#options.random() / 2);
    this.#pauses += 1;
  }

  #giveUp(what: string, { method, path }: Sent): void {
    const { api, clock, warn } = this.#options;
    const since = new Date(clock.now() - (clock.monotonic() - (this.#silentSince ?? 0))).toISOString();
    this.#away = new ApiError(
      { api, kind: 'away', method, path },
      `${this.#name} has answered nothing since ${since}: ${String(this.#failures)} requests failed, and the last, ${method} ${path}, ${what}; nothing more is sent to it in this run, and what is left waits: check the address, the network and any proxy, then run again`,
    );
    warn(this.#away.message);
  }

  #demandPresence(): void {
    if (this.#away !== undefined) throw this.#away;
  }

  get #name(): string {
    return this.#options.api === 'watttime' ? 'WattTime' : 'WattCarbon';
  }
}

function doNothing(): void {}
