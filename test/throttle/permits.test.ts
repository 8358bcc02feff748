import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PermitAsk } from '../../src/domain/permits.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import { openSqlitePermits } from '../../src/ledger/sqlite-permits.ts';
import { startChild } from '../ledger/children.ts';
import { openThrottle } from './setup.ts';
import { makePermitFile } from './simulation.ts';

const ask: PermitAsk = { budget: 'b', owner: 'me', since: undefined, at: 1_000, endsAt: 9_000, decide: () => true };

test('permits share the ledger’s file with the run that holds it, whichever opened it first', async () => {
  for (const permitsFirst of [true, false]) {
    const file = await makePermitFile();
    const early = permitsFirst ? await openSqlitePermits(file) : undefined;
    const ledger = await openSqliteLedger(file, { mode: 'run', clock: Date, command: 'wattlift run' });
    const permits = early ?? (await openSqlitePermits(file));
    expect(await permits.grant([ask])).toHaveLength(1);
    await ledger.startRun({ id: 'r', at: 1, command: 'wattlift run' });
    await permits.close();
    await ledger.close();
    const reader = await openSqliteLedger(file, { mode: 'read' });
    expect(await reader.slots('A')).toEqual([]);
    await reader.close();
  }
});

test('a file in which only a budget lies reads as an empty ledger', async () => {
  const file = await makePermitFile();
  await (await openSqlitePermits(file)).close();
  const ledger = await openSqliteLedger(file, { mode: 'read' });
  expect(await ledger.intents()).toEqual([]);
  await ledger.close();
  expect(await readdir(join(file, '..'))).toEqual(['budget.db']);
});

test('when one of two budgets refuses, neither gives a permit, and both have seen their news', async () => {
  const permits = await openSqlitePermits(await makePermitFile());
  onTestFinished(() => permits.close());
  await permits.grant([ask]);
  const seen: number[] = [];
  const other = { ...ask, owner: 'other' };
  const granted = await permits.grant([
    { ...other, budget: 'full', decide: () => false },
    { ...other, decide: (news) => seen.push(news.permits.length) > 0 },
  ]);
  expect(granted).toBeUndefined();
  expect(seen).toEqual([1]);
  await permits.grant([{ ...ask, owner: 'third', decide: ({ permits: all }) => seen.push(all.length) > 0 }]);
  expect(seen).toEqual([1, 1]);
});

test('after the first look only what has changed is news, and never one’s own', async () => {
  const permits = await openSqlitePermits(await makePermitFile());
  onTestFinished(() => permits.close());
  const [old, changed] = [await permits.grant([ask]), await permits.grant([ask])];
  let since: number | undefined;
  const look = async (owner = 'other'): Promise<readonly string[]> => {
    const ids: string[] = [];
    await permits.grant([
      {
        ...ask,
        owner,
        since,
        decide: (news) => {
          ids.push(...news.permits.map(({ id }) => id));
          since = news.sequence;
          return false;
        },
      },
    ]);
    return ids;
  };
  expect(await look()).toEqual([...(old ?? []), ...(changed ?? [])]);
  expect(await look()).toEqual([]);
  await permits.settle(changed?.[0] ?? '', { at: 1_500, endsAt: 5_000, answered: true });
  expect(await look()).toEqual(changed);
  since = undefined;
  expect(await look('me')).toEqual([]);
});

test('permits that ended long ago are forgotten', async () => {
  const permits = await openSqlitePermits(await makePermitFile());
  onTestFinished(() => permits.close());
  await permits.grant([ask]);
  await permits.purge('b', 9_001);
  await permits.grant([
    { ...ask, owner: 'other', since: 0, decide: (news) => expect(news.permits).toEqual([]) === undefined },
  ]);
});

test('a process that is killed and three that go on keep the limit together', async () => {
  const windowMs = 700;
  const arrivals: number[] = [];
  const server = createServer((_request, response) => {
    arrivals.push(performance.now());
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}/`;
  const file = await makePermitFile();
  const script = new URL('child-sender.ts', import.meta.url);
  const children = [1, 2, 3].map(() => startChild(script, file, url, '10', String(windowMs)));
  await Promise.race(children.map((child) => child.printed(4)));
  await children[0]?.kill();
  const own = await openThrottle({ requests: 10, windowMs, file, concurrency: 4 });
  // More than a window holds, whoever sent them: then there is something to count.
  for (let index = 0; index < 5 || arrivals.length <= 10; index += 1) await own.fetch(url);
  await Promise.all(children.map((child) => child.kill()));
  const worst = Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + windowMs).length));
  expect(worst).toBeLessThanOrEqual(10);
});
