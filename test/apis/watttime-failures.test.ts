import { describe, expect, test } from 'vitest';
import { errorOf } from './loopback.ts';
import { world } from './watttime-world.ts';

describe('what went wrong is told apart, with the words and the request id of the answer', () => {
  const page = '<html><head><title>403 Forbidden</title></head><body>nginx</body></html>';
  const cases = [
    [
      'bad credentials, though they come as a 403 page',
      { login: { status: 403, body: page } },
      'watttime.credentials-refused',
      'check WATTTIME_USER and WATTTIME_PASSWORD',
    ],
    [
      'a plan that does not cover it',
      { status: 403, body: { error: 'FORBIDDEN', msg: 'no access' } },
      'watttime.forbidden',
      '; the plan of this account does not cover',
    ],
    [
      'a 403 page that is not the plan',
      { status: 403, body: page },
      'watttime.forbidden',
      'a page in front of the API refused it, not the plan',
    ],
    [
      'no coverage here',
      { status: 404, body: { error: 'No coverage available for these coordinates and signal_type' } },
      'watttime.absent',
      'no coverage at 1, 2 for co2_moer',
    ],
    [
      'an address that is not the API',
      { status: 404, body: { detail: 'Not Found' } },
      'watttime.absent',
      '; check the address and the ids',
    ],
    [
      'bad parameters',
      {
        status: 422,
        body: { detail: [{ loc: ['query', 'signal_type'], msg: 'Input should be co2_moer', type: 'enum' }] },
      },
      'watttime.invalid',
      'Input should be co2_moer',
    ],
    [
      'bad parameters in the other form',
      { status: 400, body: { error: 'INVALID', msg: 'too long' } },
      'watttime.invalid',
      '"too long"',
    ],
    ['the limit', { status: 429, body: '' }, 'watttime.limited', 'too many requests'],
    ['an outage', { status: 503, body: '<html>maintenance</html>' }, 'watttime.outage', 'maintenance'],
    ['a gateway that gave up', { status: 504, body: '' }, 'watttime.timeout', 'run again later'],
    [
      'an answer that is no answer',
      { status: 200, body: '<html>Welcome to the hotel</html>' },
      'watttime.unreadable',
      'check that the address is the API itself',
    ],
  ] as const;

  test.each(cases)('%s', async (_name, reply, code, words) => {
    const headers = { 'x-request-id': 'req-77' };
    const login = 'login' in reply ? () => ({ ...reply.login, headers }) : undefined;
    const { client } = await world(() => ('login' in reply ? {} : { ...reply, headers }), login && { login });
    const error = await errorOf(client.regionAt('co2_moer', { latitude: 1, longitude: 2 }));
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(words);
    expect(error.message).toContain('(request id req-77)');
  });

  test('a map that the plan does not have names the plans that do', async () => {
    const { client } = await world(() => ({ status: 403, body: { detail: 'Forbidden' } }));
    expect((await errorOf(client.maps('co2_moer'))).message).toContain('plans ANALYST and PRO');
  });
});

test('every answer is told with its request id, repeated ones too, and without credentials', async () => {
  let left = 1;
  const { client, answered } = await world(() =>
    left-- > 0
      ? { status: 503, body: '', headers: { 'x-request-id': 'first' } }
      : { body: { region: 'UK' }, headers: { 'x-request-id': 'second' } },
  );
  await client.regionAt('co2_moer', { latitude: 1, longitude: 2 });
  const path = '/v3/region-from-loc?signal_type=co2_moer&latitude=1&longitude=2';
  expect(answered).toEqual([
    { method: 'GET', path: '/login', status: 200 },
    { method: 'GET', path, status: 503, requestId: 'first' },
    { method: 'GET', path, status: 200, requestId: 'second' },
  ]);
});
