import { createServer, type RequestListener } from 'node:http';
import ky from 'ky';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openThrottle } from './setup.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${String(address.port)}/`;
}

function most(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + windowMs).length));
}

test('under ky every attempt takes a permit, retries too, and the server sees no more than the limit', async () => {
  const arrivals: number[] = [];
  const tried = new Set<string | undefined>();
  const url = await serve((request, response) => {
    arrivals.push(performance.now());
    response.statusCode = tried.has(request.url) ? 200 : 503;
    tried.add(request.url);
    setTimeout(() => response.end('{}'), arrivals.length % 7);
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300, concurrency: 4, timeoutMs: 5_000 });
  const api = ky.create({ timeout: false, retry: { limit: 9, delay: () => 1 }, fetch: throttle.fetch });
  await Promise.all(Array.from({ length: 15 }, (_, index) => api.get(`${url}${String(index)}`).json()));
  expect(arrivals).toHaveLength(30);
  expect(throttle.counts.total).toBe(30);
  expect(most(arrivals, 300)).toBeLessThanOrEqual(10);
});

test('a body that stalls ends with a TimeoutError while it is read', async () => {
  const url = await serve((_request, response) => {
    response.write('{"data":[');
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300, timeoutMs: 150 });
  const response = await throttle.fetch(url);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a connection that is cut in the body is no timeout, and a cut before the answer rejects as fetch does', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/before') request.socket.destroy();
    else response.write('{"data":[', () => request.socket.destroy());
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300 });
  const response = await throttle.fetch(`${url}within`);
  await expect(response.text()).rejects.toBeInstanceOf(TypeError);
  await expect(throttle.fetch(`${url}before`)).rejects.toBeInstanceOf(TypeError);
});

test('what was asked and answered passes through unchanged: method, headers, bodies, status, address', async () => {
  const url = await serve((request, response) => {
    response.writeHead(201, { 'x-method': request.method, 'x-auth': request.headers.authorization });
    request.pipe(response);
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300 });
  const body = 'x'.repeat(300_000);
  const response = await throttle.fetch(
    new Request(`${url}path`, { method: 'POST', headers: { authorization: 'B' }, body }),
  );
  expect(response).toMatchObject({ status: 201, url: `${url}path`, redirected: false });
  expect([response.headers.get('x-method'), response.headers.get('x-auth')]).toEqual(['POST', 'B']);
  expect(await response.text()).toBe(body);
});

test('a caller’s abort ends the request under way, its body too', async () => {
  const url = await serve((_request, response) => {
    response.write('{');
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300 });
  const caller = new AbortController();
  const response = await throttle.fetch(url, { signal: caller.signal });
  caller.abort(new Error('enough'));
  await expect(response.text()).rejects.toThrow('enough');
});

test('a body that nobody wants is given up', async () => {
  const closed: string[] = [];
  const url = await serve((_request, response) => {
    response.write('{');
    response.on('close', () => closed.push('closed'));
  });
  const throttle = await openThrottle({ requests: 10, windowMs: 300 });
  await (await throttle.fetch(url)).body?.cancel();
  await vi.waitFor(() => expect(closed).toEqual(['closed']));
});
