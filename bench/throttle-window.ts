/**
 * How much of a rate limit is used, as the server counts: `npm run bench:throttle-window`. A server that takes 15 to 35 ms an
 * answer notes when each request came; a batch of seven times the limit goes through the throttle with its permits in SQLite.
 * Prints the rate after the first burst beside the most that a permit allows, which is held from its grant until the answer
 * plus the window: limit / (window + mean response). Fails below 98 % of that, or when any window held more than the limit.
 */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { openThrottled } from './throttled.ts';

const limit = 300;
const windowMs = 3_000;
const windows = 7;
const total = limit * windows;

const came: number[] = [];
const { url, throttle, close } = await openThrottled({ requests: limit, windowMs }, 64, (response) => {
  came.push(performance.now());
  void setTimeout(15 + ((came.length * 7919) % 21)).then(() => response.end('{}'));
});

let [left, responseMs] = [total, 0];
const lane = async (): Promise<void> => {
  while (left > 0) {
    left -= 1;
    const sent = { ms: 0 };
    const wire = throttle.fetchWith({
      beforeSend: async () => {
        sent.ms = performance.now();
      },
    });
    await (await wire(url)).text();
    responseMs += performance.now() - sent.ms;
  }
};
await Promise.all(Array.from({ length: 64 }, lane));
const meanMs = responseMs / total;

// The first `limit` follow nothing; from then on each follows a permit that has come free, and is counted from the last of them.
const [burst = 0, last = 0] = [came[limit - 1], came.at(-1)];
const perSecond = ((total - limit) / (last - burst)) * 1000;
const most = (limit / (windowMs + meanMs)) * 1000;
let fullest = 0;
for (let end = 0, start = 0; end < came.length; end += 1) {
  while ((came[end] ?? 0) - (came[start] ?? 0) >= windowMs) start += 1;
  fullest = Math.max(fullest, end - start + 1);
}
const share = perSecond / most;
process.stdout.write(
  `${String(total)} requests at ${String(limit)} per ${String(windowMs / 1000)} s, mean response ${meanMs.toFixed(0)} ms: ` +
    `${perSecond.toFixed(1)} a second, ${(share * 100).toFixed(1)} % of ${most.toFixed(1)}; ` +
    `the fullest window at the server held ${String(fullest)}; node ${process.versions.node}, ${String(availableParallelism())} cores\n`,
);
if (share < 0.98 || fullest > limit) process.exitCode = 1;
await close();
