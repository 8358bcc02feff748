import { expect, test } from 'vitest';
import { type Account, idOf, meter, openAccount, openMeter, openSandbox, solar } from './open-sandbox.ts';

/** An account with one asset. */
async function openAsset(): Promise<Account & { readonly documents: string }> {
  const account = await openMeter();
  const asset = await account.post('/assets', { ...solar, meterIds: [account.meterId] });
  return { ...account, documents: `/assets/${String(idOf(asset))}/documents` };
}

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
