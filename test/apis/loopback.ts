import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { Wire } from '../../src/apis/wire.ts';

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Cuts the connection: before any answer, or in the middle of the body. */
  readonly cut?: 'before' | 'within';
}

export interface Loopback {
  readonly url: string;
  readonly seen: Seen[];
  /** How many requests came for this path. */
  count(path: string): number;
}

/** A server on a port of its own, closed when the test ends. */
export async function serve(answer: (request: Seen) => Reply | Promise<Reply>): Promise<Loopback> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const one = await readRequest(request);
      seen.push(one);
      write(response, await answer(one));
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    seen,
    count: (path) => seen.filter(({ url }) => url.pathname === path).length,
  };
}

async function readRequest(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '', 'http://loopback'),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function write(response: ServerResponse, { status = 200, headers = {}, body, cut }: Reply): void {
  if (cut === 'before') {
    response.destroy();
    return;
  }
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  if (cut === 'within') {
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    return;
  }
  response.end(text);
}

/** Plain `fetch`, with the hook called where the throttle calls it; `fail` stands for what the throttle may throw. */
export function plainWire(fail?: () => Error | undefined): Wire {
  const go: typeof fetch = async (input, init) => {
    const error = fail?.();
    if (error) throw error;
    return globalThis.fetch(input, init);
  };
  return {
    fetch: go,
    fetchWith:
      ({ beforeSend }) =>
      async (input, init) => {
        await beforeSend();
        return go(input, init);
      },
  };
}

/** A clock that moves only when told; `wallMs` and `monotonicMs` can be moved apart. */
export function testClock(): Clock & { wallMs: number; monotonicMs: number; pass(ms: number): void } {
  return {
    wallMs: Date.parse('2025-06-01T00:00:00Z'),
    monotonicMs: 5_000,
    now() {
      return this.wallMs;
    },
    monotonic() {
      return this.monotonicMs;
    },
    sleep: () => Promise.resolve(),
    pass(ms) {
      this.wallMs += ms;
      this.monotonicMs += ms;
    },
  };
}

/** An address at which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
}

/** Retries at once, so that a test does not wait. */
export const quick = { limit: 3, delayMs: 1, longestDelayMs: 2 };

/** The error a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected an error');
}
