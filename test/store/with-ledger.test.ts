import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import type { MoerDataset } from '../../src/store/moer-store.ts';
import { answer, at, between, makeFolder, openStore, stoppedClock } from './store-at.ts';

const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };
const winter = between('2024-12-01', '2025-03-01');

test('on the real ledger, runs of their own ask for what is missing, young or lost, and for nothing else', async () => {
  const folder = await makeFolder();
  const dir = join(folder, 'moer');
  const run = async (now: string, job: (store: MoerDataset) => Promise<void>): Promise<void> => {
    const ledger = await openSqliteLedger(join(folder, 'ledger.db'), {
      mode: 'run',
      command: 'run',
      clock: stoppedClock(at(now)),
    });
    try {
      const store = openStore({ dir, coverage: ledger }, now);
      await job(store);
      await store.close();
    } finally {
      await ledger.close();
    }
  };
  const pull = async (store: MoerDataset, now: string, expected: readonly object[]): Promise<void> => {
    const requests = await store.missing(series, winter);
    expect(requests).toMatchObject(expected);
    await Promise.all(requests.map(async (span) => store.add(series, span, answer(span), at(now))));
    expect(await store.missing(series, winter)).toMatchObject([]);
  };

  await run('2025-02-20', async (store) => {
    await pull(store, '2025-02-20', [
      between('2024-12-01', '2025-01-02'),
      between('2025-01-02', '2025-02-03'),
      between('2025-02-03', '2025-02-20'),
    ]);
    expect(await store.count(series, winter)).toMatchObject({ received: 81 * 288, expected: 81 * 288 });
  });
  await run('2025-02-25', async (store) => pull(store, '2025-02-25', [between('2025-02-13', '2025-02-25')]));
  await rm(join(dir, 'co2_moer', 'CAISO_NORTH', '2024-12.parquet'));
  await run('2025-04-01', async (store) => {
    await pull(store, '2025-04-01', [between('2024-12-01', '2025-01-01'), between('2025-02-18', '2025-03-01')]);
    expect(await store.count(series, winter)).toMatchObject({ received: 90 * 288, expected: 90 * 288 });
  });
  await run('2025-04-02', async (store) => pull(store, '2025-04-02', []));
});

test('on the real ledger, a pinned model and back is asked for each time', async () => {
  const folder = await makeFolder();
  const now = '2025-06-30';
  for (const [run, model] of [undefined, 'B', undefined].entries()) {
    const ledger = await openSqliteLedger(join(folder, 'ledger.db'), {
      mode: 'run',
      command: 'run',
      clock: stoppedClock(at(now)),
    });
    try {
      const store = openStore({ dir: join(folder, 'moer'), coverage: ledger }, now, { model });
      const requests = await store.missing(series, winter);
      expect(requests).toHaveLength(3);
      for (const span of requests) await store.add(series, span, answer(span, { model: model ?? 'A' }), at(now) + run);
      const again = openStore({ dir: join(folder, 'moer'), coverage: ledger }, now, { model });
      expect(await again.missing(series, winter)).toMatchObject([]);
      expect(await again.model(series)).toBe(model ?? 'A');
      await Promise.all([store.close(), again.close()]);
    } finally {
      await ledger.close();
    }
  }
});
