import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createApiClient, type ApiClient, type Call } from '../../src/apis/api-client.ts';
import { Secrets } from '../../src/apis/secrets.ts';
import { ApiError, InterruptedError, WattliftError, type ApiErrorKind } from '../../src/domain/errors.ts';
import type { Wire } from '../../src/apis/wire.ts';
import { closedAddress, errorOf, plainWire, quick, serve } from './loopback.ts';

function clientOf(url: string, wire: Wire = plainWire(), secrets = new Secrets()): ApiClient {
  return createApiClient({ api: 'watttime', url, version: '1.2.3', wire, secrets, random: () => 0.5, retry: quick });
}

const get: Call = { doing: 'reading a thing', method: 'GET', path: '/thing' };
const post: Call = { doing: 'making a thing', method: 'POST', path: '/thing', body: 'x', writes: true };

async function apiErrorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await errorOf(promise);
  if (error instanceof ApiError) return error;
  throw error;
}

test('every request carries our user agent, and a path in the address is kept', async () => {
  const server = await serve(() => ({ body: {} }));
  await clientOf(`${server.url}/proxy/`).send({ ...get, query: { a: '1 2' } });
  expect(server.seen[0]?.headers['user-agent']).toBe('wattlift/1.2.3');
  expect(server.seen[0]?.url.href).toBe('http://loopback/proxy/thing?a=1+2');
});

test.each([408, 429, 500, 502, 503, 504])(
  'a GET answered %i is repeated, and the retries are counted',
  async (status) => {
    let left = 2;
    const server = await serve(() =>
      left-- > 0 ? { status, headers: { 'retry-after': '3600' } } : { body: { ok: true } },
    );
    const client = clientOf(server.url);
    expect((await client.send(get)).status).toBe(200);
    expect(client.retries).toBe(2);
    expect(server.seen).toHaveLength(3);
  },
);

test.each([400, 401, 403, 404, 409, 413, 422, 501])('a GET answered %i is not repeated', async (status) => {
  const server = await serve(() => ({ status }));
  await apiErrorOf(clientOf(server.url).send(get));
  expect(server.seen).toHaveLength(1);
});

test('retries end', async () => {
  const server = await serve(() => ({ status: 503 }));
  const error = await apiErrorOf(clientOf(server.url).send(get));
  expect(error.details).toMatchObject({ kind: 'outage', status: 503 });
  expect(server.seen).toHaveLength(1 + quick.limit);
});

test.each(['before', 'within'] as const)('a GET whose connection is cut %s its answer is repeated', async (cut) => {
  let left = 1;
  const server = await serve(() =>
    left-- > 0 ? { cut, body: { some: 'thing', long: 'enough' } } : { body: { ok: true } },
  );
  const client = clientOf(server.url);
  expect((await client.send(get)).text).toBe('{"ok":true}');
  expect(client.retries).toBe(1);
});

test.each<[object, ApiErrorKind]>([
  [{ status: 503 }, 'outage'],
  [{ status: 429 }, 'limited'],
  [{ status: 504 }, 'timeout'],
  [{ cut: 'before' }, 'lost'],
  [{ cut: 'within', body: 'half of this is lost' }, 'lost'],
])('a POST is sent once, whatever comes back: %o is %s', async (reply, kind) => {
  const server = await serve(() => reply);
  const error = await apiErrorOf(clientOf(server.url).send(post));
  expect(error.details.kind).toBe(kind);
  expect(error.code).toBe(`watttime.${kind}`);
  expect(server.seen).toHaveLength(1);
});

test('the POST for a token is repeated with its body', async () => {
  let left = 2;
  const server = await serve(() => (left-- > 0 ? { status: 502 } : { body: {} }));
  await clientOf(server.url).send({ ...post, retry: 'always', body: new URLSearchParams({ a: 'b' }) });
  expect(server.seen.map(({ body }) => body)).toEqual(['a=b', 'a=b', 'a=b']);
});

test('a refused connection is unsent, for a POST too', async () => {
  const error = await apiErrorOf(clientOf(await closedAddress()).send(post));
  expect(error.details.kind).toBe('unsent');
  expect(error.outcomeUnknown).toBe(false);
  expect(error.message).toMatch(/^making a thing: POST \/thing .*ECONNREFUSED.*nothing was sent/);
});

test.each<[string, Error, ApiErrorKind]>([
  ['an unknown host', fetchFailed('ENOTFOUND'), 'unsent'],
  ['a name server that is away', fetchFailed('EAI_AGAIN'), 'unsent'],
  ['a connection that takes too long', fetchFailed('UND_ERR_CONNECT_TIMEOUT'), 'unsent'],
  ['a certificate nobody knows', fetchFailed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'unsent'],
  ['a host out of reach', fetchFailed('EHOSTUNREACH', 'connect'), 'unsent'],
  ['a host gone out of reach', fetchFailed('EHOSTUNREACH', 'read'), 'lost'],
  ['a port that fetch blocks', new TypeError('fetch failed', { cause: new Error('bad port') }), 'unsent'],
  ['a reset', fetchFailed('ECONNRESET'), 'lost'],
  ['a closed socket', fetchFailed('UND_ERR_SOCKET'), 'lost'],
  ['something else', new TypeError('fetch failed'), 'lost'],
  ['an attempt that took too long', new DOMException('too long', 'TimeoutError'), 'timeout'],
  ['headers that never came', fetchFailed('UND_ERR_HEADERS_TIMEOUT'), 'timeout'],
])('%s: %s is told as %s', async (_name, thrown, kind) => {
  const error = await apiErrorOf(
    clientOf(
      'http://127.0.0.1:1',
      plainWire(() => thrown),
    ).send(post),
  );
  expect(error.details).toMatchObject({ kind, method: 'POST', path: '/thing' });
});

test('a certificate nobody knows is not tried again, and the message says how to make it known', async () => {
  let tries = 0;
  const wire = plainWire(() => {
    tries += 1;
    return fetchFailed('SELF_SIGNED_CERT_IN_CHAIN');
  });
  const error = await errorOf(clientOf('https://127.0.0.1:1', wire).send(get));
  expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
  expect(tries).toBe(1);
});

test('a timeout of a GET is repeated, unless the call says otherwise', async () => {
  let tries = 0;
  const wire = plainWire(() => {
    tries += 1;
    return new DOMException('too long', 'TimeoutError');
  });
  await errorOf(clientOf('http://127.0.0.1:1', wire).send(get));
  expect(tries).toBe(1 + quick.limit);
  tries = 0;
  await errorOf(clientOf('http://127.0.0.1:1', wire).send({ ...get, retry: 'but-timeouts' }));
  expect(tries).toBe(1);
});

test.each([new InterruptedError(), new DOMException('stop', 'AbortError')])(
  '%s passes through, not repeated',
  async (thrown) => {
    let tries = 0;
    const wire = plainWire(() => {
      tries += 1;
      return thrown;
    });
    expect(await errorOf(clientOf('http://127.0.0.1:1', wire).send(get))).toBe(thrown);
    expect(tries).toBe(1);
  },
);

test('what the hook before sending throws comes out as it is, and nothing is sent', async () => {
  const server = await serve(() => ({}));
  const full = new Error('disk full');
  const hooks = { beforeSend: () => Promise.reject(full) };
  expect(await errorOf(clientOf(server.url).send({ ...post, hooks }))).toBe(full);
  expect(server.seen).toHaveLength(0);
});

test('an error says what was being done, what came back and what to do', async () => {
  const server = await serve(() => ({
    status: 403,
    headers: { 'x-request-id': 'req-7' },
    body: { error: 'FORBIDDEN', message: 'not in your plan', docs: 'https://docs' },
  }));
  const error = await apiErrorOf(
    clientOf(server.url).send({ ...get, query: { region: 'PJM' }, advice: { forbidden: 'ask for PJM' } }),
  );
  expect(error.message).toBe(
    'reading a thing: GET /thing?region=PJM answered 403 "not in your plan" (request id req-7); ask for PJM',
  );
  expect(error.details).toEqual({
    api: 'watttime',
    kind: 'forbidden',
    method: 'GET',
    path: '/thing?region=PJM',
    status: 403,
    requestId: 'req-7',
    said: 'not in your plan',
  });
});

test('redirects are not followed: one permit is for one request', async () => {
  const server = await serve(({ url }) =>
    url.pathname === '/thing' ? { status: 307, headers: { location: '/thing/' } } : { body: {} },
  );
  const error = await apiErrorOf(clientOf(server.url).send(post));
  expect(error.details).toMatchObject({ kind: 'invalid', status: 307, said: 'moved to /thing/' });
  expect(server.seen).toHaveLength(1);
});

test.each([302, 303])('an answer %i leaves it open whether a write was done', async (status) => {
  const server = await serve(() => ({ status, headers: { location: '/things/7' } }));
  const error = await apiErrorOf(clientOf(server.url).send({ ...post, writes: true }));
  expect(error.outcomeUnknown).toBe(true);
  expect(error.message).toContain('moved to /things/7');
  expect(error.message).toContain('looks before it sends again');
  expect(server.seen).toHaveLength(1);
  expect((await apiErrorOf(clientOf(server.url).send({ ...post, writes: false }))).outcomeUnknown).toBe(false);
});

test.each(['not a url', 'ftp://host', 'https://user:secret-word@host'])(
  'the address %s is refused without being repeated',
  (url) => {
    let error: unknown;
    try {
      clientOf(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WattliftError);
    expect(inspect(error)).not.toContain('secret-word');
  },
);

test('secrets are in no error, however the API or the network repeats them', async () => {
  const secret = 'p&ss "wörd"+/=';
  const secrets = new Secrets();
  secrets.add(secret);
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
    new URLSearchParams({ k: secret }).toString().slice(2),
  ];
  const server = await serve(() => ({ status: 400, body: { detail: `you sent ${forms.join(' or ')}` } }));
  const header = { authorization: `Basic ${Buffer.from(secret).toString('base64')}` };
  const errors = [
    await errorOf(clientOf(server.url, plainWire(), secrets).send({ ...post, headers: header, body: secret })),
    await errorOf(
      clientOf(
        server.url,
        plainWire(() => networkErrorWith(forms)),
        secrets,
      ).send({ ...post, headers: header }),
    ),
  ];
  for (const error of errors) {
    const text = inspect(error, { depth: 10, showHidden: true });
    for (const form of forms) expect(text).not.toContain(form);
    expect(text).toContain('[redacted]');
  }
});

function fetchFailed(code: string, syscall?: string): Error {
  const cause = Object.assign(new Error(`${syscall ?? 'it'} ${code}`), {
    code,
    ...(syscall !== undefined && { syscall }),
  });
  return new TypeError('fetch failed', { cause });
}

function networkErrorWith(texts: readonly string[]): Error {
  const cause = Object.assign(new Error(texts.join(' ')), { code: 'ECONNRESET', request: { headers: texts } });
  return new TypeError('fetch failed', { cause });
}
