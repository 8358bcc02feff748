/**
 * The sandbox as a process of its own, for the benchmarks of MOER: forked, it sends its address, adds `MOER_LATENCY_MS` to
 * each answer, and answers any message with what it was asked so far.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '../src/sandbox/start.ts';

const latencyMs = Number(process.env['MOER_LATENCY_MS'] ?? 0);
const asked = new Map<string, number>();
const sandbox = await startSandbox({
  clock: {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
  },
  fault: ({ operation }) => {
    asked.set(operation, (asked.get(operation) ?? 0) + 1);
    return latencyMs > 0 ? { kind: 'slow', delayMs: latencyMs } : undefined;
  },
});
process.on('message', () => {
  process.send?.({ asked: Object.fromEntries(asked) });
  asked.clear();
});
process.on('disconnect', () => void sandbox.close());
process.send?.({ url: sandbox.watttimeUrl });
