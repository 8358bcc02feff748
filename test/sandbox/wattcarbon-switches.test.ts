import { expect, test } from 'vitest';
import { readWattCarbonOptions } from '../../src/sandbox/wattcarbon/switches.ts';
import { ask, meter, solar } from './open-sandbox.ts';
import { account, hours, obtainToken, openSwitched } from './switched.ts';

const events = 'Event Start Time,Event End Time\n2021-01-01 17:00:00-05:00,2021-01-01 20:00:00-05:00\n';
const type = 'demand_response_events';

test.each([
  ['documented', '/auth/token', `${account}/meters`, `${account}/meters/1/intervals`, `${account}/assets/1/documents`],
  [
    'v2',
    '/v2/auth/token',
    `/v2${account}/meters`,
    `/v2${account}/meters/1/intervals`,
    `/v2${account}/assets/1/documents`,
  ],
  [
    'renamed',
    '/auth/token',
    `${account}/manual-meters`,
    `${account}/manual-meters/1/readings`,
    `${account}/projects/1/files`,
  ],
  [
    'flat',
    '/auth/token',
    '/meters?account_id=acme',
    '/meters/1/intervals?account_id=acme',
    '/assets/1/documents?account_id=acme',
  ],
])('paths=%s: the operations are there and nowhere else', async (paths, tokenPath, meters, intervals, documents) => {
  const api = await openSwitched([`paths=${paths}`], { tokenPath });
  expect((await api.post(meters, meter)).status).toBe(201);
  expect((await api.upload(intervals, hours(0, 1, 2))).status).toBe(200);
  const assets = documents.replace(/\/1\/(documents|files)/, '');
  expect((await api.post(assets, { ...solar, meterIds: [1] })).status).toBe(201);
  expect((await api.upload(documents, events, { fields: { type } })).status).toBe(201);
  expect(api.sandbox.state()).toMatchObject({
    meters: [{ account: 'acme', readings: { rows: 2 } }],
    assets: [{ account: 'acme', meters: [1] }],
    documents: [{ asset: 1 }],
  });
  if (paths !== 'documented') expect((await api.post(`${account}/meters`, meter)).status).toBe(404);
});

test('paths=flat: without the account in the query nothing is done', async () => {
  const api = await openSwitched(['paths=flat']);
  const reply = await api.post('/meters', meter);
  expect([reply.status, reply.json]).toEqual([
    422,
    { detail: [{ loc: ['query', 'account_id'], msg: 'Field required', type: 'missing' }] },
  ]);
});

test('upload-method=put: intervals are put, a POST is 405', async () => {
  const api = await openSwitched(['upload-method=put']);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  expect((await api.upload(path, hours(0, 1), { method: 'PUT' })).status).toBe(200);
  const posted = await api.upload(path, hours(1, 1));
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'PUT']);
});

test('upload-body and document-body: csv takes the bare file and no form, both take either', async () => {
  const bare = await openSwitched(['upload-body=csv', 'document-body=csv']);
  await bare.post(`${account}/meters`, meter);
  await bare.post(`${account}/assets`, solar);
  expect((await bare.raw(`${account}/meters/1/intervals`, hours(0, 1, 2))).status).toBe(200);
  expect((await bare.upload(`${account}/meters/1/intervals`, hours(0, 1))).status).toBe(415);
  expect((await bare.raw(`${account}/assets/1/documents`, events)).status).toBe(422);
  const made = await bare.raw(`${account}/assets/1/documents?type=${type}`, events);
  expect(made.json).toMatchObject({ id: 1, name: null, type });
  expect(bare.sandbox.series(1).intervals).toBe('2025-01-01T00:00:00Z,1\n2025-01-01T01:00:00Z,2\n');

  const either = await openSwitched(['upload-body=both']);
  await either.post(`${account}/meters`, meter);
  expect((await either.raw(`${account}/meters/1/intervals`, hours(0, 1))).status).toBe(200);
  expect((await either.upload(`${account}/meters/1/intervals`, hours(1, 1))).status).toBe(200);
});

test('file-part: only a part of that name is the file', async () => {
  const api = await openSwitched(['file-part=upload']);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  expect((await api.upload(path, hours(0, 1))).json).toMatchObject({ detail: [{ loc: ['body', 'upload'] }] });
  expect((await api.upload(path, hours(0, 1), { part: 'upload' })).status).toBe(200);
});

test('form-fields=required: granularity and type are wanted, and must be true', async () => {
  const api = await openSwitched(['form-fields=required']);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  const send = async (fields: { readonly [name: string]: string }): Promise<unknown> =>
    (await api.upload(path, hours(0, 1, 2), { fields })).json;
  expect(await send({})).toMatchObject({ detail: [{ loc: ['body', 'granularity'] }, { loc: ['body', 'type'] }] });
  expect(await send({ granularity: 'weekly', type: 'electricity' })).toMatchObject({ detail: [{ type: 'enum' }] });
  expect(await send({ granularity: 'daily', type: 'gas' })).toMatchObject({
    detail: [{ loc: ['body', 'granularity'], type: 'value_error' }, { loc: ['body', 'type'] }],
  });
  expect(await send({ granularity: 'hourly', type: 'electricity' })).toEqual({ meterId: 1, rows: 2 });
  const bills = 'start_date,end_date,energy_kwh\n2025-01-01,2025-02-01,310\n';
  const billing = { granularity: 'billing', type: 'electricity' };
  expect((await api.upload(`${account}/meters/1/bills`, bills, { fields: billing })).status).toBe(200);
});

test('form-fields=optional: they may be left out, and must be true when given', async () => {
  const api = await openSwitched(['form-fields=optional']);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  expect((await api.upload(path, hours(0, 1, 2))).status).toBe(200);
  expect((await api.upload(path, hours(0, 1, 2), { fields: { type: 'gas' } })).status).toBe(422);
});

test('interval-columns, bill-columns and coordinate-keys: those names and no others', async () => {
  const api = await openSwitched(['interval-columns=start,kwh', 'bill-columns=from,to,kwh', 'coordinate-keys=lat,lng']);
  expect((await api.post(`${account}/meters`, { ...meter, location: { latitude: 41, longitude: -91 } })).status).toBe(
    422,
  );
  expect((await api.post(`${account}/meters`, { ...meter, location: { lat: 41, lng: -91 } })).status).toBe(201);
  const path = `${account}/meters/1`;
  expect((await api.upload(`${path}/intervals`, hours(0, 1))).status).toBe(422);
  expect((await api.upload(`${path}/intervals`, 'start,kwh\n2025-01-01T00:00:00Z,3\n')).status).toBe(200);
  expect((await api.upload(`${path}/bills`, 'from,to,kwh\n2025-01-01,2025-02-01,9\n')).status).toBe(200);
  expect(api.sandbox.state().meters[0]?.readings).toMatchObject({ rows: 2, sumKwh: 12 });
});

test.each([
  ['number', expect.any(Number), '1'],
  ['digits', '1', 1],
  ['uuid', expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/), 1],
])('ids=%s: ids have that form in answers, paths and links, and no other is taken', async (form, shown, other) => {
  const api = await openSwitched([`ids=${form}`]);
  const made = await api.post(`${account}/meters`, meter);
  expect(made.json).toEqual({ id: shown, ...meter });
  const { id }: { readonly id: string | number } = JSON.parse(made.text);
  expect((await api.upload(`${account}/meters/${String(id)}/intervals`, hours(0, 1))).json).toEqual({
    meterId: id,
    rows: 1,
  });
  expect((await api.post(`${account}/assets`, { ...solar, meterIds: [other] })).status).toBe(422);
  const asset = await api.post(`${account}/assets`, { ...solar, meterIds: [id] });
  expect(asset.json).toMatchObject({ id: shown, meterIds: [id] });
  expect(api.sandbox.state().assets[0]?.meters).toEqual([1]);
  expect((await api.get(`${account}/meters`)).json).toEqual([made.json]);
});

test('ids=uuid: the id of an asset is no meter', async () => {
  const api = await openSwitched(['ids=uuid']);
  await api.post(`${account}/meters`, meter);
  const { id }: { readonly id: string } = JSON.parse((await api.post(`${account}/assets`, solar)).text);
  expect((await api.upload(`${account}/meters/${id}/intervals`, hours(0, 1))).status).toBe(422);
});

test.each([
  ['none', { name: 'main' }, 422],
  ['name', { name: 'main' }, 201],
  ['name', { customId: 'SP1/main' }, 422],
  ['custom-id', { customId: 'SP1/main' }, 201],
  ['both', { name: 'main', customId: 'SP1/main' }, 201],
])('meter-fields=%s: a meter with %o is %i', async (form, fields, status) => {
  const api = await openSwitched([`meter-fields=${form}`]);
  const made = await api.post(`${account}/meters`, { ...meter, ...fields });
  expect(made.status).toBe(status);
  if (status === 201) expect((await api.get(`${account}/meters`)).json).toMatchObject([fields]);
});

test.each([
  ['409', { detail: expect.stringContaining('already') }],
  ['400', { detail: expect.stringContaining('customId') }],
  ['422', { detail: [{ loc: ['body', 'customId'], msg: expect.stringContaining('already') }] }],
])('conflict=%s: a taken customId is refused so', async (status, body) => {
  const api = await openSwitched([`conflict=${status}`]);
  await api.post(`${account}/assets`, solar);
  const again = await api.post(`${account}/assets`, solar);
  expect([again.status, again.json]).toMatchObject([Number(status), body]);
  expect(api.sandbox.state().assets).toHaveLength(1);
});

test.each([
  ['replace', 200, '00:00:00Z,1\n01:00:00Z,9\n02:00:00Z,9\n', 0],
  ['append', 200, '00:00:00Z,1\n01:00:00Z,2\n01:00:00Z,9\n02:00:00Z,9\n', 1],
  ['refuse', 409, '00:00:00Z,1\n01:00:00Z,2\n', 0],
])('reupload=%s: a span that overlaps is %i', async (form, status, held, duplicates) => {
  const api = await openSwitched([`reupload=${form}`]);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  await api.upload(path, hours(0, 1, 2));
  expect((await api.upload(path, hours(1, 9, 9))).status).toBe(status);
  expect(api.sandbox.series(1).intervals.replaceAll('2025-01-01T', '')).toBe(held);
  expect(api.sandbox.state().meters[0]?.readings.duplicates).toBe(duplicates);
  expect((await api.upload(path, hours(5, 1))).status).toBe(200);
});

test.each([
  ['another', 201, 2],
  ['replace', 201, 1],
  ['refuse', 409, 1],
])('document-again=%s: a document of the same name is %i', async (form, status, left) => {
  const api = await openSwitched([`document-again=${form}`]);
  await api.post(`${account}/assets`, solar);
  const path = `${account}/assets/1/documents`;
  await api.upload(path, events, { fields: { type } });
  expect((await api.upload(path, events, { fields: { type } })).status).toBe(status);
  expect(api.sandbox.state().documents).toHaveLength(left);
  expect((await api.upload(path, events, { fields: { type }, name: 'other.csv' })).status).toBe(201);
});

test.each([
  ['line', [{ loc: ['body', 'file', 3], msg: expect.stringContaining('line 3: '), type: 'value_error' }]],
  ['index', [{ loc: ['body', 'file', 'rows', 1], msg: expect.stringContaining('more than'), type: 'value_error' }]],
  ['text', expect.stringMatching(/^Row 2: .*more than/)],
])('row-errors=%s: a reading above max-kwh is told so', async (form, detail) => {
  const api = await openSwitched([`row-errors=${form}`, 'max-kwh=100']);
  await api.post(`${account}/meters`, meter);
  const reply = await api.upload(`${account}/meters/1/intervals`, hours(0, 100, 100.5));
  expect([reply.status, reply.json]).toEqual([422, { detail }]);
  expect(api.sandbox.state().uploads).toEqual([]);
});

test('max-body: a longer upload is 413, of WattCarbon only', async () => {
  const api = await openSwitched(['max-body=300']);
  await api.post(`${account}/meters`, meter);
  const path = `${account}/meters/1/intervals`;
  expect((await api.upload(path, hours(0, 1, 2, 3, 4, 5, 6, 7, 8, 9))).status).toBe(413);
  expect((await api.upload(path, hours(0, 1))).status).toBe(200);
  expect((await ask(`${api.sandbox.watttimeUrl}/login`, { method: 'POST', body: 'x'.repeat(400) })).status).toBe(405);
});

test('accounts: a key opens its own account and no other, and says which and whose that is', async () => {
  const switches = ['accounts=acme:key-1,me:key-2:personal'];
  const acme = await openSwitched(switches, { key: 'key-1' });
  expect((await acme.post(`${account}/meters`, meter)).status).toBe(201);
  const foreign = await acme.post('/accounts/me/meters', meter);
  expect([foreign.status, foreign.json]).toEqual([403, { detail: expect.stringContaining('another account') }]);
  expect((await acme.get('/accounts')).json).toEqual([{ id: 'acme', name: 'Organization acme', type: 'organization' }]);
  const me = await openSwitched(switches, { key: 'key-2' });
  expect((await me.get('/accounts/me')).json).toMatchObject({ id: 'me', type: 'personal' });
  expect((await me.get('/accounts/acme')).status).toBe(403);
  expect((await obtainToken(`${me.sandbox.wattcarbonUrl}/auth/token`, 'key-3')).status).toBe(401);
  const anyone = await openSwitched([]);
  expect((await anyone.get('/accounts')).status).toBe(404);
});

test('token-lifetime and expires-in: the token ends when it is said, or is said nowhere', async () => {
  const api = await openSwitched(['token-lifetime=60', 'expires-in=absent']);
  const login = await obtainToken(`${api.sandbox.wattcarbonUrl}/auth/token`, 'key');
  expect(login.json).toEqual({ access_token: expect.any(String), token_type: 'bearer' });
  api.sandbox.clock.advance(59_999);
  expect((await api.get(`${account}/meters`)).status).toBe(200);
  api.sandbox.clock.advance(1);
  expect((await api.get(`${account}/meters`)).status).toBe(401);
});

test('retired-paths=410: the paths of earlier years say that they are gone', async () => {
  const api = await openSwitched(['retired-paths=410']);
  for (const path of ['/devices', '/assets', '/assets/7']) {
    const reply = await api.post(path, solar);
    expect([reply.status, reply.json]).toEqual([410, { detail: expect.stringContaining('/accounts/{account_id}') }]);
  }
  expect((await api.post(`${account}/assets`, solar)).status).toBe(201);
});

test.each([
  ['path=v2', 'sandbox.option-unknown', 'there are paths, upload-method,'],
  ['toString=1', 'sandbox.option-unknown', 'there are paths,'],
  ['listLag=2', 'sandbox.option-unknown', 'list-lag'],
  ['paths=v3', 'sandbox.option-invalid', 'documented, v2, renamed, flat'],
  ['paths', 'sandbox.option-invalid', 'paths takes'],
  ['list-lag=soon', 'sandbox.option-invalid', 'a number of seconds'],
  ['bill-columns=a,b', 'sandbox.option-invalid', '3 names'],
  ['lists=meters,roofs', 'sandbox.option-invalid', 'meters,assets,documents'],
  ['accounts=acme', 'sandbox.option-invalid', 'ACCOUNT:KEY'],
  ['paging=cursor', 'sandbox.option-invalid', 'list-shape'],
  ['page-size=0', 'sandbox.option-invalid', 'from 1'],
])('%s is refused with what there is', (text, code, words) => {
  expect(() => readWattCarbonOptions([text])).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});

test('an option twice is refused, and one of the manifest gives way to it', () => {
  expect(() => readWattCarbonOptions(['ids=uuid', 'ids=digits'])).toThrow('twice');
  const manifest = {
    reupload: 'append',
    intervalColumns: ['start', 'kwh'],
    billColumns: ['from', 'to', 'kwh'],
    coordinateKeys: ['lat', 'lng'],
  } as const;
  expect(readWattCarbonOptions(['reupload=refuse'], manifest)).toMatchObject({
    ...manifest,
    reupload: 'refuse',
    paths: 'documented',
  });
});
