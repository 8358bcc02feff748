import { expect, test } from 'vitest';
import type { Fault, FaultRequest } from '../../src/sandbox/serve/fault.ts';
import type { LogEntry } from '../../src/sandbox/serve/serve-api.ts';
import { type Account, type ManualClock, meter, openAccount, openSandbox } from './open-sandbox.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';

/** An account whose next `create_meter` meets `fault`; those after it a good day. */
async function openWithFault(
  fault: Fault,
): Promise<{ readonly sandbox: Sandbox & { readonly clock: ManualClock }; readonly account: Account }> {
  const faults = [fault];
  const hook = ({ operation }: FaultRequest): Fault | undefined =>
    operation === 'create_meter' ? faults.shift() : undefined;
  const sandbox = await openSandbox({ fault: hook });
  return { sandbox, account: await openAccount(sandbox) };
}

test('a lost answer leaves the meter made', async () => {
  const { sandbox, account } = await openWithFault({ kind: 'lost' });
  await expect(account.post('/meters', meter)).rejects.toThrow('fetch failed');
  expect((await account.get('/meters')).json).toHaveLength(1);
  expect(sandbox.state().requests['wattcarbon.create_meter']).toEqual({ total: 1, outcomes: { lost: 1 } });
});

test('a 500 after the work leaves the meter made', async () => {
  const { account } = await openWithFault({ kind: 'after-work-500' });
  expect((await account.post('/meters', meter)).status).toBe(500);
  expect((await account.get('/meters')).json).toHaveLength(1);
});

test('a cut before the work makes nothing', async () => {
  const { account } = await openWithFault({ kind: 'cut' });
  await expect(account.post('/meters', meter)).rejects.toThrow('fetch failed');
  expect((await account.get('/meters')).json).toEqual([]);
});

test('a status comes with its body and Retry-After, and makes nothing', async () => {
  const { account } = await openWithFault({ kind: 'status', status: 503, body: '{"detail":"busy"}', retryAfter: '7' });
  const reply = await account.post('/meters', meter);
  expect([reply.status, reply.json, reply.headers.get('retry-after')]).toEqual([503, { detail: 'busy' }, '7']);
  expect((await account.get('/meters')).json).toEqual([]);
});

test('a page comes in place of JSON, and makes nothing', async () => {
  const { account } = await openWithFault({ kind: 'html' });
  const reply = await account.post('/meters', meter);
  expect([reply.status, reply.headers.get('content-type')]).toEqual([502, 'text/html']);
  expect((await account.get('/meters')).json).toEqual([]);
});

test('a slow answer comes when its time has passed', async () => {
  const { sandbox, account } = await openWithFault({ kind: 'slow', delayMs: 5_000 });
  let done = false;
  const reply = account.post('/meters', meter).finally(() => {
    done = true;
  });
  await account.get('/assets');
  expect(done).toBe(false);
  expect(sandbox.state().meters).toEqual([]);
  const poll = setInterval(() => sandbox.clock.advance(1_000), 5);
  expect((await reply).status).toBe(201);
  clearInterval(poll);
});

test('a hanging request ends when the sandbox closes, and so does a slow one, with nothing made', async () => {
  for (const fault of [{ kind: 'hang' }, { kind: 'slow', delayMs: 60_000 }] as const) {
    const { sandbox, account } = await openWithFault(fault);
    const hanging = expect(account.post('/meters', meter)).rejects.toThrow('fetch failed');
    await account.get('/assets');
    const held = sandbox.state().meters;
    await sandbox.close();
    await hanging;
    expect(held).toEqual([]);
  }
});

test('the hook sees what each request is, and the log how it ended', async () => {
  const seen: FaultRequest[] = [];
  const log: LogEntry[] = [];
  const sandbox = await openSandbox({
    fault: (request) => {
      seen.push(request);
      return undefined;
    },
    log: (entry) => log.push(entry),
  });
  const account = await openAccount(sandbox);
  await account.get('/nowhere?x=1');
  const path = '/accounts/acme/nowhere';
  expect(seen).toEqual([
    { api: 'wattcarbon', method: 'POST', path: '/auth/token', operation: 'token' },
    { api: 'wattcarbon', method: 'GET', path, operation: 'unknown' },
  ]);
  expect(log.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(['token 200', 'unknown 404']);
});
