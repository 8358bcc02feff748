import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../cli/wattlift.ts';
import { filesUnder } from '../store/parquet-rows.ts';
import { makeFolder } from '../store/store-at.ts';
import { servePulls } from './pull-server.ts';

const concurrency = 4;
const regions = ['A', 'B', 'C', 'D', 'E'];
const year = { from: '2025-01-01', to: '2026-01-01' };

test('a pull of five region-years that is killed six times asks for no point twice, but for what was in flight', async () => {
  const server = await servePulls();
  onTestFinished(() => server.close());
  const folder = await makeFolder();
  await writeFile(
    join(folder, 'pipeline.yaml'),
    JSON.stringify({
      version: 1,
      watttime: { concurrency },
      moer: year,
      sites: regions.map((region) => ({ id: region, region })),
    }),
  );
  /** Ends by itself, or by SIGKILL once so many more requests have arrived. */
  const pull = async (killAfter: number): Promise<number | null> => {
    const enough = server.asked.length + killAfter;
    const child = spawn(process.execPath, [main, 'run'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        WATTTIME_USER: 'u',
        WATTTIME_PASSWORD: 'p',
        WATTTIME_API_URL: server.url,
      },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    while (child.exitCode === null && server.asked.length < enough) await sleep(2);
    child.kill('SIGKILL');
    await closed;
    return child.exitCode;
  };

  for (const killAfter of [1, 6, 9, 12, 7, 10]) expect(await pull(killAfter)).toBeNull();
  expect(await pull(Infinity)).toBe(0);

  /** Which requests of each run had to be repeated. A run logs in once; what it sent may arrive when it is dead already. */
  const repeated = new Map<string, Set<number>>();
  for (const [index, asked] of server.asked.entries()) {
    for (const [before, earlier] of server.asked.slice(0, index).entries()) {
      // Both ends are inclusive: sharing one point is sharing.
      if (earlier.region !== asked.region || earlier.start > asked.end || asked.start > earlier.end) continue;
      expect(asked.token).not.toBe(earlier.token);
      repeated.set(earlier.token, (repeated.get(earlier.token) ?? new Set()).add(before));
    }
  }
  // Under way is what was sent and is not stored: as many as may be at once.
  for (const requests of repeated.values()) expect(requests.size).toBeLessThanOrEqual(concurrency);
  const store = join(folder, '.wattlift', 'moer');
  let rows = 0;
  for (const name of await filesUnder(store)) {
    if (!name.endsWith('.parquet')) continue;
    rows += Number((await parquetMetadataAsync(await asyncBufferFromFile(join(store, name)))).num_rows);
  }
  expect(rows).toBe(regions.length * 105_120);
}, 120_000);
