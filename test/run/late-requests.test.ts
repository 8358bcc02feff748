import { expect, test } from 'vitest';
import { ApiError, type ApiErrorKind } from '../../src/domain/errors.ts';
import type { Prepared, WriteOperation } from '../../src/domain/remote.ts';
import type { WattCarbon } from '../../src/steps/tools.ts';
import { Crash, dieAfter } from './crash.ts';
import { once } from './faults.ts';
import { openWorld, type RunHow, type World } from './open-run.ts';
import { bareMeter, holdings, hourly, siteOf, writesOf } from './sites.ts';

const timeoutMs = 20_000;
const ignore = { beforeSend: () => Promise.resolve() };

interface Late {
  readonly how: RunHow;
  /** Lets the request arrive if its time has come. */
  readonly arrive: (to: WattCarbon) => Promise<void>;
}

/**
 * The first request of an operation ends at once in an error, as at a gateway that gives up, and arrives at the API after
 * `afterMs` all the same: before whatever is asked from then on, or after the last of it.
 */
function late(
  world: World,
  operation: WriteOperation,
  failure: { readonly kind: ApiErrorKind; readonly status?: number },
  afterMs = timeoutMs - 1_000,
): Late {
  let waiting: { readonly prepared: Prepared; readonly at: number } | undefined;
  let failed = false;
  const arrive = async (to: WattCarbon): Promise<void> => {
    if (waiting === undefined || world.clock.now() < waiting.at + afterMs) return;
    const { prepared } = waiting;
    waiting = undefined;
    await to.send(prepared, ignore);
  };
  const wrapWattCarbon = (to: WattCarbon): WattCarbon => ({
    ...to,
    send: async (prepared, hooks) => {
      await arrive(to);
      if (failed || prepared.operation !== operation) {
        const answer = await to.send(prepared, hooks);
        world.clock.advance(afterMs);
        await arrive(to);
        return answer;
      }
      await hooks.beforeSend();
      failed = true;
      waiting = { prepared, at: world.clock.now() };
      throw new ApiError({ api: 'wattcarbon', method: 'POST', path: '/', ...failure }, 'the gateway gave up');
    },
    list: async (creation) => {
      await arrive(to);
      return to.list(creation);
    },
  });
  return { how: { wrapWattCarbon }, arrive };
}

test.each([
  { kind: 'timeout', status: 504 },
  { kind: 'timeout', status: 408 },
  { kind: 'outage', status: 502 },
  { kind: 'lost' },
] as const)('a creation that arrives long after %o is adopted, not made again', async (failure) => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  const { how } = late(world, 'create_meter', failure);
  expect(await world.run(how)).toMatchObject({ sites: { done: 1 } });
  expect(holdings(world).meters).toBe(1);
});

test('after an answer that cannot be read only the settling is waited for: whoever answered had ended', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')] });
  const { how } = late(world, 'create_meter', { kind: 'unreadable', status: 200 }, 0);
  const before = world.clock.now();
  expect(await world.run(how)).toMatchObject({ sites: { done: 1 } });
  expect(world.clock.now() - before).toBeLessThan(timeoutMs / 2);
});

test('after our own timeout only the settling is left to wait for', async () => {
  const world = await openWorld({ sites: [bareMeter('SP1')], wattcarbon: { timeout: 'PT1S' } });
  const at = new Map<string, number>();
  const hang = once('create_meter', { kind: 'hang' });
  world.fault = (request) => {
    if (!at.has(request.operation)) at.set(request.operation, world.clock.now());
    return hang(request);
  };
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect((at.get('list_meters') ?? 0) - (at.get('create_meter') ?? 0)).toBeLessThan(2_000);
});

const february = (value: number): string =>
  hourly(value)
    .split('\n')
    .filter((row) => !row.startsWith('2025-01'))
    .join('\n');
const onlyFebruary = siteOf('SP1', { meters: [{ id: 'main', type: 'electricity', data: 'feb.csv' }] });

test('a first version whose run was killed cannot land after the second', async () => {
  const world = await openWorld({ sites: [onlyFebruary] }, { 'feb.csv': february(1) });
  const { how, arrive } = late(world, 'upload_meter_intervals', { kind: 'lost' });
  const killed: RunHow = {
    wrapLedger: (ledger) => ({ ...ledger, clearIntent: () => Promise.reject(new Crash('killed')) }),
    wrapWattCarbon: (to) => {
      const wrapped = how.wrapWattCarbon?.(to) ?? to;
      const send: WattCarbon['send'] = async (prepared, hooks) => {
        if (prepared.operation !== 'upload_meter_intervals') return wrapped.send(prepared, hooks);
        return wrapped.send(prepared, hooks).catch((error: unknown) => {
          throw new Crash('killed', { cause: error });
        });
      };
      return { ...wrapped, send };
    },
  };
  await expect(world.run(killed)).rejects.toThrow(Crash);
  await world.put({ 'feb.csv': february(7) });
  const second: RunHow = {
    wrapWattCarbon: (to) => ({
      ...to,
      send: async (prepared, hooks) => {
        await arrive(to);
        const answer = await to.send(prepared, hooks);
        world.clock.advance(timeoutMs);
        await arrive(to);
        return answer;
      },
    }),
  };
  expect(await world.run(second)).toMatchObject({ sites: { done: 1 } });
  expect(world.state().meters[0]?.readings.sumKwh).toBe(30);
  expect(await world.intents()).toEqual([]);
});

test('revisions of which every answer was lost leave no intents behind once one is confirmed', async () => {
  const world = await openWorld({ sites: [onlyFebruary] }, { 'feb.csv': february(1) });
  for (const value of [1, 2, 3]) {
    await world.put({ 'feb.csv': february(value) });
    await expect(world.run(dieAfter('upload_meter_intervals').how)).rejects.toThrow(Crash);
  }
  expect(await world.intents()).toHaveLength(3);
  await world.put({ 'feb.csv': february(4) });
  expect(await world.run()).toMatchObject({ sites: { done: 1 } });
  expect(await world.intents()).toEqual([]);
  expect(world.state().meters[0]?.readings.sumKwh).toBe(27);
});

test('under reupload "refuse" an "already there" may be the older content, when that was never answered', async () => {
  const refuse = { reupload: 'refuse' };
  const world = await openWorld({ sites: [onlyFebruary], wattcarbon: refuse }, { 'feb.csv': february(1) });
  await expect(world.run(dieAfter('upload_meter_intervals').how)).rejects.toThrow(Crash);
  await world.put({ 'feb.csv': february(7) });
  const refusal = { kind: 'status', status: 409, body: '{"detail":"these intervals are there already"}' } as const;
  world.fault = once('upload_meter_intervals', refusal);
  const end = await world.run();
  expect(end).toMatchObject({ sites: { uncertain: 1 }, failures: [{ code: 'upload.uncertain' }] });
  expect(writesOf(end)).toMatchObject({ upload_meter_intervals: 1 });
});
