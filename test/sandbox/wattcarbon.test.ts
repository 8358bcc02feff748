import { expect, test } from 'vitest';
import { type Reply, ask, idOf, meter, openAccount, openMeter, openSandbox, solar } from './open-sandbox.ts';

test('the token form is checked, and the key `wrong` refused', async () => {
  const sandbox = await openSandbox();
  const obtain = (form: { readonly [field: string]: string }): Promise<Reply> =>
    ask(`${sandbox.wattcarbonUrl}/auth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const good = { grant_type: 'password', username: 'ada@example.org', password: 'key' };
  expect((await obtain(good)).json).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 86_400,
  });
  const wrong = await obtain({ ...good, password: 'wrong' });
  expect([wrong.status, wrong.json]).toEqual([401, { detail: 'Incorrect username or password' }]);
  const { password: _left, ...incomplete } = good;
  const missing = await obtain(incomplete);
  expect([missing.status, missing.json]).toEqual([
    422,
    { detail: [{ loc: ['body', 'password'], msg: 'Field required', type: 'missing' }] },
  ]);
  expect((await obtain({ ...good, grant_type: 'client_credentials' })).status).toBe(422);
});

test('a token is needed, and lasts 24 hours', async () => {
  const sandbox = await openSandbox();
  const bare = await ask(`${sandbox.wattcarbonUrl}/accounts/acme/meters`);
  expect([bare.status, bare.json]).toEqual([401, { detail: 'Not authenticated' }]);
  const account = await openAccount(sandbox);
  sandbox.clock.advance(86_400_000 - 1);
  expect((await account.get('/meters')).status).toBe(200);
  sandbox.clock.advance(1);
  expect((await account.get('/meters')).status).toBe(401);
});

test('a WattTime token is none at WattCarbon', async () => {
  const sandbox = await openSandbox();
  const login = await ask(`${sandbox.watttimeUrl}/login`, {
    headers: { authorization: `Basic ${Buffer.from('ada:x').toString('base64')}` },
  });
  const { token }: { readonly token: string } = JSON.parse(login.text);
  const reply = await ask(`${sandbox.wattcarbonUrl}/accounts/a/meters`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(reply.status).toBe(401);
});

test.each([
  ['a free string', '60 Greene St Riverside IA'],
  ['an address', { street: '60 Greene St', city: 'Riverside', state: 'IA', postalCode: '52327', country: 'US' }],
  ['coordinates', { latitude: 41.4797, longitude: -91.5813 }],
])('a meter is made with %s as its location, and listed in its account only', async (_form, location) => {
  const sandbox = await openSandbox();
  const account = await openAccount(sandbox);
  const made = await account.post('/meters', { ...meter, location });
  expect(made.status).toBe(201);
  expect(made.json).toEqual({ id: expect.any(Number), ...meter, location });
  expect((await account.get('/meters')).json).toEqual([made.json]);
  expect((await (await openAccount(sandbox, 'other')).get('/meters')).json).toEqual([]);
});

test.each([
  ['without a location', { apiProvider: 'manual', meterType: 'gas' }, ['body', 'location'], 'missing'],
  ['of water', { ...meter, meterType: 'water' }, ['body', 'meterType'], 'invalid_value'],
  ['of another provider', { ...meter, apiProvider: 'arcadia' }, ['body', 'apiProvider'], 'invalid_value'],
  ['with an unknown field', { ...meter, name: 'main' }, ['body', 'name'], 'extra_forbidden'],
  ['with an empty address', { ...meter, location: {} }, ['body', 'location'], expect.any(String)],
  [
    'with impossible coordinates',
    { ...meter, location: { latitude: 91, longitude: 0 } },
    expect.any(Array),
    expect.any(String),
  ],
])('a meter %s is refused with where and why', async (_case, body, loc, type) => {
  const account = await openAccount(await openSandbox());
  const reply = await account.post('/meters', body);
  expect(reply.status).toBe(422);
  expect(reply.json).toEqual({ detail: expect.arrayContaining([{ loc, msg: expect.any(String), type }]) });
});

test('equal meters are two meters: creation is not idempotent', async () => {
  const account = await openMeter();
  expect(idOf(await account.post('/meters', meter))).not.toBe(account.meterId);
});

test('an asset keeps unknown fields, and links its meters', async () => {
  const account = await openMeter();
  const body = { ...solar, meterIds: [account.meterId], commencedOperationDate: '2022-08-01', panels: { count: 12 } };
  const made = await account.post('/assets', body);
  expect(made.status).toBe(201);
  expect(made.json).toEqual({ id: expect.any(Number), ...body });
  expect((await account.get('/assets')).json).toEqual([made.json]);
});

test('a customId is used once in an account', async () => {
  const sandbox = await openSandbox();
  const account = await openAccount(sandbox);
  expect((await account.post('/assets', solar)).status).toBe(201);
  const again = await account.post('/assets', { ...solar, name: 'Another' });
  expect([again.status, again.json]).toEqual([409, { detail: expect.stringContaining('SP123') }]);
  expect((await (await openAccount(sandbox, 'other')).post('/assets', solar)).status).toBe(201);
  const { customId: _without, ...anonymous } = solar;
  expect((await account.post('/assets', anonymous)).status).toBe(201);
  expect((await account.post('/assets', anonymous)).status).toBe(201);
});

test.each([
  ['an unknown meter', { meterIds: [999] }, ['body', 'meterIds', 0], 'does not exist'],
  ['a meter id that became a text', { meterIds: ['1'] }, ['body', 'meterIds', 0], 'expected'],
  ['the retired kind electrification', { kind: 'electrification' }, ['body', 'kind'], 'electrification_eemetered'],
  ['the retired kind natural_gas', { kind: 'natural_gas' }, ['body', 'kind'], 'retired'],
  ['the retired field meterId', { meterId: 1 }, ['body', 'meterId'], 'meterIds'],
  ['the retired field deviceOwner', { deviceOwner: 'Ada' }, ['body', 'deviceOwner'], 'retired'],
  ['an impossible date', { commencedOperationDate: '2022-02-30' }, ['body', 'commencedOperationDate'], 'date'],
  ['no name', { name: undefined }, ['body', 'name'], 'required'],
])('an asset with %s is refused', async (_case, fields, loc, words) => {
  const account = await openMeter();
  const reply = await account.post('/assets', { ...solar, ...fields });
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({ detail: [{ loc, msg: expect.stringContaining(words) }] });
});

test('a body that is not JSON is refused, and one that is too long is 413', async () => {
  const sandbox = await openSandbox({ maxBodyBytes: 1_000 });
  const account = await openAccount(sandbox);
  expect((await account.upload('/meters', '{}')).status).toBe(422);
  expect((await account.post('/meters', { ...meter, location: 'x'.repeat(1_000) })).status).toBe(413);
  expect(sandbox.state().meters).toEqual([]);
});

test('retired and unknown paths are 404, a wrong method is 405', async () => {
  const account = await openAccount(await openSandbox());
  const retired = await account.post('/devices', {});
  expect([retired.status, retired.json]).toEqual([404, { detail: 'Not Found' }]);
  const wrong = await account.post('/assets/1', {});
  expect(wrong.status).toBe(404);
  const method = await account.get('/meters/1/bills');
  expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST']);
});
