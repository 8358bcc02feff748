import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingWindow } from '../../src/sandbox/serve/sliding-window.ts';
import { ask, basic, logIn, openAccount, openSandbox } from './open-sandbox.ts';

test('no window anywhere holds more than the limit, and a request is refused only when one would', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 1, max: 10 }), (gaps, requests) => {
      const windowMs = 1_000;
      const window = new SlidingWindow({ requests, windowMs });
      const admitted: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now += gap;
        const held = admitted.filter((time) => time > now - windowMs);
        const waitMs = window.waitMs('ada', now);
        expect(waitMs === 0).toBe(held.length < requests);
        if (waitMs === 0) {
          window.admit('ada', now);
          admitted.push(now);
        } else {
          expect(waitMs).toBe((held[0] ?? Number.NaN) + windowMs - now);
        }
      }
    }),
  );
});

test('the limit slides: a full window at the end of a minute leaves no room at the start of the next', async () => {
  const sandbox = await openSandbox({ limits: { wattcarbon: { requests: 4, windowMs: 60_000 } } });
  sandbox.clock.advance(59_000);
  const account = await openAccount(sandbox);
  const statuses = async (count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) {
      seen.push((await account.get('/meters')).status);
    }
    return seen;
  };
  // The token took one of the four.
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  sandbox.clock.advance(2_000);
  const refused = await account.get('/meters');
  expect(refused.json).toEqual({ detail: 'Rate limit exceeded' });
  expect(refused.headers.get('retry-after')).toBe('58');
  sandbox.clock.advance(57_999);
  expect(await statuses(1)).toEqual([429]);
  sandbox.clock.advance(1);
  expect(await statuses(5)).toEqual([200, 200, 200, 200, 429]);
});

test('WattTime answers 429 with JSON when a user has used up the window, and other users go on', async () => {
  const sandbox = await openSandbox({ limits: { watttime: { requests: 2, windowMs: 300_000 } } });
  const url = `${sandbox.watttimeUrl}/v3/region-from-loc?signal_type=co2_moer&latitude=51.5&longitude=-0.1`;
  const ada = await logIn(sandbox);
  expect((await ask(url, { headers: ada })).status).toBe(200);
  sandbox.clock.advance(100_500);
  const refused = await ask(url, { headers: ada });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('200');
  expect(refused.json).toMatchObject({ error: 'Too Many Requests' });
  expect((await ask(url, { headers: await logIn(sandbox, 'ben') })).status).toBe(200);
});

test('logins have a limit of their own, which wrong passwords use up too', async () => {
  const sandbox = await openSandbox({ limits: { login: { requests: 2, windowMs: 300_000 } } });
  const logInWith = async (password: string): Promise<number> =>
    (await ask(`${sandbox.watttimeUrl}/login`, { headers: { authorization: basic('ada', password) } })).status;
  expect([await logInWith('wrong'), await logInWith('right'), await logInWith('right')]).toEqual([403, 200, 429]);
  sandbox.clock.advance(300_000);
  expect(await logInWith('right')).toBe(200);
});

test('two sandboxes share no limit, no token and no state', async () => {
  const limits = { wattcarbon: { requests: 2, windowMs: 60_000 } };
  const [first, second] = [await openSandbox({ limits }), await openSandbox({ limits })];
  const account = await openAccount(first);
  expect((await account.post('/meters', {})).status).toBe(422);
  expect((await account.get('/meters')).status).toBe(429);
  expect((await (await openAccount(second)).get('/meters')).status).toBe(200);
  const token = await logIn(first);
  const url = `${second.watttimeUrl}/v3/region-from-loc?signal_type=co2_moer&latitude=51.5&longitude=-0.1`;
  expect((await ask(url, { headers: token })).status).toBe(401);
});
