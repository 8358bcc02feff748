import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import type { Clock } from '../../domain/clock.ts';
import type { SandboxStateStore } from '../state.ts';
import { answerJson } from './answer.ts';
import { type Arrival, type Outcome, decideOutcome, nameOutcome } from './decide-outcome.ts';
import type { SandboxApi } from './api.ts';
import { readBody, readForm } from './body.ts';
import type { ApiName, Fault, FaultHook } from './fault.ts';
import { createRouter } from './router.ts';
import { SlidingWindow } from './sliding-window.ts';

/** One line of the sandbox's log. */
export interface LogEntry {
  readonly api: ApiName;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly operation: string;
  /** A status, or `lost`, `cut`, `hang`, `truncated`. */
  readonly outcome: string;
  readonly durationMs: number;
  /** What went wrong inside the sandbox itself, where the outcome is 500 for no fault. */
  readonly error?: unknown;
}

export interface ServeOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly state: SandboxStateStore;
  readonly maxBodyBytes: number;
  readonly fault: FaultHook | undefined;
  readonly log: ((entry: LogEntry) => void) | undefined;
}

/** An API that is being served. */
export interface ServedApi {
  readonly url: string;
  /** Ends open connections, those that hang too, and resolves when no request is at work any more. */
  close(): Promise<void>;
}

/** Serves one API on 127.0.0.1. Rejects with Node's error when the port is taken. */
export async function serveApi(api: SandboxApi, options: ServeOptions): Promise<ServedApi> {
  const { clock, state } = options;
  const findRoute = createRouter(api.routes);
  const windows = new Map(Object.entries(api.limits).map(([name, limit]) => [name, new SlidingWindow(limit)]));
  const closing = new AbortController();
  const atWork = new Set<Promise<void>>();
  /** Values of `Authorization` that the fault `expired` has hit. */
  const expired = new Set<string>();
  let arrived = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = clock.monotonic();
    arrived += 1;
    response.setHeader('x-request-id', `sandbox-${api.name}-${String(arrived)}`);
    const method = request.method ?? 'GET';
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const match = findRoute(method, path);
    const operation = match.kind === 'route' ? match.route.operation : 'unknown';
    const body = await readBody(request, options.maxBodyBytes);
    const form = body && (await readForm(request.headers['content-type'], body));
    const fault = options.fault?.({ api: api.name, method, path, operation });
    if (fault?.kind === 'slow') {
      await clock.sleep(fault.delayMs, closing.signal);
    }
    // Nothing may be done after `close` has begun: the state is about to be closed as well.
    closing.signal.throwIfAborted();
    const headers = fault?.kind === 'expired' ? expire(request.headers) : withoutExpired(request.headers);
    const times = { now: clock.now(), monotonic: clock.monotonic() };
    const arrival: Arrival = { match, path, headers, query: new URLSearchParams(query), body, form, ...times };
    const { outcome, error } = work(arrival, operation, fault);
    if (api.latencyMs !== undefined && api.latencyMs > 0) {
      await clock.sleep(api.latencyMs, closing.signal);
    }
    send(response, outcome);
    const durationMs = clock.monotonic() - startedAt;
    const entry: LogEntry = { api: api.name, method, path, operation, outcome: nameOutcome(outcome), durationMs };
    options.log?.(error === undefined ? entry : { ...entry, error });
  }

  /** From now on the request's token is good for nothing; a login shows none. */
  function expire(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const { authorization = '' } = headers;
    if (/^bearer /i.test(authorization)) {
      expired.add(authorization);
    }
    return withoutExpired(headers);
  }

  function withoutExpired(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    return expired.has(headers.authorization ?? '') ? { ...headers, authorization: 'Bearer expired' } : headers;
  }

  /** One transaction: what is done and that it was done are committed together, before anything is sent. */
  function work(arrival: Arrival, operation: string, fault: Fault | undefined): { outcome: Outcome; error?: unknown } {
    try {
      return state.transaction(() => {
        const outcome = decideOutcome(api, windows, arrival, fault);
        state.countRequest(api.name, operation, nameOutcome(outcome));
        return { outcome };
      });
    } catch (error) {
      return { outcome: answerJson(500, { detail: 'The sandbox itself failed.' }), error };
    }
  }

  async function answerOrHangUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answer(request, response);
    } catch {
      // The client went away, or the sandbox closes: there is nobody to tell.
      response.destroy();
    }
  }

  const server = createServer((request, response) => {
    const done = answerOrHangUp(request, response).finally(() => {
      atWork.delete(done);
    });
    atWork.add(done);
  });
  // Longer than a client keeps an idle connection, so that it is never closed under a request on its way.
  server.keepAliveTimeout = 120_000;
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await closed;
      await Promise.all(atWork);
    },
  };
}

function send(response: ServerResponse, outcome: Outcome): void {
  if (outcome === 'hang') {
    return;
  }
  if (typeof outcome === 'string') {
    response.destroy();
    return;
  }
  const answer = 'half' in outcome ? outcome.half : outcome;
  const body = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.byteLength });
  if ('half' in outcome) {
    response.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => response.destroy());
    return;
  }
  response.end(body);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
