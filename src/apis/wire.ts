/** What happens between the grant of a permit and the request itself. */
export interface WireHooks {
  /** Awaited once the request may go; when it rejects, nothing is sent. */
  readonly beforeSend: () => Promise<void>;
}

/** The way out to one API, with its budget: `createThrottle` gives one; plain `fetch` will do in a test. */
export interface Wire {
  readonly fetch: typeof fetch;
  /** Does nobody answer at this origin? Then the wire holds requests back, and a sent-again one fails with `away` in the end. */
  readonly isSilent?: (origin: string) => boolean;
  /** The same budget, with a hook of its own for one call. */
  fetchWith(hooks: WireHooks): typeof fetch;
}
