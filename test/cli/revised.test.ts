import { expect, test } from 'vitest';
import { readPlan, readRun } from './documents.ts';
import { createFolder, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';

/** Hourly readings of the first day of each of three months; `changed` has another first value. */
function threeMonths(changed?: number): string {
  const rows = [0, 1, 2].flatMap((month) =>
    Array.from({ length: 24 }, (_, hour) => {
      const value = month === changed && hour === 0 ? 99 : (hour % 5) + 1;
      return `${new Date(Date.UTC(2025, month, 1, hour)).toISOString()},${String(value)}`;
    }),
  );
  return `start_datetime,energy_kwh\n${rows.join('\n')}\n`;
}

test('a revised file uploads only the month that changed, as a new version, and the plan says so first', async () => {
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1)]);
  writeFile(cwd, 'meters/A.csv', threeMonths());
  const wattlift = (verb: string, ...words: readonly string[]) => call(cwd, [verb, '@', ...words]);
  const selected = ['--sandbox', '--only', 'region,meter,upload', '--json'] as const;
  expect(readRun(await wattlift('run', ...selected)).steps['upload']).toMatchObject({ done: 4 });

  writeFile(cwd, 'meters/A.csv', threeMonths(1));
  expect(readPlan(await wattlift('plan', ...selected)).steps['upload']).toEqual({
    do: 1,
    done: 3,
    waiting: 0,
    revised: 1,
  });
  const { stdout } = await wattlift('plan', '--sandbox');
  expect(stdout).toContain('\nupload: 1 of those to do revises what is there, as a new version: A main/2025-02\n');
  const explained = await wattlift('plan', '--sandbox', '--explain');
  expect(explained.stdout).toContain('A upload main/2025-02: revise\n');
  expect(explained.stdout).toContain('A upload main/2025-01: done\n');

  const run = readRun(await wattlift('run', ...selected));
  expect(run.steps['upload']).toMatchObject({ done: 1, skipped: 3 });
  expect(readPlan(await wattlift('plan', ...selected)).steps['upload']).toEqual({ do: 0, done: 4, waiting: 0 });
  // The earlier content again is a revision again.
  writeFile(cwd, 'meters/A.csv', threeMonths());
  expect(readPlan(await wattlift('plan', ...selected)).steps['upload']).toMatchObject({ do: 1, revised: 1 });
});
