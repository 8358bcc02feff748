import type { CachedDocument } from '../../src/apis/openapi-source.ts';
import { createWattCarbon, type WattCarbonClient, type WattCarbonOptions } from '../../src/apis/wattcarbon.ts';
import { plainWire, quick, serve, testClock, type Loopback, type Reply, type Seen } from './loopback.ts';
import { documentOf, wholeDocument } from './openapi-documents.ts';

export const apiKey = 'key-of-the-account-9f8e';
export const email = 'ops@example.com';

export interface World {
  readonly client: WattCarbonClient;
  readonly server: Loopback;
  readonly clock: ReturnType<typeof testClock>;
  readonly warnings: string[];
  readonly kept: Map<string, CachedDocument>;
  /** What came besides the description and logins. */
  calls(): readonly Seen[];
}

export interface WorldOptions {
  readonly answer?: (request: Seen) => Reply;
  readonly document?: (url: string) => Reply;
  readonly token?: () => Reply;
  readonly isGood?: (token: string) => boolean;
  readonly settings?: Partial<WattCarbonOptions>;
  readonly kept?: Map<string, CachedDocument>;
}

/** WattCarbon on loopback, with a description of itself, and a client for it. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  let logins = 0;
  const server = await serve((request) => {
    const { pathname } = request.url;
    if (pathname === '/openapi.json') return options.document?.(server.url) ?? { body: documentOf(wholeDocument) };
    if (pathname === '/auth/token') {
      logins += 1;
      return (
        options.token?.() ?? {
          body: { access_token: `token-${String(logins)}`, token_type: 'bearer', expires_in: null },
        }
      );
    }
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (options.isGood?.(token) === false) return { status: 401, body: { detail: 'token expired' } };
    return options.answer?.(request) ?? { status: 404, body: { detail: 'Not Found' } };
  });
  const clock = testClock();
  const warnings: string[] = [];
  const kept = options.kept ?? new Map<string, CachedDocument>();
  const client = createWattCarbon({
    url: server.url,
    account: 'acc-1',
    email,
    apiKey,
    wire: plainWire(),
    clock,
    version: '0.1.0',
    random: () => 0,
    retry: quick,
    openapi: 'auto',
    endpoints: {},
    allowUnverifiedEndpoints: false,
    cache: {
      get: (url) => Promise.resolve(kept.get(url)),
      set: (document) => Promise.resolve(void kept.set(document.url, document)),
    },
    warn: (message) => void warnings.push(message),
    ...options.settings,
  });
  const own = new Set(['/openapi.json', '/auth/token', '/']);
  return {
    client,
    server,
    clock,
    warnings,
    kept,
    calls: () => server.seen.filter(({ url }) => !own.has(url.pathname)),
  };
}

/** Hooks that count how often a request was about to be sent. */
export function countingHooks(): { readonly beforeSend: () => Promise<void>; readonly sends: () => number } {
  let sends = 0;
  return {
    beforeSend: () => {
      sends += 1;
      return Promise.resolve();
    },
    sends: () => sends,
  };
}
