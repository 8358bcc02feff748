import { expect, test } from 'vitest';
import { toAccounts } from '../../src/cli/accounts.ts';
import { AccessError } from '../../src/domain/errors.ts';
import { bareManifest } from '../../src/manifest/load.ts';
import { errorOf, type Reply, type Seen } from './loopback.ts';
import { documentOf, wholeDocument, type Described } from './openapi-documents.ts';
import { apiKey, countingHooks, createWorld, type World, type WorldOptions } from './wattcarbon-world.ts';

const getAccount: Described = { id: 'get_account', method: 'get', path: '/accounts/{account_id}' };
const listAccounts: Described = { id: 'list_accounts', method: 'get', path: '/accounts' };

interface Answers {
  readonly [path: string]: Reply;
}

function openWorld(operations: readonly Described[], answers: Answers, more: WorldOptions = {}): Promise<World> {
  return createWorld({
    document: () => ({ body: documentOf(operations) }),
    answer: ({ url }: Seen) => answers[url.pathname] ?? { status: 404, body: { detail: 'Not Found' } },
    ...more,
  });
}

const asked = (world: World): readonly string[] => world.calls().map(({ method, url }) => `${method} ${url.pathname}`);

test('an account that answers to the key is confirmed with one GET, however often it is asked for', async () => {
  const world = await openWorld(wholeDocument, { '/accounts/acc-1/meters': { body: [] } });
  const [first, second] = await Promise.all([world.client.checkAccount(), world.client.checkAccount()]);
  expect(first).toEqual({
    outcome: 'confirmed',
    asked: 'GET /accounts/acc-1/meters',
    name: undefined,
    looksPersonal: false,
  });
  expect(second).toBe(first);
  expect(asked(world)).toEqual(['GET /accounts/acc-1/meters']);
  expect(await world.client.checkRequests()).toEqual({ certain: 1, atMost: 1 });
});

test('of a list only the shortest page is asked for', async () => {
  const limited = wholeDocument.map((one) =>
    one.id === 'Meters-list_meters'
      ? { ...one, more: { parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] } }
      : one,
  );
  const world = await openWorld(limited, { '/accounts/acc-1/meters': { body: [] } });
  await world.client.checkAccount();
  expect(world.calls().map(({ url }) => url.search)).toEqual(['?limit=1']);
});

test.each([
  ['403', { status: 403, body: { detail: 'This API key belongs to another account' } }],
  ['a 404 that speaks of the account', { status: 404, body: { detail: 'Account not found' } }],
])('%s is a no, which stands and is not asked again', async (_, reply) => {
  const world = await openWorld(wholeDocument, { '/accounts/acc-1/meters': reply });
  const error = await errorOf(world.client.checkAccount());
  expect(error).toBeInstanceOf(AccessError);
  expect(error).toMatchObject({ code: 'wattcarbon.account-refused', account: undefined });
  expect(error.message).toContain('WATTCARBON_API_KEY is not the key of account "acc-1"');
  expect(error.message).not.toContain(apiKey);
  expect(await errorOf(world.client.checkAccount())).toBe(error);
  expect(asked(world)).toHaveLength(1);
});

test.each([
  ['a path that is not there', { status: 404, body: { detail: 'Not Found' } }],
  ['an outage', { status: 503, body: 'down' }],
  ['a list that wants more', { status: 422, body: { detail: 'Field required' } }],
])('%s says nothing of the account', async (_, reply) => {
  const world = await openWorld(wholeDocument, { '/accounts/acc-1/meters': reply });
  expect(await world.client.checkAccount()).toMatchObject({ outcome: 'unknown', asked: undefined });
});

test('where nothing can be asked, nothing is', async () => {
  const world = await openWorld(
    wholeDocument.filter(({ method }) => method !== 'get'),
    {},
  );
  expect(await world.client.checkAccount()).toMatchObject({ outcome: 'unknown' });
  expect(asked(world)).toEqual([]);
});

test.each([
  [{ id: 'acc-1', name: 'Ada', type: 'personal' }, true],
  [{ id: 'acc-1', name: 'Personal account of ada@example.com' }, true],
  [{ data: { id: 'acc-1', name: 'Ada', is_personal: true } }, true],
  [{ id: 'acc-1', name: 'Acme Personnel Ltd', type: 'organization' }, false],
])('an account that shows %j looks like a person: %j', async (body, looksPersonal) => {
  const world = await openWorld([...wholeDocument, getAccount], { '/accounts/acc-1': { body } });
  expect(await world.client.checkAccount()).toMatchObject({ outcome: 'confirmed', looksPersonal });
  expect(asked(world)).toEqual(['GET /accounts/acc-1']);
});

test('the accounts that a key opens decide, where the account cannot be asked itself', async () => {
  const answers = { '/accounts/acc-1/meters': { body: [] } };
  const theirs = await openWorld([...wholeDocument, listAccounts], {
    ...answers,
    '/accounts': { body: { data: [{ id: 'me', type: 'personal' }] } },
  });
  const error = await errorOf(theirs.client.checkAccount());
  expect(error).toMatchObject({ code: 'wattcarbon.account-refused' });
  expect(error.message).toContain('it opens "me"');

  const ours = await openWorld([...wholeDocument, listAccounts], {
    ...answers,
    '/accounts': { body: [{ id: 'acc-1', name: 'Mine', type: 'personal' }] },
  });
  expect(await ours.client.checkAccount()).toMatchObject({ outcome: 'confirmed', name: 'Mine', looksPersonal: true });
  expect(await ours.client.checkRequests()).toEqual({ certain: 2, atMost: 2 });
});

test('a key that opens many accounts is held against all of their pages', async () => {
  const limit = { parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer' } }] };
  const pages = await openWorld(
    [...wholeDocument, { ...listAccounts, more: limit }],
    {},
    {
      answer: ({ url }) => {
        if (url.pathname !== '/accounts') return { body: [] };
        return url.searchParams.has('cursor')
          ? { body: { items: [{ id: 'acc-1', name: 'Mine' }] } }
          : { body: { items: [{ id: 'other' }], next: '/accounts?cursor=2' } };
      },
    },
  );
  expect(await pages.client.checkAccount()).toMatchObject({ outcome: 'confirmed', name: 'Mine' });
});

test('a key that may not list accounts may still be the right one', async () => {
  const world = await openWorld([...wholeDocument, listAccounts], {
    '/accounts/acc-1/meters': { body: [] },
    '/accounts': { status: 403, body: { detail: 'administrators only' } },
  });
  expect(await world.client.checkAccount()).toMatchObject({
    outcome: 'confirmed',
    asked: 'GET /accounts/acc-1/meters',
  });
});

test('one of several accounts says which it is, and names its own variables', async () => {
  const settings = { accountName: 'beta', variables: { email: 'BETA_EMAIL', apiKey: 'BETA_KEY' } };
  const refused = { status: 403, body: { detail: 'no' } };
  const world = await openWorld(wholeDocument, { '/accounts/acc-1/meters': refused }, { settings });
  const error = await errorOf(world.client.checkAccount());
  expect(error).toMatchObject({ account: 'beta' });
  expect(error.message).toContain('BETA_KEY is not the key of account "beta" (acc-1)');
  const locked = await openWorld(wholeDocument, {}, { settings, token: () => ({ status: 401, body: {} }) });
  const login = await errorOf(locked.client.checkAccount());
  expect(login).toMatchObject({ code: 'wattcarbon.credentials-refused', account: 'beta' });
  expect(login.message).toContain('check BETA_EMAIL and BETA_KEY');
});

test('before the description is known, what the check will take is not', async () => {
  const world = await openWorld(wholeDocument, {});
  expect(await world.client.checkRequests()).toEqual({ certain: 0, atMost: 2 });
});

test('an account that looks personal is said once, before the first write, which goes on', async () => {
  const world = await openWorld([...wholeDocument, getAccount], {
    '/accounts/acc-1': { body: { id: 'acc-1', name: 'Ada Lovelace', type: 'personal' } },
    '/accounts/acc-1/meters': { status: 201, body: { id: 7 } },
  });
  const { manifest } = bareManifest('pipeline.yaml', { env: {}, sandbox: true });
  const said: string[] = [];
  if (manifest === undefined) throw new Error('the least manifest is one');
  const { wattcarbon } = toAccounts(manifest, [world.client], (message) => said.push(message));
  const meter = { apiProvider: 'manual', meterType: 'gas', location: 'x' };
  const prepared = await wattcarbon.prepare({ operation: 'create_meter', path: {}, fields: meter });
  expect(said).toEqual([]);
  for (let n = 0; n < 2; n++) await wattcarbon.send(prepared, countingHooks());
  expect(said).toEqual([expect.stringMatching(/looks like a person's own \("Ada Lovelace"\)/)]);
  expect(asked(world)).toEqual(['GET /accounts/acc-1', 'POST /accounts/acc-1/meters', 'POST /accounts/acc-1/meters']);
});
