// Started by the tests as a process of its own: sends requests through a throttle over the given permits until it is killed.
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createThrottle } from '../../src/apis/throttle.ts';
import { openSqlitePermits } from '../../src/ledger/sqlite-permits.ts';

const [file = '', url = '', requests = '1', windowMs = '1'] = process.argv.slice(2);
const throttle = createThrottle({
  limit: { key: 'api user', requests: Number(requests), windowMs: Number(windowMs) },
  concurrency: 4,
  timeoutMs: 5_000,
  permits: await openSqlitePermits(file),
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => setTimeout(ms, undefined, signal && { signal }),
  },
  random: () => 0.5,
});
for (;;) {
  await (await throttle.fetch(url)).text();
  writeSync(1, 'sent\n');
}
