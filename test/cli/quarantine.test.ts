import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCheck, readRun } from './documents.ts';
import { createFolder, photograph, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import type { Ended } from './wattlift.ts';

const bad = new Map([
  [5, '2025-01-01T04:00:00Z,"two\nlines"'],
  [9, 'yesterday,7'],
]);

/** Two days of hourly readings, of which two rows cannot be read. */
function spoilt(rows = bad): string {
  const lines = Array.from({ length: 48 }, (_, hour) => {
    const start = new Date(Date.UTC(2025, 0, 1, hour)).toISOString().replace('.000', '');
    return rows.get(hour + 1) ?? `${start},${String((hour % 7) + 1)}`;
  });
  return `start_datetime,energy_kwh\n${lines.join('\n')}\n`;
}

function open(onBadRow?: 'quarantine'): {
  readonly cwd: string;
  readonly kept: string;
  readonly wattlift: (...args: readonly string[]) => Promise<Ended>;
} {
  const cwd = createFolder();
  const meters = [{ id: 'main', type: 'electricity', data: 'meters/A.csv', ...(onBadRow && { onBadRow }) }];
  writePipeline(cwd, [site('A', 0, { meters })]);
  writeFile(cwd, 'meters/A.csv', spoilt());
  const kept = join(cwd, '.wattlift/sandbox/quarantine/A-main.csv');
  return { cwd, kept, wattlift: (...words) => call(cwd, words) };
}

const selected = ['--sandbox', '--only', 'region,meter,upload'] as const;

test('without onBadRow a bad row fails the file', async () => {
  const { wattlift } = open();
  const { problems, quarantined } = readCheck(await wattlift('check', '@', '--json'));
  expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([{ line: 6 }, { line: 11 }]);
  expect(quarantined).toEqual({ rows: 0, files: 0 });
});

test('check and plan count the rows that would be left out, and write nothing', async () => {
  const { cwd, wattlift } = open('quarantine');
  const before = photograph(cwd);
  const ended = await wattlift('check', '@', '--json');
  const { ok, problems, quarantined } = readCheck(ended);
  expect({ ok, quarantined }).toEqual({ ok: true, quarantined: { rows: 2, files: 1 } });
  expect(problems).toContainEqual(
    expect.objectContaining({
      code: 'meter.rows-quarantined',
      severity: 'warning',
      line: 6,
      site: 'A',
      data: { rows: 2 },
    }),
  );
  expect(problems.map(({ code }) => code)).toContain('meter.gap');
  expect((await wattlift('check', '@')).stdout).toContain(
    '\n2 rows of 1 file would be left out (onBadRow: quarantine)\n',
  );
  expect(await wattlift('plan', '@', ...selected)).toMatchObject({ code: 0 });
  expect(photograph(cwd)).toEqual(before);
});

test('a run keeps each row with its reason, counts them, and lets them go when they are mended', async () => {
  const { cwd, kept, wattlift } = open('quarantine');
  const { code, stdout } = await wattlift('run', '@', ...selected);
  expect(code).toBe(0);
  expect(stdout).toContain(
    '\n2 rows of 1 file left out (onBadRow: quarantine), kept in .wattlift/sandbox/quarantine\n',
  );
  const rows = readFileSync(kept, 'utf8');
  expect(rows).toMatch(
    /^file,line,record,code,why,row\nmeters\/A\.csv,6,6,meter\.value-unreadable,[^]*,"2025-01-01T04:00:00Z,""two\nlines"""\nmeters\/A\.csv,11,10,meter\.time-unreadable,.*,"yesterday,7"\n$/,
  );

  // A quiet night counts them too, and a quarantine that was thrown away comes back the same.
  rmSync(kept);
  expect(readRun(await wattlift('run', '@', ...selected, '--json'))).toMatchObject({
    quarantined: { rows: 2, files: 1 },
    steps: { upload: { done: 0, skipped: 1 } },
  });
  expect(readFileSync(kept, 'utf8')).toBe(rows);

  writeFile(cwd, 'meters/A.csv', spoilt(new Map()));
  expect(readRun(await wattlift('run', '@', ...selected, '--json'))).toMatchObject({
    quarantined: { rows: 0, files: 0 },
    steps: { upload: { done: 1 } },
  });
  expect(existsSync(kept)).toBe(false);
});

test('a file of which most rows are bad is refused', async () => {
  const { cwd, wattlift } = open('quarantine');
  const most = new Map(Array.from({ length: 30 }, (_, n) => [n + 4, `2025-01-01,oops${String(n)}`] as const));
  writeFile(cwd, 'meters/A.csv', spoilt(most));
  const { ok, problems } = readCheck(await wattlift('check', '@', '--json'));
  expect(ok).toBe(false);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'meter.mostly-bad', line: 5, severity: 'error' }));
});

test('a run stops where the rows cannot be kept', async () => {
  const { cwd, wattlift } = open('quarantine');
  mkdirSync(join(cwd, '.wattlift/sandbox'), { recursive: true });
  // A file in the folder's place refuses root, too.
  writeFile(cwd, '.wattlift/sandbox/quarantine', '');
  const { code, stdout } = await wattlift('run', '@', ...selected);
  expect(code).toBe(1);
  expect(stdout).toContain('the rows left out cannot be written');
});

test('convert leaves them out too, and tells each on stderr', async () => {
  const { wattlift } = open();
  const { code, stdout, stderr } = await wattlift('convert', 'meters/A.csv', '--on-bad-row', 'quarantine');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(48);
  expect(stderr).toMatch(/^meters\/A\.csv:6 warning meter\.value-unreadable [^]*; the row is left out/m);
  expect(stderr).toMatch(/^meters\/A\.csv:11 warning meter\.time-unreadable .*; the row is left out \(record 10\)/m);
  expect(stderr).toContain('meter.rows-quarantined');
});
