import { HTTPError } from 'ky';
import { ApiError, type ApiErrorDetails, type ApiErrorKind } from '../domain/errors.ts';
import { readApiWords, shorten } from './api-words.ts';
import { causesOf, codeOf, readFailure } from './failure.ts';
import type { Secrets } from './secrets.ts';

/** What was being done, for the sentence an error makes of it. */
export interface Doing {
  readonly api: ApiErrorDetails['api'];
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** As in "looking up the grid region at 41.48, -91.58". */
  readonly doing: string;
  /** What to do next, where a call knows better than the general advice; undefined leaves it to that one. */
  readonly advice?: Partial<Readonly<Record<ApiErrorKind, string | ((came: Refusal) => string | undefined)>>>;
  /** True for calls that change something: their open outcomes are said to be open. */
  readonly writes?: boolean;
}

/** What advice may depend on besides the kind. */
export interface Refusal {
  /** The API's own words. */
  readonly said?: string | undefined;
  /** The answer is a page of HTML: it comes from something in front of the API. */
  readonly isPage?: boolean;
}

/**
 * Puts a failed call into an `ApiError`: what was being done, what came back, what to do next, free of secrets, causes
 * included. Errors that are not the API's or the network's (an interruption, refused access, an abort) are returned as
 * they are. Reads the body of an answer that has not been read.
 */
export async function describeFailure(error: unknown, doing: Doing, secrets: Secrets): Promise<unknown> {
  const failure = readFailure(error);
  if (failure === undefined) return error;
  if (error instanceof HTTPError) {
    const { response } = error;
    const words = readApiWords(await readText(response)) ?? movedTo(response);
    const said = words === undefined ? undefined : shorten(secrets.redact(words));
    const requestId = response.headers.get('x-request-id') ?? undefined;
    const isPage = response.headers.get('content-type')?.includes('text/html') ?? false;
    // A write may have been done when the answer is to be found elsewhere; 301, 307 and 308 ask for the same at another place.
    const isOpen = doing.writes === true && [302, 303].includes(response.status);
    return apiError(
      { kind: isOpen ? 'unreadable' : failure.kind, status: response.status, requestId, said, isPage },
      answered(response.status, said, requestId),
      doing,
      secrets,
    );
  }
  const network = failure.code === undefined ? innermost(error) : `${innermost(error)} (${failure.code})`;
  const came = failure.kind === 'timeout' ? 'was not answered in time' : `failed in the network: ${network}`;
  const advice = failure.transient || failure.code === undefined ? undefined : certificateAdvice;
  return apiError(
    { kind: failure.kind },
    came,
    advice === undefined ? doing : withAdvice(doing, advice),
    secrets,
    error,
  );
}

/** An answer of a good status that is not what the contract says. `why` is a clause: "it has no id". */
export function unreadable(why: string, answer: AnswerFacts, doing: Doing, secrets: Secrets): ApiError {
  const words = readApiWords(answer.text);
  const said = words === undefined ? undefined : shorten(secrets.redact(words), 120);
  return apiError(
    { kind: 'unreadable', status: answer.status, requestId: answer.requestId, said },
    `${answered(answer.status, said, answer.requestId)}, which cannot be used: ${why}`,
    doing,
    secrets,
  );
}

/** What an error repeats of an answer. */
export interface AnswerFacts {
  readonly status: number;
  readonly text: string;
  readonly requestId: string | undefined;
}

interface Came extends Refusal {
  readonly kind: ApiErrorKind;
  readonly status?: number;
  readonly requestId?: string | undefined;
}

const certificateAdvice =
  'nothing was sent; check the address, and where a proxy signs with a certificate of its own, name it in NODE_EXTRA_CA_CERTS';
const openAdvice = 'whether it was done is not known, so the next try looks before it sends again';
const again = 'run again later; what is done stays done';

const generalAdvice: Readonly<Record<ApiErrorKind, string>> = {
  credentials: 'check the credentials',
  forbidden: 'the account has no permission for this; ask the API for it, or leave it out',
  absent: 'check the address and the ids in it',
  conflict: 'it is there already; look which one it is',
  invalid: 'correct what it names and run again',
  'too-large': 'send less at once',
  limited: 'too many requests were made with this account; lower the limit in the manifest, or run again later',
  unsent: 'nothing was sent; check the address, the network and any proxy, then run again',
  away: again,
  timeout: again,
  lost: again,
  outage: again,
  unreadable: 'check that the address is the API itself, not a page in front of it',
};

function apiError(came: Came, what: string, doing: Doing, secrets: Secrets, cause?: unknown): ApiError {
  const { api, method, writes = false } = doing;
  const path = secrets.redact(doing.path);
  const details: ApiErrorDetails = {
    api,
    kind: came.kind,
    method,
    path,
    ...(came.status !== undefined && { status: came.status }),
    ...(came.requestId !== undefined && { requestId: secrets.redact(shorten(came.requestId, 100)) }),
    ...(came.said !== undefined && { said: came.said }),
  };
  const open = writes && ['timeout', 'lost', 'outage', 'unreadable'].includes(came.kind);
  const own = doing.advice?.[came.kind];
  const advice = (typeof own === 'function' ? own(came) : own) ?? (open ? openAdvice : generalAdvice[came.kind]);
  const message = secrets.redact(`${doing.doing}: ${method} ${path} ${what}; ${advice}`);
  return new ApiError(details, message, cause === undefined ? undefined : { cause: plainCause(cause, secrets) });
}

function answered(status: number, said: string | undefined, requestId: string | undefined): string {
  const words = said === undefined ? '' : ` "${said}"`;
  return `answered ${String(status)}${words}${requestId === undefined ? '' : ` (request id ${shorten(requestId, 100)})`}`;
}

/** Redirects are not followed: a permit is for one request, and a token is for one host. */
function movedTo(response: Response): string | undefined {
  const location = response.headers.get('location');
  return location === null ? undefined : `moved to ${location}`;
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch {
    return '';
  }
}

function withAdvice(doing: Doing, unsent: string): Doing {
  return { ...doing, advice: { ...doing.advice, unsent } };
}

function innermost(error: unknown): string {
  const last = causesOf(error).findLast((one) => one.message !== '');
  return last === undefined ? 'no reason given' : last.message;
}

/** A copy of a network error's chain without what hangs on it: requests, headers, sockets and raw data may hold secrets. */
function plainCause(error: unknown, secrets: Secrets): Error | undefined {
  let copy: Error | undefined;
  for (const one of causesOf(error).toReversed()) {
    const code = codeOf(one);
    const text = `${one.name}: ${one.message}${code === undefined ? '' : ` (${code})`}`;
    copy = new Error(secrets.redact(text), copy === undefined ? undefined : { cause: copy });
  }
  return copy;
}
