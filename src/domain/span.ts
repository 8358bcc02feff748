/** A stretch of time, half open `[start, end)`, as UTC instants in milliseconds since the epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The part of a span that lies in one UTC calendar month. */
export interface MonthSpan extends Span {
  /** `2025-01`. */
  readonly month: string;
}

/** The same stretches sorted by start, without overlap: those that overlap or touch become one, empty ones go. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What of `wanted` lies in none of `covered` (in any order, overlapping or not): sorted, not overlapping, none empty. */
export function subtractSpans(wanted: Span, covered: readonly Span[]): readonly Span[] {
  const left: Span[] = [];
  let from = wanted.start;
  for (const { start, end } of mergeSpans(covered)) {
    if (end <= from) continue;
    if (start >= wanted.end) break;
    if (start > from) left.push({ start: from, end: start });
    from = end;
  }
  if (from < wanted.end) left.push({ start: from, end: wanted.end });
  return left;
}

/** What two spans share; undefined when they share nothing. */
export function intersectSpans(one: Span, other: Span): Span | undefined {
  const start = Math.max(one.start, other.start);
  const end = Math.min(one.end, other.end);
  return start < end ? { start, end } : undefined;
}

/**
 * Moves both ends up to the grid (multiples of `gridMs` since the epoch). Exactly the grid points with `start <= t < end`
 * are in the result, so neighbouring spans stay neighbours and share no point; a span without a point becomes empty.
 */
export function alignSpan(span: Span, gridMs: number): Span {
  return { start: Math.ceil(span.start / gridMs) * gridMs, end: Math.ceil(span.end / gridMs) * gridMs };
}

/**
 * Cuts a span into as few neighbouring pieces of at most `maxMs` as can be; all but the last are full.
 * Throws `RangeError` when `maxMs` is not above 0.
 */
export function cutSpan(span: Span, maxMs: number): readonly Span[] {
  if (!(maxMs > 0)) throw new RangeError(`a span cannot be cut into pieces of ${String(maxMs)} ms`);
  const pieces: Span[] = [];
  for (let start = span.start; start < span.end; start += maxMs) {
    pieces.push({ start, end: Math.min(start + maxMs, span.end) });
  }
  return pieces;
}

/** The name of the UTC calendar month an instant lies in: `2025-01`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** Cuts a span at the UTC month boundaries; sorted, one for each month it touches, none for an empty span. */
export function monthsOf(span: Span): readonly MonthSpan[] {
  const months: MonthSpan[] = [];
  for (let start = span.start; start < span.end;) {
    const date = new Date(start);
    const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    months.push({ month: monthOf(start), start, end: Math.min(next, span.end) });
    start = next;
  }
  return months;
}
