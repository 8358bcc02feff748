import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { runChaos, wholePortfolio, type ChaosOptions } from './chaos-trial.ts';

/*
 * npm run test:chaos [-- --sites 200 --kills 8 --seed 1]
 *
 * Kills the built program every few seconds while the API loses answers; ends with code 1 when anything is missing or doubled,
 * or when the same without the intents doubles nothing, since then the trial would prove nothing.
 */
const { values } = parseArgs({
  options: { sites: { type: 'string' }, kills: { type: 'string' }, seed: { type: 'string' } },
});
const options: ChaosOptions = {
  sites: Number(values.sites ?? 200),
  kills: Number(values.kills ?? 8),
  killAfter: { unit: 'seconds', from: 2, to: 6 },
  lagSeconds: 2,
  switches: ['paging=link'],
  seed: Number(values.seed ?? Date.now() % 100_000),
  log: (line) => process.stdout.write(`${line}\n`),
};
options.log(`seed ${String(options.seed)}`);
const { runs, codes, ...left } = await runChaos(options);
assert.deepEqual(left, wholePortfolio(options.sites));
assert.equal(codes.at(-1), 0, `the last of ${String(runs)} runs ended with ${String(codes.at(-1))}`);
options.log('nothing lost, nothing doubled; the same without the intents:');
const without = await runChaos({ ...options, withoutIntents: true });
assert.ok(without.meters > options.sites, 'without the intents nothing was doubled: the trial proves nothing');
options.log(`${String(without.meters - options.sites)} meters doubled`);
