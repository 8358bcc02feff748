import type { Problem } from './problem.ts';

/** Base of every error this program throws on purpose: `code` is dotted and stable, the message says what to do. */
export class WattliftError extends Error {
  override readonly name: string = 'WattliftError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Input that cannot be used; carries every problem found, not only the first. */
export class ProblemError extends WattliftError {
  override readonly name = 'ProblemError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly [Problem, ...Problem[]]) {
    super(problems[0].code, problems.map((problem) => problem.message).join('; '));
    this.problems = problems;
  }
}

/** Credentials missing or refused, or permission refused. Exit code 3. */
export class AccessError extends WattliftError {
  override readonly name = 'AccessError';
  /** The one of several accounts that is refused, by the manifest's name for it: its sites fail, and the run goes on. */
  readonly account: string | undefined;

  constructor(code: string, message: string, options?: ErrorOptions & { readonly account?: string | undefined }) {
    super(code, message, options);
    this.account = options?.account;
  }
}

/** The run was asked to stop before this work was started: nothing was sent for it. */
export class InterruptedError extends WattliftError {
  override readonly name = 'InterruptedError';

  constructor() {
    super('run.interrupted', 'stopped before this was sent; run again to go on');
  }
}

/** Another run holds the ledger, or the dataset. Exit code 4. */
export class LedgerHeldError extends WattliftError {
  override readonly name = 'LedgerHeldError';

  constructor(message: string, code: 'ledger.held' | 'store.held' = 'ledger.held') {
    super(code, message);
  }
}

/** A creation whose outcome only a person can settle. Exit code 5. */
export class UncertainError extends WattliftError {
  override readonly name = 'UncertainError';
}

/**
 * What an API's refusal or silence means.
 * `credentials` 401, or a login refused; `forbidden` 403; `absent` 404; `conflict` 409 or a body that says "already there";
 * `invalid` 400, 422, and other refusals; `too-large` 413; `limited` 429; `unsent` the connection was never made;
 * `away` nothing was sent, since nothing at all was answered for too long in this run;
 * `timeout` (ours, 408 or 504), `lost` (reset, cut), `outage` (other 5xx) and `unreadable` leave open whether the work was done.
 */
export type ApiErrorKind =
  | 'credentials'
  | 'forbidden'
  | 'absent'
  | 'conflict'
  | 'invalid'
  | 'too-large'
  | 'limited'
  | 'unsent'
  | 'away'
  | 'timeout'
  | 'lost'
  | 'outage'
  | 'unreadable';

export interface ApiErrorDetails {
  readonly api: 'watttime' | 'wattcarbon';
  readonly kind: ApiErrorKind;
  readonly method: string;
  /** Path and query, never with credentials. */
  readonly path: string;
  readonly status?: number;
  /** The `x-request-id` of the answer: support asks for it. */
  readonly requestId?: string;
  /** The API's own words, shortened; HTML reduced to its text. */
  readonly said?: string;
}

const openKinds: ReadonlySet<ApiErrorKind> = new Set(['timeout', 'lost', 'outage', 'unreadable']);

/** An API call that did not give what was asked. The code is `<api>.<kind>`. */
export class ApiError extends WattliftError {
  override readonly name = 'ApiError';
  readonly details: ApiErrorDetails;

  constructor(details: ApiErrorDetails, message: string, options?: ErrorOptions) {
    super(`${details.api}.${details.kind}`, message, options);
    this.details = details;
  }

  /** True when nobody can say whether the API did the work (contract: "A POST whose answer was lost"). */
  get outcomeUnknown(): boolean {
    return openKinds.has(this.details.kind);
  }
}
