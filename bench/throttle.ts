// What a request costs more through throttle and permits than through bare fetch, against a server on loopback.
// Run with: npx tsx bench/throttle.ts
import { availableParallelism } from 'node:os';
import { openThrottled } from './throttled.ts';

const requests = 2_000;
const rounds = 5;
const concurrency = 16;

const { url, throttle, close } = await openThrottled(
  { requests: 1_000_000, windowMs: 60_000 },
  concurrency,
  (response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"data":[]}');
  },
);

/** Milliseconds a request, `concurrency` at a time. */
async function measure(send: typeof fetch): Promise<number> {
  let left = requests;
  const started = performance.now();
  const lane = async (): Promise<void> => {
    while (left-- > 0) await (await send(url)).text();
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (performance.now() - started) / requests;
}

await measure(fetch);
await measure(throttle.fetch);
const ratios: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const bare = await measure(fetch);
  const throttled = await measure(throttle.fetch);
  ratios.push(throttled / bare);
  process.stdout.write(`bare ${bare.toFixed(3)} ms, throttled ${throttled.toFixed(3)} ms a request\n`);
}
const median = ratios.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
process.stdout.write(
  `throttled / bare = ${median.toFixed(2)} (median of ${String(rounds)}, ${String(requests)} requests each), ` +
    `node ${process.versions.node}, ${String(availableParallelism())} cores\n`,
);
await close();
