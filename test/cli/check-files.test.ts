import { expect, test } from 'vitest';
import { readCheck, readExplained } from './documents.ts';
import { createFolder, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { runWattlift } from './wattlift.ts';

const bills = 'Start,End,Usage (MWh)\n2025-01-01,2025-02-01,1.5\n2025-02-01,2025-03-01,2\n';
const naive = 'Time,kWh\n2025-01-01 00:00,1000.5\n2025-01-01 00:15,2\n2025-01-01 00:30,-1\n';

function twoSites(): string {
  const cwd = createFolder();
  writePipeline(cwd, [site('A'), site('B', 1)], { defaults: { timezone: 'America/Chicago' } });
  writeFile(cwd, 'meters/A.csv', naive);
  writeFile(cwd, 'meters/B.csv', bills);
  return cwd;
}

test('check prints a line for each file, in the order of the manifest', async () => {
  const { stdout } = await call(twoSites(), ['check', '@']);
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    'meters/A.csv: long, 3 intervals of 15 minutes, 2025-01-01 to 2025-01-01 00:45 America/Chicago, kWh, sum 1,001.5',
    'meters/B.csv: long, 2 bills, 2025-01-01 to 2025-03-01, MWh, sum 3,500 kWh',
  ]);
});

test('--explain adds what was inferred, and with --json every file as data', async () => {
  const cwd = twoSites();
  const { stdout } = await call(cwd, ['check', '@', '--explain']);
  expect(stdout).toMatch(
    /^meters\/A\.csv: long, .*\n {2}UTF-8, commas, header on line 1, .*local time of America\/Chicago\n/,
  );
  const { files, inferred } = readExplained(await call(cwd, ['check', '@', '--explain', '--json']));
  expect(inferred).toHaveLength(2);
  expect(files).toMatchObject([
    {
      file: 'meters/A.csv',
      site: 'A',
      meter: 'main',
      kind: 'intervals',
      rows: 3,
      start: '2025-01-01T06:00:00+00:00',
      end: '2025-01-01T06:45:00+00:00',
      unit: 'kWh',
      timezone: 'America/Chicago',
      cadence: 'PT15M',
      sum: 1001.5,
    },
    { file: 'meters/B.csv', kind: 'bills', start: '2025-01-01', end: '2025-03-01', cadence: null, sum: 3500 },
  ]);
  readCheck(await call(cwd, ['check', '@', '--json']));
});

test('lines, problems and plan are the same with one thread and with three', async () => {
  const cwd = createFolder();
  const ids = Array.from({ length: 30 }, (_, n) => `S${String(n)}`);
  writePipeline(
    cwd,
    ids.map((id, n) => site(id, n)),
    { wattcarbon: { account: 'acme' } },
  );
  const rows = Array.from({ length: 2400 }, (_, hour) => new Date(Date.UTC(2024, 0, 1, hour)).toISOString());
  // Threads are started for bytes, not for rows.
  const note = 'x'.repeat(100);
  ids.forEach((id, n) => {
    const values = rows.map(
      (start, hour) => `${start},${n % 7 === 3 && hour === 40 ? 'oops' : String(hour % (n + 5))},${note}`,
    );
    writeFile(cwd, `meters/${id}.csv`, `start_datetime,energy_kwh,note\n${values.join('\n')}\n`);
  });
  const preload = `${cwd}/three.cjs`;
  writeFile(
    cwd,
    'three.cjs',
    "require('node:os').availableParallelism = () => 3; const w = require('node:worker_threads'); let n = 0; const W = w.Worker; w.Worker = class extends W { constructor(...a) { super(...a); n += 1; } }; require('node:module').syncBuiltinESMExports(); process.on('exit', () => { if (w.isMainThread) process.stderr.write('threads ' + n); });",
  );
  for (const [verb, ...flags] of [
    ['check'],
    ['check', '--json', '--explain'],
    ['plan', '--sandbox', '--json'],
  ] as const) {
    // Run from TypeScript everything stays in this one thread.
    const one = await call(cwd, [verb, '@', ...flags]);
    const three = await runWattlift([verb, ...flags], { cwd, preload });
    expect(three.stdout).toBe(one.stdout);
    expect(three.code).toBe(one.code);
    expect(three.stdout).toContain('oops');
    expect(three.stderr).toMatch(/threads 3$/);
  }
});
