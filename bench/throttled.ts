/** A server on loopback and a throttle before it, its permits in SQLite: what the benchmarks of the throttle have in common. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createThrottle } from '../src/apis/throttle.ts';
import { openSqlitePermits } from '../src/ledger/sqlite-permits.ts';

/** `windowMs` is the window in which `requests` may be sent, `concurrency` how many may be under way; `answer` ends each response. */
export async function openThrottled(
  limit: { readonly requests: number; readonly windowMs: number },
  concurrency: number,
  answer: (response: ServerResponse) => void,
) {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-bench-'));
  const permits = await openSqlitePermits(join(folder, 'ledger.db'));
  const throttle = createThrottle({
    limit: { key: 'bench', ...limit },
    concurrency,
    timeoutMs: 60_000,
    permits,
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms, signal) => setTimeout(ms, undefined, signal && { signal }),
    },
    random: Math.random,
  });
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}/`,
    throttle,
    close: async (): Promise<void> => {
      await throttle.close();
      await permits.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
