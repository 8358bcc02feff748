import { parseArgs } from 'node:util';
import { killAndCompare } from './kill-trial.ts';

/*
 * npm run test:kill [-- --kills 10 --seed 1]
 *
 * Kills the built program at random moments of the demonstration pipeline; ends with code 1 when anything is lost or doubled.
 */
const { values } = parseArgs({ options: { kills: { type: 'string' }, seed: { type: 'string' } } });
await killAndCompare({
  kills: Number(values.kills ?? 10),
  seed: Number(values.seed ?? Date.now() % 100_000),
  log: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write('nothing lost, nothing doubled\n');
