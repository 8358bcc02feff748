/** Which API of the two. */
export type ApiName = 'watttime' | 'wattcarbon';

/** The request a fault hook decides about. `operation` is `unknown` for a path no endpoint has. */
export interface FaultRequest {
  readonly api: ApiName;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly operation: string;
}

/**
 * A bad day, for one request.
 * Before the work: `status` answers that status, `html` a proxy's page, `cut` destroys the connection, `hang` never answers,
 * `slow` waits and then goes on, `expired` takes the request's token from now on for one that has expired.
 * After the work is done and committed: `lost` destroys the connection without an answer, `after-work-500` answers 500,
 * `truncated` breaks off in the middle of the answer's body, `html-after-work` answers a page.
 */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'after-work-500' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'html-after-work'; readonly status?: number };

/** Asked once for each request, before anything else is done with it; undefined is a good day. */
export type FaultHook = (request: FaultRequest) => Fault | undefined;
