import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CachedDocument } from '../../src/apis/openapi-source.ts';
import { documentOf, multipartOf, wholeDocument, type Described } from './openapi-documents.ts';
import { createWorld, type World } from './wattcarbon-world.ts';

const moved: readonly Described[] = wholeDocument.map((one) =>
  one.id === 'Meters-upload_meter_intervals'
    ? {
        id: 'Readings-upload_meter_intervals',
        method: 'put',
        path: '/v2/meters/{meter_id}/readings',
        content: multipartOf({ upload: { type: 'string', format: 'binary' }, source: {}, note: {} }, ['source']),
      }
    : one,
);

/** The API, and clients of several days that keep what they read in one place. */
async function days(): Promise<{
  readonly api: World;
  readonly serve: (document: object) => void;
  readonly next: () => Promise<World>;
}> {
  let served: object = documentOf(wholeDocument);
  const kept = new Map<string, CachedDocument>();
  const api = await createWorld({ document: () => ({ body: served }), kept });
  let day = 0;
  const next = async (): Promise<World> => {
    const world = await createWorld({ settings: { url: api.server.url }, kept });
    world.clock.pass(++day * 86_400_000);
    return world;
  };
  return {
    api,
    serve: (document) => {
      served = document;
    },
    next,
  };
}

const changes = [
  'Meters-upload_meter_intervals: was POST /accounts/{account_id}/meters/{meter_id}/intervals, is PUT /v2/meters/{meter_id}/readings now; the part with the file was "file", is "upload" now; it demands "source"; it demands no more "file"; it takes "upload", "note"',
];

test('what has moved since the last run is said in words, online and offline, and once the next run has seen it no more', async () => {
  const { api, serve, next } = await days();
  expect(await api.client.description()).toMatchObject({ changes: [], at: api.clock.now() });
  serve(documentOf(moved));
  const second = await next();
  expect(await second.client.description({ offline: true })).toMatchObject({ changes: [] });
  expect(await second.client.description()).toMatchObject({ changes, since: api.clock.now() });
  expect(second.warnings.join()).toContain('has changed since');
  expect(await second.client.description({ offline: true })).toMatchObject({ changes });
  // Another account reads it in the same run.
  const sameDay = await createWorld({ settings: { url: api.server.url }, kept: second.kept });
  sameDay.clock.pass(86_400_000);
  await sameDay.client.description();
  expect(await sameDay.client.description({ offline: true })).toMatchObject({ changes });
  const third = await next();
  expect(await third.client.description()).toMatchObject({ changes: [] });
  expect(await third.client.description({ offline: true })).toMatchObject({ changes: [] });
  expect(third.warnings).toEqual([]);
});

test('a change that touches nothing used here is no news, and one that hides an operation is', async () => {
  const { api, serve, next } = await days();
  await api.client.description();
  serve(documentOf([...wholeDocument, { id: 'Users-me', method: 'get', path: '/me' }]));
  const second = await next();
  expect(await second.client.description()).toMatchObject({ changes: [], since: api.clock.now() });
  expect(second.warnings).toEqual([]);
  serve(documentOf(wholeDocument.filter(({ id }) => id !== 'Meters-create_meter')));
  const third = await next();
  expect((await third.client.description())?.changes).toEqual([
    expect.stringMatching(/^Meters-create_meter: was POST .*, is not described now/),
  ]);
});

test('a file that was edited is compared with the one of the last run', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'wattlift-')), 'api.json');
  await writeFile(path, JSON.stringify(documentOf(wholeDocument)));
  const kept = new Map<string, CachedDocument>();
  const first = await createWorld({ settings: { openapi: path }, kept });
  expect(await first.client.description()).toMatchObject({ from: path, changes: [] });
  await writeFile(path, JSON.stringify(documentOf(moved)));
  const second = await createWorld({ settings: { openapi: path }, kept });
  expect(await second.client.description({ offline: true })).toMatchObject({ changes });
  expect(await second.client.description()).toMatchObject({ changes });
});

test('of several servers the one of this API is taken', async () => {
  const world = await createWorld({
    document: (url) => ({
      body: documentOf(wholeDocument, { servers: [{ url: 'https://other.example/a' }, { url: `${url}/b` }] }),
    }),
  });
  const meter = (await world.client.endpoints()).find(({ operation }) => operation === 'Meters-create_meter');
  expect(meter?.path).toBe('/b/accounts/{account_id}/meters');
  expect(world.warnings).toEqual([]);
});

test('a list that is elsewhere is found by its name', async () => {
  const elsewhere = wholeDocument.map((one) =>
    one.id === 'Meters-list_meters' ? { ...one, path: '/all-meters' } : one,
  );
  const world = await createWorld({ document: () => ({ body: documentOf(elsewhere) }) });
  expect(await world.client.endpoints()).toContainEqual(
    expect.objectContaining({ operation: 'list_meters', path: '/all-meters' }),
  );
});
