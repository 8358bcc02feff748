import { expect, test } from 'vitest';
import { type Reply, idOf, meter, solar } from './open-sandbox.ts';
import { account, hours, type Switched, openSwitched } from './switched.ts';

const path = `${account}/meters`;

/** An account of five meters, shown two by two. */
async function openFive(...switches: readonly string[]): Promise<Switched> {
  const api = await openSwitched(['page-size=2', ...switches]);
  for (let n = 0; n < 5; n += 1) await api.post(path, meter);
  return api;
}

function idsOf(entries: unknown): readonly number[] {
  const list: readonly { readonly id: number }[] = JSON.parse(JSON.stringify(entries));
  return list.map(({ id }) => id);
}

test.each(['items', 'results', 'data'])('list-shape=%s wraps the list', async (shape) => {
  const api = await openSwitched([`list-shape=${shape}`]);
  expect((await api.get(path)).json).toEqual({ [shape]: [] });
});

test.each([
  ['link', `<${path}>; rel="first"`],
  ['bare-link', null],
])('paging=%s: the header leads through all pages, and the last has %s', async (form, last) => {
  const api = await openFive(`paging=${form}`);
  const pages: (readonly number[])[] = [];
  const links: (string | null)[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const reply: Reply = await api.get(next);
    pages.push(idsOf(reply.json));
    links.push(reply.headers.get('link'));
    next = /<([^>]+)>; rel="next"/.exec(links.at(-1) ?? '')?.[1];
  }
  expect(pages).toEqual([[1, 2], [3, 4], [5]]);
  expect(links.at(-1)).toBe(last);
});

test.each([
  ['next', 'next', (next: string) => next],
  ['cursor', 'next_cursor', (next: string) => `${path}?cursor=${next}`],
])('paging=%s: the body leads through all pages, and the last says null', async (form, field, toPath) => {
  const api = await openFive(`paging=${form}`, 'list-shape=items');
  const pages: (readonly number[])[] = [];
  for (let at: string | undefined = path; at !== undefined;) {
    const body: { readonly items: unknown; readonly [field: string]: unknown } = JSON.parse((await api.get(at)).text);
    pages.push(idsOf(body.items));
    const next = body[field];
    expect(next === null || typeof next === 'string').toBe(true);
    at = typeof next === 'string' ? toPath(next) : undefined;
  }
  expect(pages).toEqual([[1, 2], [3, 4], [5]]);
});

test('paging=page and paging=offset: the parameters count, and a wrapped list says how many there are', async () => {
  const paged = await openFive('paging=page', 'list-shape=results');
  expect((await paged.get(`${path}?page=3`)).json).toEqual({
    results: [expect.objectContaining({ id: 5 })],
    total: 5,
    page: 3,
    pages: 3,
  });
  expect((await paged.get(`${path}?page=0`)).status).toBe(422);
  const counted = await openFive('paging=offset', 'list-shape=data');
  expect((await counted.get(`${path}?offset=3&limit=1`)).json).toEqual({
    data: [expect.objectContaining({ id: 4 })],
    total: 5,
  });
  expect((await counted.get(`${path}?offset=x`)).status).toBe(422);
});

test('list-lag: what was made is shown when its time has come, an upload takes the meter at once', async () => {
  const api = await openSwitched(['list-lag=2']);
  const id = idOf(await api.post(path, meter));
  expect((await api.upload(`${path}/${String(id)}/intervals`, hours(0, 1))).status).toBe(200);
  await api.post(`${account}/assets`, solar);
  api.sandbox.clock.advance(1_999);
  expect([(await api.get(path)).json, (await api.get(`${account}/assets`)).json]).toEqual([[], []]);
  api.sandbox.clock.advance(1);
  expect((await api.get(path)).json).toHaveLength(1);
  expect((await api.get(`${account}/assets`)).json).toHaveLength(1);
});

test.each([
  ['absent', 200, 2],
  ['working', 200, 1],
  ['ignored', 200, 2],
])('list-filters=%s: a list asked for one customId is %i with %i', async (form, status, count) => {
  const api = await openSwitched([`list-filters=${form}`]);
  for (const customId of ['SP1', 'SP2']) await api.post(`${account}/assets`, { ...solar, customId });
  const reply = await api.get(`${account}/assets?customId=SP2`);
  expect([reply.status, idsOf(reply.json).length]).toEqual([status, count]);
});

test('list-filters=refused: a parameter that no list has is refused', async () => {
  const api = await openSwitched(['list-filters=refused', 'paging=offset']);
  const reply = await api.get(`${account}/assets?customId=SP2`);
  expect([reply.status, reply.json]).toMatchObject([422, { detail: [{ loc: ['query', 'customId'] }] }]);
  expect((await api.get(`${account}/assets?offset=0&limit=5`)).status).toBe(200);
});

test.each([
  ['none', [405, 405, 405]],
  ['meters,documents', [200, 405, 200]],
  ['all', [200, 200, 200]],
])('lists=%s: the others are not there', async (lists, statuses) => {
  const api = await openSwitched([`lists=${lists}`]);
  await api.post(`${account}/assets`, solar);
  const asked = [path, `${account}/assets`, `${account}/assets/1/documents`].map(
    async (list) => (await api.get(list)).status,
  );
  expect(await Promise.all(asked)).toEqual(statuses);
});

test('read-back=json: the readings a meter holds, paged and bounded like a list', async () => {
  const api = await openFive('read-back=json', 'paging=offset', 'list-shape=items');
  const upload = `${path}/1/intervals`;
  await api.upload(upload, hours(0, 1, 2, 3));
  await api.upload(upload, hours(1, 9));
  expect((await api.get(upload)).json).toEqual({
    items: [
      { start_datetime: '2025-01-01T00:00:00Z', energy_kwh: 1 },
      { start_datetime: '2025-01-01T01:00:00Z', energy_kwh: 9 },
    ],
    total: 3,
  });
  const last = await api.get(`${upload}?start=2025-01-01T02:00:00Z&end=2025-01-01T03:00:00Z`);
  expect(last.json).toEqual({ items: [{ start_datetime: '2025-01-01T02:00:00Z', energy_kwh: 3 }], total: 1 });
  expect((await api.get(`${upload}?start=2025-01-01`)).status).toBe(422);
  expect((await api.get(`${path}/1/bills`)).json).toEqual({ items: [], total: 0 });
});

test('read-back=csv: the same as a file, and read-back=none as nothing', async () => {
  const api = await openSwitched(['read-back=csv']);
  await api.post(path, meter);
  const bills = 'start_date,end_date,energy_kwh\n2025-01-01,2025-02-01,310.5\n';
  await api.upload(`${path}/1/bills`, bills);
  const reply = await api.get(`${path}/1/bills`);
  expect([reply.status, reply.headers.get('content-type'), reply.text]).toEqual([
    200,
    'text/csv; charset=utf-8',
    bills,
  ]);
  expect((await (await openSwitched([])).get(`${path}/1/bills`)).status).toBe(405);
});
