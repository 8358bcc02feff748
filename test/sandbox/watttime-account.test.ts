import { expect, test } from 'vitest';
import { type Reply, ask, basic, createStateFile, openSandbox } from './open-sandbox.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';

const ada = { username: 'ada', password: 'secret-12', email: 'ada@example.org', org: 'Example' };

function register(sandbox: Sandbox, body: unknown, query = ''): Promise<Reply> {
  return ask(`${sandbox.watttimeUrl}/register${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function statusOfLogin(sandbox: Sandbox, user: string, password: string): Promise<number> {
  return (await ask(`${sandbox.watttimeUrl}/login`, { headers: { authorization: basic(user, password) } })).status;
}

test('a registered user logs in with the password of the registration and with no other', async () => {
  const sandbox = await openSandbox();
  const reply = await register(sandbox, ada);
  expect([reply.status, reply.json]).toEqual([200, { user: 'ada', ok: 'User created' }]);
  expect(await statusOfLogin(sandbox, 'ada', 'secret-12')).toBe(200);
  expect(await statusOfLogin(sandbox, 'ada', 'another-1')).toBe(403);
});

test('users who never registered log in with every password but wrong, and nobody with none', async () => {
  const sandbox = await openSandbox();
  expect(await statusOfLogin(sandbox, 'ben', 'any')).toBe(200);
  expect(await statusOfLogin(sandbox, 'ben', 'wrong')).toBe(403);
  expect(await statusOfLogin(sandbox, 'nobody', 'any')).toBe(403);
});

test('a name that is taken is refused, in the next sandbox of the same state file too', async () => {
  const stateFile = await createStateFile();
  const first = await openSandbox({ stateFile });
  await register(first, ada);
  await first.close();
  const second = await openSandbox({ stateFile });
  const reply = await register(second, { ...ada, password: 'another-12' });
  expect(reply.status).toBe(400);
  expect(reply.json).toEqual({ error: expect.stringMatching(/^That username is taken\./) });
  expect(await statusOfLogin(second, 'ada', 'secret-12')).toBe(200);
});

test.each([
  ['short-1', 'is too short'],
  ['12345678-', 'has no letter'],
  ['abcdefgh-', 'has no digit'],
  ['abcdefgh1', 'has no special character'],
])('registering with the password %s, which %s, is refused', async (password) => {
  const sandbox = await openSandbox();
  const reply = await register(sandbox, { ...ada, password });
  expect([reply.status, reply.json]).toEqual([400, { error: expect.stringContaining('at least 8 characters') }]);
  expect((await register(sandbox, { ...ada, email: 'ada' })).status).toBe(400);
});

test('registering by query parameters does not work, though the OpenAPI document lists them', async () => {
  const sandbox = await openSandbox();
  const reply = await register(sandbox, {}, `?${new URLSearchParams(ada).toString()}`);
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({
    detail: ['username', 'password', 'email'].map((field) => ({ loc: ['body', field], type: 'missing' })),
  });
});

test('a password reset tells to look for mail, or that nobody is no user', async () => {
  const sandbox = await openSandbox();
  const reset = (query: string): Promise<Reply> => ask(`${sandbox.watttimeUrl}/password${query}`);
  const reply = await reset('?username=ada');
  expect([reply.status, reply.json]).toEqual([200, { ok: 'Please check your email for the password reset link' }]);
  const unknown = await reset('?username=nobody');
  expect([unknown.status, unknown.json]).toEqual([400, { error: expect.any(String) }]);
  const incomplete = await reset('');
  expect(incomplete.status).toBe(422);
  expect(incomplete.json).toMatchObject({ detail: [{ loc: ['query', 'username'] }] });
});
