import { assert, integer, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { scheduleFaults } from '../../src/sandbox/serve/fault-schedule.ts';
import { type Account, meter, openAccount, openSandbox } from './open-sandbox.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';

/** An account of a sandbox with these faults. */
async function openWith(
  ...specs: readonly string[]
): Promise<{ readonly sandbox: Sandbox; readonly account: Account }> {
  const sandbox = await openSandbox({ faults: { specs } });
  return { sandbox, account: await openAccount(sandbox) };
}

/** A status, or `broken` where none came or its body broke off. */
async function outcome(reply: Promise<{ readonly status: number }>): Promise<number | 'broken'> {
  try {
    return (await reply).status;
  } catch {
    return 'broken';
  }
}

test.each([
  ['create_meter:lost', 'broken', 1],
  ['create_meter:500-after-work', 500, 1],
  ['create_meter:truncated', 'broken', 1],
  ['create_meter:html-after-work', 200, 1],
  ['create_meter:html-after-work=503', 503, 1],
  ['create_meter:cut', 'broken', 0],
  ['create_meter:html', 502, 0],
  ['create_meter:html=503', 503, 0],
  ['create_meter:503', 503, 0],
  ['create_meter:expired', 401, 0],
])('%s: the answer is %s, and %i meter is there', async (spec, answer, meters) => {
  const { sandbox, account } = await openWith(spec);
  expect(await outcome(account.post('/meters', meter))).toBe(answer);
  expect(sandbox.state().meters).toHaveLength(meters);
});

test('a truncated answer has its status and the beginning of its body', async () => {
  const { sandbox } = await openWith('openapi:truncated');
  const response = await fetch(`${sandbox.wattcarbonUrl}/openapi.json`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(sandbox.state().requests['wattcarbon.openapi']?.outcomes).toEqual({ truncated: 1 });
});

test('a token that expired early is good for nothing, and a new one for everything', async () => {
  const { sandbox, account } = await openWith('create_meter:expired@1');
  expect((await account.post('/meters', meter)).status).toBe(401);
  expect((await account.get('/meters')).status).toBe(401);
  const again = await openAccount(sandbox, 'acme', 'another@example.org');
  expect((await again.post('/meters', meter)).status).toBe(201);
});

test('429=7 comes with Retry-After', async () => {
  const { account } = await openWith('*:429=7@2');
  const reply = await account.post('/meters', meter);
  expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '7']);
});

test('hang answers nothing, slow answers late', async () => {
  const sandbox = await openSandbox({ faults: { specs: ['create_meter:hang', 'list_meters:slow=3'] } });
  const account = await openAccount(sandbox);
  const hanging = outcome(account.post('/meters', meter));
  let listed = false;
  const slow = account.get('/meters').finally(() => {
    listed = true;
  });
  await account.get('/assets');
  expect(listed).toBe(false);
  const poll = setInterval(() => sandbox.clock.advance(1_000), 5);
  expect((await slow).json).toEqual([]);
  clearInterval(poll);
  await sandbox.close();
  expect(await hanging).toBe('broken');
});

const operations = [
  { api: 'wattcarbon', operation: 'create_meter' },
  { api: 'wattcarbon', operation: 'upload_meter_bills' },
  { api: 'watttime', operation: 'login' },
];

/** Which of these requests of an operation meet a fault, counted from 1. */
function hits(specs: readonly string[], count: number, seed = 1, operation = 'create_meter'): readonly number[] {
  const hook = scheduleFaults(specs, seed, operations);
  const request = { api: 'wattcarbon', method: 'POST', path: '/', operation } as const;
  const met = Array.from({ length: count }, () => hook(request) !== undefined);
  return met.flatMap((isHit, at) => (isHit ? [at + 1] : []));
}

test.each([
  ['create_meter:cut', [1, 2, 3, 4, 5, 6]],
  ['create_meter:cut@3', [3]],
  ['create_meter:cut@2,5', [2, 5]],
  ['create_meter:cut@2-4', [2, 3, 4]],
  ['create_meter:cut@5+', [5, 6]],
  ['create_meter:cut@1,4+', [1, 4, 5, 6]],
  ['wattcarbon.create_*:cut@2', [2]],
  ['*:cut@6', [6]],
  ['watttime.*:cut', []],
  ['upload_*:cut', []],
  ['create_meter:cut~100%', [1, 2, 3, 4, 5, 6]],
])('%s hits the requests %j of six', (spec, expected) => {
  expect(hits([spec], 6)).toEqual(expected);
});

test('chance depends on the seed, and is about what is written', () => {
  assert(
    property(nat(), integer({ min: 5, max: 95 }), (seed, percent) => {
      const spec = `create_meter:lost~${String(percent)}%`;
      const met = hits([spec], 2_000, seed);
      expect(hits([`create_meter:lost~${String(percent / 100)}`], 2_000, seed).length).toBeGreaterThan(0);
      expect(hits([spec], 2_000, seed)).toEqual(met);
      expect(Math.abs(met.length / 2_000 - percent / 100)).toBeLessThan(0.07);
    }),
    { numRuns: 30, seed: 7 },
  );
  expect(hits(['create_meter:lost~0.5'], 50, 1)).not.toEqual(hits(['create_meter:lost~0.5'], 50, 2));
});

test('of several faults that are due the first has it, and all of them count', () => {
  const hook = scheduleFaults(['create_meter:cut@1', '*:hang@2', 'create_meter:503'], 1, operations);
  const request = { api: 'wattcarbon', method: 'POST', path: '/', operation: 'create_meter' } as const;
  expect([hook(request), hook(request), hook(request)].map((fault) => fault?.kind)).toEqual(['cut', 'hang', 'status']);
});

test.each([
  ['create_meter', 'it cannot be read', '[API.]OPERATION:FAULT'],
  ['make_meter:lost', 'no operation "make_meter"', 'create_meter, upload_meter_bills (wattcarbon), login (watttime)'],
  ['watttime.create_meter:lost', 'no operation', 'create_meter'],
  ['create_meter:lots', '"lots" is no fault', 'cut, hang, slow[=SECONDS], expired'],
  ['create_meter:lost=3', '"lost=3" is no fault', 'html[=STATUS]'],
  ['create_meter:999', 'is no fault', 'RETRY-AFTER'],
  ['create_meter:slow=long', 'is no fault', 'slow[=SECONDS]'],
  ['create_meter:lost@0', '"@0" does not say when', '@N+'],
  ['create_meter:lost@4-2', '"@4-2" does not say when', '@N-M'],
  ['create_meter:lost~0', '"~0" does not say when', '0.05 or 5%'],
  ['create_meter:lost~150%', '"~150%" does not say when', '~P'],
])('%s is refused with what is wrong and what there is', (spec, wrong, known) => {
  const message = expect.stringMatching(new RegExp(`^--sandbox-fault ${spec.replaceAll(/[.*+?^$()|[\]]/g, '\\$&')}: `));
  expect(() => scheduleFaults([spec], 1, operations)).toThrow(
    expect.objectContaining({ code: 'sandbox.fault-invalid', message }),
  );
  expect(() => scheduleFaults([spec], 1, operations)).toThrow(wrong);
  expect(() => scheduleFaults([spec], 1, operations)).toThrow(known);
});

test('a fault that cannot be ends the start, and no port stays open', async () => {
  await expect(openSandbox({ faults: { specs: ['nothing:lost'] } })).rejects.toMatchObject({
    code: 'sandbox.fault-invalid',
  });
});
