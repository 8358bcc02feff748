import { Duration } from 'luxon';
import { eachRun, type NumberColumn } from '../series/packed-numbers.ts';
import { isAscending, sortedNumbers } from '../series/sort-rows.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Counts lengths, one by one: a file of millions has few different ones. */
export class LengthCounts {
  readonly #counts = new Map<number, number>();
  #last = 0;
  #lastCount = 0;

  /** Counts a length, so many times; zero, less and NaN are left out. */
  add(length: number, times = 1): void {
    if (!(length > 0)) return;
    if (length !== this.#last) {
      this.#settle();
      this.#last = length;
    }
    this.#lastCount += times;
  }

  /** Every length with how often it came. */
  get counts(): ReadonlyMap<number, number> {
    this.#settle();
    return this.#counts;
  }

  /** The most frequent length; the shorter one of a tie; undefined when there is none. */
  get mostFrequent(): number | undefined {
    let best: number | undefined;
    let bestCount = 0;
    for (const [length, count] of this.counts) {
      if (best === undefined || count > bestCount || (count === bestCount && length < best)) {
        [best, bestCount] = [length, count];
      }
    }
    return best;
  }

  #settle(): void {
    if (this.#lastCount > 0) this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + this.#lastCount);
    this.#lastCount = 0;
  }
}

/** The most frequent of some lengths, zero left out; the shorter one of a tie; undefined when there is none. */
export function mostFrequent(lengths: Iterable<number>): number | undefined {
  const counts = new LengthCounts();
  for (const length of lengths) counts.add(length);
  return counts.mostFrequent;
}

/** The steps between the moments of a column, in order of time whatever its own order; NaN is passed over. */
export function countSteps(column: NumberColumn): LengthCounts {
  const moments = isAscending(column) ? column : sortedNumbers(column);
  const counts = new LengthCounts();
  let previous = Number.NaN;
  eachRun(moments, (first, step, count) => {
    if (Number.isNaN(first)) return;
    counts.add(first - previous);
    counts.add(step, count - 1);
    previous = first + step * (count - 1);
  });
  return counts;
}

/** Differences of neighbours; the values must be ascending for them to be lengths. */
export function* stepsOf(values: readonly number[]): Generator<number, void, void> {
  for (let at = 1; at < values.length; at += 1) yield (values[at] ?? 0) - (values[at - 1] ?? 0);
}

/** True for a day of 23, 24 or 25 hours. */
export function isDayLong(ms: number): boolean {
  return ms >= 23 * hourMs && ms <= 25 * hourMs;
}

/** `15 minutes`, `1 hour`, `2 days`. */
export function describeLength(ms: number): string {
  const units = [
    [dayMs, 'day'],
    [hourMs, 'hour'],
    [minuteMs, 'minute'],
    [1000, 'second'],
  ] as const;
  for (const [length, name] of units) {
    if (ms >= length && ms % length === 0) return `${String(ms / length)} ${name}${ms === length ? '' : 's'}`;
  }
  return `${String(ms / 1000)} seconds`;
}

/** An `interval` option (`PT15M`, `P1D`) in milliseconds; undefined when it is no fixed, positive length up to a day. */
export function intervalMs(text: string): number | undefined {
  const duration = Duration.fromISO(text);
  if (!duration.isValid || duration.years !== 0 || duration.months !== 0) return undefined;
  const ms = duration.toMillis();
  return ms > 0 && ms <= dayMs ? ms : undefined;
}
