import { test } from 'vitest';
import { killAndCompare } from './kill-trial.ts';

test('a rehearsal that is killed twice and run again leaves what an unkilled one leaves', async () => {
  const seed = Date.now() % 100_000;
  const lines: string[] = [];
  try {
    await killAndCompare({ kills: 2, seed, log: (line) => lines.push(line) });
  } catch (error) {
    throw new Error(`${lines.join('\n')}\nrepeat with: npm run test:kill -- --kills 2 --seed ${String(seed)}`, {
      cause: error,
    });
  }
}, 120_000);
