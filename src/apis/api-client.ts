import ky from 'ky';
import type { z } from 'zod';
import { WattliftError, type ApiErrorDetails } from '../domain/errors.ts';
import { describeFailure, unreadable, type AnswerFacts, type Doing } from './api-failure.ts';
import { repeats, type Repeatable, type RetryPolicy } from './repeats.ts';
import type { Secrets } from './secrets.ts';
import type { Wire, WireHooks } from './wire.ts';

export interface ApiClientOptions {
  readonly api: ApiErrorDetails['api'];
  /** Address of the API; a path in it is kept in front of every call's own. */
  readonly url: string;
  /** This program's version, for the `User-Agent`. */
  readonly version: string;
  readonly wire: Wire;
  readonly secrets: Secrets;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly retry?: RetryPolicy | undefined;
  /** Told of every answer as it comes, repeated attempts included. */
  readonly onAnswer?: ((answered: AnsweredRequest) => void) | undefined;
}

/** One answered request, for the log: free of secrets. */
export interface AnsweredRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly status: number;
  /** The `x-request-id` of the answer: support asks for it. */
  readonly requestId?: string;
}

/** One call: what to send, and how to speak of it. */
export interface Call extends Pick<Doing, 'doing' | 'advice' | 'writes'> {
  readonly method: string;
  /** Below the API's address, with a leading slash; or a whole URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestInit['body'];
  /** By default `get`. */
  readonly retry?: Repeatable;
  readonly hooks?: WireHooks | undefined;
  /** Reads the body of a good answer, JSON where nothing is said; undefined for what is none. */
  readonly parse?: (body: Uint8Array) => unknown;
}

/** An answer with a good status, its body read. */
export interface Answer extends AnswerFacts {
  readonly headers: Headers;
  readonly url: string;
  readonly body: Uint8Array;
}

export interface ApiClient {
  /** The API's address without a slash at its end. */
  readonly baseUrl: string;
  readonly secrets: Secrets;
  /** Attempts made besides the first ones. */
  readonly retries: number;
  /** Counts one more, for what is repeated outside of this client. */
  countRetry(): void;
  /** Throws `ApiError` for anything but a 2xx; lets interruptions, aborts and errors of `hooks` through as they are. */
  send(call: Call): Promise<Answer>;
  /** An `ApiError` of kind `unreadable` for an answer that only the caller can judge. */
  unreadable(why: string, call: Call, answer: Answer): Error;
}

const noBytes = new Uint8Array(0);

const defaultRetry: RetryPolicy = { limit: 4, delayMs: 500, longestDelayMs: 15_000 };

/**
 * The HTTP client of one API, on ky: our `User-Agent` on everything, no timeout of ky's (the wire starts one inside its
 * slot), bounded retries with jitter for calls that change nothing. `Retry-After` is the wire's business: it pauses the
 * whole budget, so ky never waits for it. Redirects are not followed.
 */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { api, version, wire, secrets, random, retry = defaultRetry } = options;
  const baseUrl = readBaseUrl(api, options.url);
  const http = ky.create({ headers: { 'user-agent': `wattlift/${version}` }, timeout: false, redirect: 'manual' });
  let retries = 0;

  const place = (call: Call): URL => {
    const url = new URL(/^https?:\/\//.test(call.path) ? call.path : `${baseUrl}${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    return url;
  };
  const speakOf = (call: Call): Doing => {
    const { pathname, search } = place(call);
    return { ...call, api, path: `${pathname}${search}` };
  };

  const tell = (call: Call, status: number, headers: Headers): void => {
    const requestId = headers.get('x-request-id');
    options.onAnswer?.({
      method: call.method,
      path: secrets.redact(speakOf(call).path),
      status,
      ...(requestId !== null && { requestId: secrets.redact(requestId) }),
    });
  };

  const send = async (call: Call): Promise<Answer> => {
    const watch = watchHooks(call.hooks);
    const fetchOnce = watch.hooks === undefined ? wire.fetch : wire.fetchWith(watch.hooks);
    const url = place(call);
    let body: Uint8Array = noBytes;
    try {
      const response = await http(url, {
        method: call.method,
        fetch: readWhole(
          fetchOnce,
          ({ status, headers }) => tell(call, status, headers),
          (bytes) => (body = bytes),
        ),
        ...(call.headers !== undefined && { headers: call.headers }),
        ...(call.body !== undefined && { body: call.body }),
        retry: repeats({
          policy: retry,
          how: call.retry,
          random,
          isSilent: () => wire.isSilent?.(url.origin) ?? false,
        }),
        hooks: { beforeRetry: [() => void retries++] },
      });
      const requestId = response.headers.get('x-request-id') ?? undefined;
      return {
        status: response.status,
        body,
        get text() {
          return new TextDecoder().decode(body);
        },
        requestId,
        headers: response.headers,
        url: url.href,
      };
    } catch (error) {
      throw watch.failed === undefined ? await describeFailure(error, speakOf(call), secrets) : watch.failed.error;
    }
  };

  return {
    baseUrl,
    secrets,
    get retries() {
      return retries;
    },
    countRetry: () => void retries++,
    send,
    unreadable: (why, call, answer) => unreadable(why, answer, speakOf(call), secrets),
  };
}

/** The answer's JSON, checked; throws `ApiError` of kind `unreadable` when it does not fit. */
export function readAnswer<T>(client: ApiClient, call: Call, answer: Answer, schema: z.ZodType<T>): T {
  const value = call.parse ? call.parse(answer.body) : parseJson(answer.text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (value === undefined) throw client.unreadable('it is no JSON', call, answer);
  const [issue] = parsed.error.issues;
  throw client.unreadable(
    `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'not as documented'}`,
    call,
    answer,
  );
}

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function readBaseUrl(api: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }
  throw new WattliftError(
    `${api}.url-invalid`,
    `the address of ${api} must be like https://host/path, without a user or password in it; correct ${api}.url in the manifest`,
  );
}

/**
 * Reads the body inside the attempt, so that a connection cut in its middle counts, and is repeated, as a lost request. The
 * body of a good answer goes to `onBody` alone: put into a new response it would be held three times, megabytes each.
 */
function readWhole(
  fetchOnce: typeof fetch,
  onAnswer: (response: Response) => void,
  onBody: (bytes: Uint8Array) => void,
): typeof fetch {
  return async (input, init) => {
    const response = await fetchOnce(input, init);
    onAnswer(response);
    const body = new Uint8Array(await response.arrayBuffer());
    onBody(body);
    const { ok, status, statusText, headers } = response;
    return new Response(ok || body.length === 0 ? null : body, { status, statusText, headers });
  };
}

/** Remembers what a hook threw: the ledger's refusal must not be taken for the network's. */
function watchHooks(hooks: WireHooks | undefined): {
  hooks: WireHooks | undefined;
  failed: { error: unknown } | undefined;
} {
  const watch: ReturnType<typeof watchHooks> = { hooks: undefined, failed: undefined };
  if (hooks !== undefined) {
    watch.hooks = {
      beforeSend: async () => {
        try {
          await hooks.beforeSend();
        } catch (error) {
          watch.failed = { error };
          throw error;
        }
      },
    };
  }
  return watch;
}
