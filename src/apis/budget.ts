import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { BudgetNews, ForeignPermit, PermitAsk } from '../domain/permits.ts';

/** What an API allows one account: at most `requests` in any stretch of `windowMs`. `key` names API and account. */
export interface BudgetLimit {
  readonly key: string;
  readonly requests: number;
  readonly windowMs: number;
}

/** How long a permit of an hour ago is kept: long after its end, since the wall clock may be set back meanwhile. */
const keepEndedMs = 3_600_000;

/** The wall clock counts whole milliseconds and is slewed a little against the monotonic one: less than this is no step. */
const stepMs = 5;

/**
 * One process's view of a budget. Own permits are kept in monotonic time. Those of others come in wall time and are pinned
 * to monotonic time when first seen: as written after the last look and not after now, and when the wall clock was stepped
 * since the last look, as written now. So a step never frees a permit early (two that cancel each other between two looks
 * cannot be seen), and never makes one count for longer from now than it was given: timeout and window at most.
 */
export class Budget {
  readonly limit: BudgetLimit;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #owner = randomUUID();
  /** Own permits whose answer has not come. They never end by themselves: the attempt's timeout ends them. */
  #open = 0;
  /** When own answered permits end, ascending. */
  readonly #ends: number[] = [];
  readonly #foreign = new Map<string, number>();
  readonly #unanswered = new Set<string>();
  #nextForeignEnd = Infinity;
  /** The last look at what others hold: when (monotonic), the wall clock's lead then, and what was the news by then. */
  #looked: { readonly at: number; readonly wallOffset: number; readonly sequence: number } | undefined;
  #pausedUntil = -Infinity;
  #seenPause: BudgetNews['pause'];
  #purgedAt = -Infinity;

  constructor(limit: BudgetLimit, timeoutMs: number, clock: Clock) {
    this.limit = limit;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
  }

  /**
   * When to ask for a permit: now (or before), later, or `Infinity` when nothing but an own answer can make room.
   * Monotonic milliseconds.
   */
  readyAt(now: number): number {
    if (this.#pausedUntil > now) return this.#pausedUntil;
    if (this.#hasRoom(now)) return now;
    // Another process's request may have been answered since the last look; then its permit ends a window later.
    const next = this.#unanswered.size > 0 && this.#looked ? this.#looked.at + this.limit.windowMs : Infinity;
    return Math.min(next, this.#nextForeignEnd, this.#ends[0] ?? Infinity);
  }

  /** The question to put to the permits that all processes share. */
  ask(): PermitAsk {
    const at = this.#clock.now();
    return {
      budget: this.limit.key,
      owner: this.#owner,
      since: this.#looked?.sequence,
      at,
      endsAt: this.toWall(this.#clock.monotonic() + this.#timeoutMs + this.limit.windowMs),
      decide: (news) => {
        const now = this.#clock.monotonic();
        this.#absorb(news, now);
        return this.#pausedUntil <= now && this.#hasRoom(now);
      },
    };
  }

  /** A permit was granted. */
  open(): void {
    this.#open += 1;
  }

  /** A permit that was granted ends then (monotonic, exclusive); one that was not used ends at once. */
  close(endsAt: number): void {
    this.#open -= 1;
    let place = this.#ends.length;
    while (place > 0 && (this.#ends[place - 1] ?? 0) > endsAt) place -= 1;
    this.#ends.splice(place, 0, endsAt);
  }

  /**
   * Grants nothing before `until` (monotonic). Returns the pause in wall time, to be written for the others; undefined when
   * one stands that lasts as long: a pause is never shortened.
   */
  pause(until: number): { readonly at: number; readonly endsAt: number } | undefined {
    if (until <= this.#pausedUntil) return undefined;
    this.#pausedUntil = until;
    const pause = { at: Math.floor(this.#clock.now()), endsAt: Math.ceil(this.toWall(until)) };
    this.#seenPause = { writtenAt: pause.at, endsAt: pause.endsAt };
    return pause;
  }

  /** A monotonic instant as wall time of now. One millisecond is added for the wall clock's coarseness. */
  toWall(monotonic: number): number {
    return this.#clock.now() + (monotonic - this.#clock.monotonic()) + 1;
  }

  /** The wall time before which ended permits may be forgotten; undefined when that was done not long ago. */
  purgeBefore(now: number): number | undefined {
    if (now < this.#purgedAt + this.limit.windowMs) return undefined;
    this.#purgedAt = now;
    return this.#clock.now() - keepEndedMs;
  }

  #hasRoom(now: number): boolean {
    this.#prune(now);
    return this.#open + this.#ends.length + this.#foreign.size < this.limit.requests;
  }

  #prune(now: number): void {
    let ended = 0;
    while ((this.#ends[ended] ?? Infinity) <= now) ended += 1;
    if (ended > 0) this.#ends.splice(0, ended);
    if (this.#nextForeignEnd > now) return;
    this.#nextForeignEnd = Infinity;
    for (const [id, end] of this.#foreign) {
      if (end > now) this.#nextForeignEnd = Math.min(this.#nextForeignEnd, end);
      else this.#forget(id);
    }
  }

  #absorb({ sequence, permits, pause }: BudgetNews, now: number): void {
    for (const permit of permits) this.#pinPermit(permit, now);
    // An own pause is known better than by wall time, and the bounds of a pin hold only for what is new since the last look.
    if (pause && (pause.writtenAt !== this.#seenPause?.writtenAt || pause.endsAt !== this.#seenPause.endsAt)) {
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#pin(pause, now));
    }
    this.#seenPause = pause;
    this.#looked = { at: now, wallOffset: this.#clock.now() - now, sequence };
  }

  #pinPermit(permit: ForeignPermit, now: number): void {
    const end = this.#pin(permit, now);
    if (end <= now) {
      this.#forget(permit.id);
      return;
    }
    this.#foreign.set(permit.id, end);
    this.#nextForeignEnd = Math.min(this.#nextForeignEnd, end);
    if (permit.answered) this.#unanswered.delete(permit.id);
    else this.#unanswered.add(permit.id);
  }

  #pin({ writtenAt, endsAt }: { readonly writtenAt: number; readonly endsAt: number }, now: number): number {
    const offset = this.#clock.now() - now;
    const stepped = this.#looked !== undefined && Math.abs(offset - this.#looked.wallOffset) > stepMs;
    const written = stepped ? now : Math.min(now, writtenAt - offset + stepMs);
    return Math.max(written, this.#looked?.at ?? -Infinity) + Math.max(0, endsAt - writtenAt);
  }

  #forget(id: string): void {
    this.#foreign.delete(id);
    this.#unanswered.delete(id);
  }
}
