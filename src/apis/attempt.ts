import type { Clock } from '../domain/clock.ts';

export interface Attempt {
  readonly fetch: typeof fetch;
  readonly input: Parameters<typeof fetch>[0];
  readonly init: RequestInit | undefined;
  /** For headers and body together. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The caller's own: ends the attempt at once, as it would end a bare `fetch`. */
  readonly signal: AbortSignal | undefined;
}

/** These may not have a body, and `Response` refuses one. */
const bodiless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * One request with one deadline that covers the body too: a body that stalls fails to be read when the time is over, and so
 * does one that nobody reads. What a timeout throws is a `DOMException` named `TimeoutError`.
 */
export async function sendAttempt({ fetch, input, init, timeoutMs, clock, signal }: Attempt): Promise<Response> {
  const ended = new AbortController();
  const abort = new AbortController();
  const onAbort = (): void => abort.abort(signal?.reason);
  const end = (): void => {
    signal?.removeEventListener('abort', onAbort);
    ended.abort();
  };
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  clock.sleep(timeoutMs, ended.signal).then(
    () => abort.abort(timeoutOf(input, init, timeoutMs)),
    () => undefined,
  );
  try {
    const response = await fetch(input, { ...init, signal: abort.signal });
    if (response.body === null || bodiless.has(response.status)) {
      end();
      return response;
    }
    return withBody(response, watch(response.body, abort.signal, end));
  } catch (error) {
    end();
    throw abort.signal.aborted ? abort.signal.reason : error;
  }
}

/** The same bytes. Calls `end` once they have all come, are no longer wanted, or will not come. */
function watch(body: ReadableStream<Uint8Array>, signal: AbortSignal, end: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      start: (stream) => {
        signal.addEventListener('abort', () => {
          end();
          stream.error(signal.reason);
          reader.cancel(signal.reason).catch(() => undefined);
        });
      },
      pull: async (stream) => {
        try {
          const { done, value } = await reader.read();
          if (signal.aborted) return;
          if (value !== undefined) stream.enqueue(value);
          if (!done) return;
          end();
          stream.close();
        } catch (error) {
          end();
          if (!signal.aborted) stream.error(error);
        }
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    },
    // Reads ahead nothing: an answer that nobody reads must not be buffered.
    { highWaterMark: 0 },
  );
}

function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected } = response;
  const watched = new Response(body, { status, statusText, headers });
  // A constructed Response has no address; callers that log or follow links need it.
  return Object.defineProperties(watched, { url: { value: url }, redirected: { value: redirected } });
}

/** A request as messages name it: without its query. */
export function nameRequest(
  input: Attempt['input'],
  init: RequestInit | undefined,
): { readonly method: string; readonly origin: string; readonly path: string } {
  const request = typeof input === 'object' && 'url' in input ? input : undefined;
  const { origin, pathname: path } = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
  return { method: init?.method ?? request?.method ?? 'GET', origin, path };
}

function timeoutOf(input: Attempt['input'], init: RequestInit | undefined, timeoutMs: number): DOMException {
  const { method, origin, path } = nameRequest(input, init);
  return new DOMException(
    `${method} ${origin}${path} was not answered in full within ${String(timeoutMs / 1_000)} s`,
    'TimeoutError',
  );
}
