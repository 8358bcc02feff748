import { expect, test } from 'vitest';
import { createTokenKeeper, type TokenKeeper } from '../../src/apis/token.ts';
import { AccessError, ApiError } from '../../src/domain/errors.ts';
import { errorOf, testClock } from './loopback.ts';

const minute = 60_000;

function keeperOf(login?: () => Promise<string>): {
  keeper: TokenKeeper;
  clock: ReturnType<typeof testClock>;
  logins: () => number;
} {
  const clock = testClock();
  let logins = 0;
  const keeper = createTokenKeeper({
    api: 'watttime',
    clock,
    credentials: { WATTTIME_USER: 'u', WATTTIME_PASSWORD: 'p' },
    refusals: [401, 403],
    marginMs: 5 * minute,
    login: async () => {
      logins += 1;
      return { token: login ? await login() : `token-${String(logins)}`, lifetimeMs: 30 * minute };
    },
  });
  return { keeper, clock, logins: () => logins };
}

function refusal(status: number): ApiError {
  return new ApiError(
    { api: 'watttime', kind: status === 503 ? 'outage' : 'forbidden', method: 'GET', path: '/login', status },
    'no',
  );
}

test('many callers share one login', async () => {
  const { keeper, logins } = keeperOf();
  const tokens = await Promise.all(Array.from({ length: 50 }, () => keeper.current()));
  expect(new Set(tokens)).toEqual(new Set(['token-1']));
  expect(logins()).toBe(1);
});

test('a token is renewed before it expires', async () => {
  const { keeper, clock } = keeperOf();
  await keeper.current();
  clock.pass(25 * minute - 1);
  expect(await keeper.current()).toBe('token-1');
  clock.pass(1);
  expect(await keeper.current()).toBe('token-2');
});

test('a token is renewed when a laptop slept, and when the wall clock was set back', async () => {
  const slept = keeperOf();
  await slept.keeper.current();
  slept.clock.wallMs += 60 * minute;
  expect(await slept.keeper.current()).toBe('token-2');

  const setBack = keeperOf();
  await setBack.keeper.current();
  setBack.clock.wallMs -= 600 * minute;
  setBack.clock.monotonicMs += 26 * minute;
  expect(await setBack.keeper.current()).toBe('token-2');
});

test('a refused token is thrown away only while it is the current one', async () => {
  const { keeper, logins } = keeperOf();
  await keeper.current();
  keeper.refused('token-1');
  expect(await keeper.current()).toBe('token-2');
  keeper.refused('token-1');
  expect(await keeper.current()).toBe('token-2');
  expect(logins()).toBe(2);
});

test('a refused login is remembered, a failed one is not', async () => {
  let outcome: () => Promise<string> = () => Promise.reject(refusal(503));
  const { keeper, logins } = keeperOf(() => outcome());
  await expect(keeper.current()).rejects.toBeInstanceOf(ApiError);
  outcome = () => Promise.reject(refusal(403));
  await expect(keeper.current()).rejects.toMatchObject({ name: 'AccessError', code: 'watttime.credentials-refused' });
  await expect(keeper.current()).rejects.toBeInstanceOf(AccessError);
  expect(logins()).toBe(2);
});

test('tokens that nobody takes end the logins', async () => {
  const { keeper, logins } = keeperOf();
  await keeper.current();
  keeper.refused('token-1');
  const error = keeper.refusedAgain(await keeper.current(), 'said no');
  expect(error.code).toBe('watttime.token-refused');
  await expect(keeper.current()).rejects.toBe(error);
  expect(logins()).toBe(2);
});

test('one call refused with a token that others use does not end the logins', async () => {
  const { keeper } = keeperOf();
  const token = await keeper.current();
  keeper.accepted(token);
  keeper.refusedAgain(token, 'said no');
  expect(await keeper.current()).toBe('token-2');
});

test('missing credentials are named by their environment variables', async () => {
  const keeper = createTokenKeeper({
    api: 'wattcarbon',
    clock: testClock(),
    credentials: { WATTCARBON_EMAIL: 'a@b.c', WATTCARBON_API_KEY: '' },
    refusals: [],
    marginMs: 0,
    login: () => Promise.reject(new Error('not reached')),
  });
  const error = await errorOf(keeper.current());
  expect(error).toMatchObject({ name: 'AccessError', code: 'wattcarbon.credentials-missing' });
  expect(error.message).toContain('WATTCARBON_API_KEY');
  expect(error.message).not.toContain('WATTCARBON_EMAIL');
});
