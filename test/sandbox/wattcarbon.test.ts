import { expect, test } from 'vitest';
import { type Account, type Reply, ask, meter, openAccount, openSandbox } from './open-sandbox.ts';

function idOf(reply: Reply): number {
  const body: { readonly id: number } = JSON.parse(reply.text);
  return body.id;
}

/** An account with one meter. */
async function openMeter(): Promise<Account & { readonly meterId: number }> {
  const account = await openAccount(await openSandbox());
  return { ...account, meterId: idOf(await account.post('/meters', meter)) };
}

/** An account with one asset. */
async function openAsset(): Promise<Account & { readonly documents: string }> {
  const account = await openMeter();
  const asset = await account.post('/assets', { ...solar, meterIds: [account.meterId] });
  return { ...account, documents: `/assets/${String(idOf(asset))}/documents` };
}

const solar = { name: 'Roof', kind: 'solar', location: '60 Greene St Riverside IA', customId: 'SP123' };

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

const header = 'start_datetime,energy_kwh\n';

test('intervals are taken, and a span sent again replaces what was there', async () => {
  const sandbox = await openSandbox();
  const account = await openAccount(sandbox);
  const id = idOf(await account.post('/meters', meter));
  const path = `/meters/${String(id)}/intervals`;
  const hours = ['00', '01', '02', '03'].map((hour) => `2025-01-01T${hour}:00:00Z,1.5`);
  const taken = await account.upload(path, `${header}${hours.join('\r\n')}\n`);
  expect([taken.status, taken.json]).toEqual([200, { meterId: id, rows: 4 }]);
  await account.upload(path, `${header}2025-01-01T01:00:00+00:00,7\n2025-01-01 02:00:00Z,-0.5`);
  const state = sandbox.state();
  expect(state.meters[0]?.readings).toEqual({ rows: 4, sumKwh: 1.5 + 7 - 0.5 + 1.5, duplicates: 0 });
  expect(state.uploads.map(({ kind, rows }) => ({ kind, rows }))).toEqual([
    { kind: 'intervals', rows: 4 },
    { kind: 'intervals', rows: 2 },
  ]);
});

test('bills are taken, dates with an exclusive end', async () => {
  const sandbox = await openSandbox();
  const account = await openAccount(sandbox);
  const id = idOf(await account.post('/meters', meter));
  const csv = 'start_date,end_date,energy_kwh\n2025-01-01,2025-02-01,310\n2025-02-01,2025-03-01,280.5\n';
  expect((await account.upload(`/meters/${String(id)}/bills`, csv)).status).toBe(200);
  expect(sandbox.state().meters[0]?.readings).toEqual({ rows: 2, sumKwh: 590.5, duplicates: 0 });
});

test.each([
  ['another header', 'start,energy_kwh\n2025-01-01T00:00:00Z,1\n', 1, 'header'],
  ['a BOM before the header', `\uFEFF${header}2025-01-01T00:00:00Z,1\n`, 1, 'header'],
  ['no rows', header, 1, 'no rows'],
  ['a naive time', `${header}2025-01-01T00:00:00Z,1\n2025-01-01T01:00:00,1\n`, 3, 'time zone'],
  ['no time', `${header}yesterday,1\n`, 2, 'not a date'],
  ['a day that does not exist', `${header}2025-02-29T00:00:00Z,1\n`, 2, 'not a date'],
  ['a word for a number', `${header}2025-01-01T00:00:00Z,one\n`, 2, 'not a number'],
  ['an empty number', `${header}2025-01-01T00:00:00Z,\n`, 2, 'not a number'],
  ['an infinite number', `${header}2025-01-01T00:00:00Z,1e999\n`, 2, 'not a number'],
  ['a third cell', `${header}2025-01-01T00:00:00Z,1,2\n`, 2, '2 cells'],
  ['a blank line', `${header}2025-01-01T00:00:00Z,1\n\n2025-01-01T01:00:00Z,1\n`, 3, '2 cells'],
  ['descending rows', `${header}2025-01-01T01:00:00Z,1\n2025-01-01T00:00:00Z,1\n`, 3, 'ascending'],
  ['an instant twice', `${header}2025-01-01T01:00:00Z,1\n2025-01-01T02:00:00+01:00,1\n`, 3, 'same start'],
])('intervals with %s are refused, with the line', async (_case, csv, line, words) => {
  const account = await openMeter();
  const reply = await account.upload(`/meters/${String(account.meterId)}/intervals`, csv);
  expect(reply.status).toBe(422);
  expect(reply.json).toEqual({
    detail: [{ loc: ['body', 'file', line], msg: expect.stringContaining(words), type: 'value_error' }],
  });
});

test.each([
  ['an end before its start', '2025-02-01,2025-01-01,1\n', 2, 'not after'],
  ['an overlap', '2025-01-01,2025-02-01,1\n2025-01-31,2025-03-01,1\n', 3, 'overlaps'],
  ['a naive time', '2025-01-01T00:00:00,2025-02-01,1\n', 2, 'time zone'],
])('bills with %s are refused, with the line', async (_case, rows, line, words) => {
  const account = await openMeter();
  const csv = `start_date,end_date,energy_kwh\n${rows}`;
  const reply = await account.upload(`/meters/${String(account.meterId)}/bills`, csv);
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({ detail: [{ loc: ['body', 'file', line], msg: expect.stringContaining(words) }] });
});

test('bills sent as intervals are refused', async () => {
  const account = await openMeter();
  const csv = 'start_date,end_date,energy_kwh\n2025-01-01,2025-02-01,310\n';
  expect((await account.upload(`/meters/${String(account.meterId)}/intervals`, csv)).status).toBe(422);
});

test('an upload to an unknown or foreign meter is 404, to a wrong id 422, without a file 422', async () => {
  const sandbox = await openSandbox();
  const account = await openAccount(sandbox);
  const id = String(idOf(await account.post('/meters', meter)));
  const csv = `${header}2025-01-01T00:00:00Z,1\n`;
  expect((await account.upload('/meters/999/intervals', csv)).status).toBe(404);
  expect((await (await openAccount(sandbox, 'other')).upload(`/meters/${id}/intervals`, csv)).status).toBe(404);
  expect((await account.upload('/meters/main/intervals', csv)).status).toBe(422);
  expect((await account.post(`/meters/${id}/intervals`, {})).json).toMatchObject({
    detail: [{ loc: ['body', 'file'], type: 'missing' }],
  });
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

const events = 'Event Start Time,Event End Time\n2021-01-01 17:00:00-05:00,2021-01-01 20:00:00-05:00\n';
const type = 'demand_response_events';

test('an events document is attached and listed', async () => {
  const account = await openAsset();
  const made = await account.upload(account.documents, events, { type });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ id: expect.any(Number), type, name: 'data.csv' });
  expect((await account.get(account.documents)).json).toEqual([made.json]);
});

test.each([
  ['another header', 'Start,End\n2021-01-01 17:00:00-05:00,2021-01-01 20:00:00-05:00\n', 1],
  ['no offset', 'Event Start Time,Event End Time\n2021-01-01 17:00:00,2021-01-01 20:00:00-05:00\n', 2],
  ['an end before its start', 'Event Start Time,Event End Time\n2021-01-01 17:00:00Z,2021-01-01 16:00:00Z\n', 2],
])('an events document with %s is refused, with the line', async (_case, csv, line) => {
  const account = await openAsset();
  const reply = await account.upload(account.documents, csv, { type });
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({ detail: [{ loc: ['body', 'file', line] }] });
});

test('a document of no or another type is refused, and one for an unknown asset is 404', async () => {
  const account = await openAsset();
  expect((await account.upload(account.documents, events)).json).toMatchObject({ detail: [{ loc: ['body', 'type'] }] });
  expect((await account.upload(account.documents, events, { type: 'bill' })).status).toBe(422);
  expect((await account.upload('/assets/999/documents', events, { type })).status).toBe(404);
  expect((await account.get('/assets/999/documents')).status).toBe(404);
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
