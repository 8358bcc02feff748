import { expect, test } from 'vitest';
import { runChaos, wholePortfolio, type ChaosOptions } from './chaos-trial.ts';

const lines: string[] = [];
/** As `npm run test:chaos`, smaller, and killed at writes instead of moments, so that a slow machine sees the same. */
const options: ChaosOptions = {
  sites: 10,
  kills: 2,
  killAfter: { unit: 'writes', from: 5, to: 40 },
  lagSeconds: 0.5,
  // The description alone says where the operations are by now, and how they are called.
  switches: ['operation-ids=renamed-tag', 'paths=v2', 'upload-method=put', 'file-part=upload', 'paging=link'],
  seed: 7,
  log: (line) => lines.push(line),
};

test('of many sites nothing is lost or doubled when answers are lost, lists lag and the program is killed', async () => {
  const { runs, codes, ...left } = await runChaos(options);
  expect(left, lines.join('\n')).toEqual(wholePortfolio(options.sites));
  expect(codes.at(-1), lines.join('\n')).toBe(0);
  expect(runs).toBeLessThanOrEqual(options.kills + 3);
}, 120_000);

test('the same program without its intents makes doubles', async () => {
  // The first write of all is a meter's: it is made, and nobody is left to hear of it.
  const killAfter = { unit: 'writes', from: 1, to: 1 } as const;
  const { meters } = await runChaos({ ...options, sites: 5, kills: 1, killAfter, withoutIntents: true });
  expect(meters, lines.join('\n')).toBeGreaterThan(5);
}, 120_000);
