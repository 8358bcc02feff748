import { HTTPError } from 'ky';
import { WattliftError, type ApiErrorKind } from '../domain/errors.ts';

/** What kept a call from giving a good answer, before it is put into words. */
export interface Failure {
  readonly kind: ApiErrorKind;
  /** True when asking again may help, for a call that may be repeated at all. */
  readonly transient: boolean;
  /** Present when the API answered. */
  readonly status?: number;
  /** The network's own code, such as `ECONNREFUSED`, when nothing came back. */
  readonly code?: string;
}

const transientStatus: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const timeoutCodes: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** These leave open whether anything was sent, unless it was the connecting itself that failed. */
const unsentWhenConnecting: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const tls =
  /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_SSL_(?:WRONG_VERSION|.*HANDSHAKE|.*PROTOCOL))/;

/**
 * Reads what a failed `fetch` or ky call means. Undefined for what is none of our business and must pass unchanged:
 * errors this program threw on purpose (a run that stops, access refused) and aborts.
 */
export function readFailure(error: unknown): Failure | undefined {
  if (error instanceof HTTPError) {
    const { status } = error.response;
    return { kind: kindOfStatus(status), transient: transientStatus.has(status), status };
  }
  const chain = causesOf(error);
  if (chain.some((one) => one instanceof WattliftError)) return undefined;
  if (chain.some((one) => one.name === 'TimeoutError')) return { kind: 'timeout', transient: true };
  if (chain.some((one) => one.name === 'AbortError')) return undefined;
  const code = chain.map(codeOf).find((found) => found !== undefined);
  if (code === undefined) {
    // fetch itself blocks some ports, before it connects.
    if (chain.some(({ message }) => message === 'bad port')) return { kind: 'unsent', transient: false };
    return { kind: 'lost', transient: true };
  }
  if (timeoutCodes.has(code)) return { kind: 'timeout', transient: true, code };
  if (tls.test(code)) return { kind: 'unsent', transient: false, code };
  const unsent = unsentCodes.has(code) || (unsentWhenConnecting.has(code) && chain.some(isConnecting));
  return { kind: unsent ? 'unsent' : 'lost', transient: true, code };
}

/** The error and its causes, outermost first; an aggregate stands with its own errors. */
export function causesOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  const visit = (one: unknown): void => {
    if (!(one instanceof Error) || chain.includes(one)) return;
    chain.push(one);
    if (one instanceof AggregateError) for (const inner of one.errors) visit(inner);
    visit(one.cause);
  };
  visit(error);
  return chain;
}

/** The `code` an operating system or undici error carries. */
export function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function isConnecting(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}

function kindOfStatus(status: number): ApiErrorKind {
  switch (status) {
    case 401:
      return 'credentials';
    case 403:
      return 'forbidden';
    case 404:
      return 'absent';
    case 408:
    case 504:
      return 'timeout';
    case 409:
      return 'conflict';
    case 413:
      return 'too-large';
    case 429:
      return 'limited';
    default:
      return status >= 500 ? 'outage' : 'invalid';
  }
}
