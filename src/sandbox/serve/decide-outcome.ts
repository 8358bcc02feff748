import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, answerHtml, answerJson } from './answer.ts';
import type { SandboxApi } from './api.ts';
import type { Form } from './body.ts';
import type { Fault } from './fault.ts';
import type { Match } from './router.ts';
import type { SlidingWindow } from './sliding-window.ts';

/** A request as it arrived, its route found. */
export interface Arrival {
  readonly match: Match;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** Undefined when it was too long. */
  readonly body: Uint8Array | undefined;
  readonly form: Form | undefined;
  readonly now: number;
  readonly monotonic: number;
}

/** How a request ends: with an answer, with half of one, or in silence. */
export type Outcome = Answer | { readonly half: Answer } | 'lost' | 'cut' | 'hang';

/** The name of an outcome in the request log. */
export function nameOutcome(outcome: Outcome): string {
  if (typeof outcome === 'string') {
    return outcome;
  }
  return 'half' in outcome ? 'truncated' : String(outcome.status);
}

/** Does what a request asks, or what the fault says in its place. */
export function decideOutcome(
  api: SandboxApi,
  windows: ReadonlyMap<string, SlidingWindow>,
  arrival: Arrival,
  fault: Fault | undefined,
): Outcome {
  switch (fault?.kind) {
    case 'cut':
    case 'hang':
      return fault.kind;
    case 'html':
      return answerHtml(fault.status ?? 502, `${String(fault.status ?? 502)} Bad Gateway`);
    case 'status':
      return answerStatus(fault);
    case 'lost':
      answerCall(api, windows, arrival);
      return 'lost';
    case 'after-work-500':
      answerCall(api, windows, arrival);
      return answerJson(500, { detail: 'Internal Server Error' });
    case 'html-after-work':
      answerCall(api, windows, arrival);
      return answerHtml(fault.status ?? 200, 'Service Unavailable');
    case 'truncated':
      return { half: answerCall(api, windows, arrival) };
    case 'slow':
    case 'expired':
    case undefined:
      return answerCall(api, windows, arrival);
  }
}

function answerStatus({ status, body, retryAfter }: Extract<Fault, { kind: 'status' }>): Answer {
  const text = body ?? JSON.stringify({ detail: `Fault: ${String(status)}` });
  const headers = {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  };
  return { status, headers, body: text };
}

/** In the order of a real front: the proxy, the path, the caller, the limits, the endpoint. */
function answerCall(api: SandboxApi, windows: ReadonlyMap<string, SlidingWindow>, arrival: Arrival): Answer {
  const { match, body } = arrival;
  if (!arrival.headers['user-agent']?.trim()) {
    return answerHtml(403, '403 Forbidden');
  }
  if (body === undefined) {
    return api.tooLarge();
  }
  if (match.kind === 'unknown-path') {
    return api.unknownPath();
  }
  if (match.kind === 'wrong-method') {
    return api.wrongMethod(match.allowed);
  }
  const { route, parameters } = match;
  const call = { ...arrival, body, parameters };
  const user = route.caller(call);
  if (typeof user !== 'string') {
    return user;
  }
  const counting = route.limits.flatMap((name) => windows.get(name) ?? []);
  const waitMs = Math.max(0, ...counting.map((window) => window.waitMs(user, arrival.monotonic)));
  if (waitMs > 0) {
    const refusal = api.limited();
    if (api.sendsRetryAfter === false) {
      return refusal;
    }
    return { ...refusal, headers: { ...refusal.headers, 'retry-after': String(Math.ceil(waitMs / 1000)) } };
  }
  for (const window of counting) {
    window.admit(user, arrival.monotonic);
  }
  return route.handle({ ...call, user });
}
