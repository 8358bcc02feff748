/** How a budget answers to a 429. */
export interface BackOffOptions {
  /** No pause is longer, whatever the server says. */
  readonly maxPauseMs: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

const firstPauseMs = 1_000;

/**
 * How long to pause after a 429: as the server says, else doubling from one second, with jitter. Requests that were under way
 * together are refused together: only a refusal of a request that was sent after the last pause began doubles it.
 */
export class BackOff {
  readonly #options: BackOffOptions;
  #strikes = 0;
  #pausedAt = -Infinity;

  constructor(options: BackOffOptions) {
    this.#options = options;
  }

  /** A 429 came. Returns for how long to pause from now, in milliseconds; 0 when the standing pause has answered it. */
  refused(answer: {
    readonly headers: Headers;
    readonly sentAt: number;
    readonly now: number;
    readonly wall: number;
  }): number {
    const { headers, sentAt, now, wall } = answer;
    const { maxPauseMs, random } = this.#options;
    const asked = readRetryAfter(headers, wall);
    const fresh = sentAt >= this.#pausedAt;
    if (fresh) {
      this.#strikes += 1;
      this.#pausedAt = now;
    }
    if (asked !== undefined) return Math.min(asked, maxPauseMs);
    if (!fresh) return 0;
    return Math.min(firstPauseMs * 2 ** (this.#strikes - 1), maxPauseMs) * (0.5 + random() / 2);
  }

  /** Another answer than 429 came to a request sent then. */
  accepted(sentAt: number): void {
    if (sentAt >= this.#pausedAt) this.#strikes = 0;
  }
}

/**
 * `Retry-After` in milliseconds: seconds, or an HTTP date less the answer's own `Date` (else our wall clock).
 * Undefined when it is absent, unreadable, or not in the future.
 */
export function readRetryAfter(headers: Headers, wall: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  const date = readHttpDate(text);
  const ms = date === undefined ? readSeconds(text) * 1_000 : date - (readHttpDate(headers.get('date') ?? '') ?? wall);
  return ms > 0 ? ms : undefined;
}

function readSeconds(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
}

/** RFC 9110's preferred form only: `Date.parse` alone would read a date into almost anything. */
function readHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}
