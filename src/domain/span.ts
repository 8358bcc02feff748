/** A stretch of time, half open `[start, end)`, as UTC instants in milliseconds since the epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
