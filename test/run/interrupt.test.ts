import { expect, test } from 'vitest';
import { InterruptedError } from '../../src/domain/errors.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { openWorld } from './open-run.ts';
import { bareMeter, holdings, hourly, oneOfEach, siteOf, writesOf } from './sites.ts';

test('a run that is told to stop at its last request has done all, and exits 0', async () => {
  const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
  const stop = new AbortController();
  let seen = 0;
  world.fault = () => {
    if (++seen === 8) stop.abort(new InterruptedError());
    return undefined;
  };
  const end = await world.run({ stopping: stop.signal });
  expect(end).toMatchObject({ stopped: undefined, sites: { done: 1 } });
  expect(exitCodeOf(end, 'SIGTERM')).toBe(0);
});

test.each([1, 2, 3, 4, 5, 6, 7])(
  'a run that is told to stop at its request %i records what is in flight, and the next completes it',
  async (nth) => {
    const world = await openWorld({ sites: [siteOf('SP1')] }, { 'main.csv': hourly() });
    const stop = new AbortController();
    let seen = 0;
    world.fault = () => {
      if (++seen === nth) stop.abort(new InterruptedError());
      return { kind: 'slow', delayMs: 20 };
    };
    const end = await world.run({ stopping: stop.signal });
    expect(end).toMatchObject({ stopped: 'interrupted', sites: { uncertain: 0, failed: 0 }, failures: [] });
    expect(exitCodeOf(end, 'SIGTERM')).toBe(143);
    expect(await world.intents()).toEqual([]);
    const known = (await world.items('SP1')).filter(({ state }) => state === 'done').length;
    const { meters, assets, documents } = holdings(world);
    expect(known).toBe(meters + assets + documents + world.state().uploads.length);

    world.fault = undefined;
    const next = await world.run();
    expect(next).toMatchObject({ stopped: undefined, sites: { done: 1 } });
    expect(holdings(world)).toEqual(oneOfEach);
    expect(known + Object.values(writesOf(next)).reduce((sum, count) => sum + count, 0)).toBe(5);
  },
);

test('a site that was not taken yet when the run was told to stop is not begun', async () => {
  const sites = Array.from({ length: 30 }, (_, n) => bareMeter(`SP${String(n)}`, `${String(n)} Main St`));
  const world = await openWorld({ sites });
  const stop = new AbortController();
  let meters = 0;
  world.fault = ({ operation }) => {
    if (operation === 'create_meter' && ++meters === 5) stop.abort(new InterruptedError());
    return undefined;
  };
  const end = await world.run({ stopping: stop.signal, concurrency: 2 });
  expect(end.stopped).toBe('interrupted');
  expect(holdings(world).meters).toBeLessThan(10);
  world.fault = undefined;
  await world.run();
  expect(holdings(world).meters).toBe(30);
});

test('a stop during the wait for a killed creation leaves it for the next run', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  const stop = new AbortController();
  world.fault = ({ operation }) => {
    if (operation !== 'create_meter') return undefined;
    stop.abort(new InterruptedError());
    return { kind: 'lost' };
  };
  expect(await world.run({ stopping: stop.signal })).toMatchObject({ stopped: 'interrupted', sites: { uncertain: 0 } });
  expect(await world.intents()).toHaveLength(1);
  world.fault = undefined;
  world.clock.advance(3_600_000);
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world).meters).toBe(1);
});
