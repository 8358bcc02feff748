import { expect, test } from 'vitest';
import { readCheck, readRun } from './documents.ts';
import { createFolder, writeFile } from './folders.ts';
import { call } from './in-process.ts';

/** Two sites with a hole in their data, of 20 hours of January 2025; `quality` is written on the first. */
function writeSites(folder: string, quality: string): void {
  const rows = Array.from({ length: 24 }, (_, hour) => `2025-01-01T${String(hour).padStart(2, '0')}:00Z,1\n`);
  writeFile(folder, 'holed.csv', `start,kWh\n${rows.filter((_, hour) => hour < 3 || hour > 6).join('')}`);
  const site = (id: string, more: string): string =>
    [
      `  - id: ${id}`,
      '    location: 1 Main St Riverside IA 52327',
      '    meters: [{ id: main, type: electricity, data: holed.csv }]',
      '    asset: { kind: tracking_building }',
      more,
    ].join('\n');
  const text = `version: 1\nsites:\n${site('S1', `    quality: ${quality}`)}\n${site('S2', '')}\n`;
  writeFile(folder, 'pipeline.yaml', text);
}

const acceptedGap = {
  site: 'S1',
  meter: 'main',
  code: 'meter.gap',
  reason: 'off for repair',
  message: expect.stringMatching(/^1 gap with 4 hours missing/),
};

test('what is accepted is no problem of a check, and stays in its text and its document', async () => {
  const folder = createFolder();
  writeSites(folder, '{ meter.gap: { severity: accepted, reason: off for repair } }');
  const document = readCheck(await call(folder, ['check', '@', '--json']));
  expect(document.problems.map(({ site, code, severity }) => [site, code, severity])).toEqual([
    ['S2', 'meter.gap', 'warning'],
  ]);
  expect(document.accepted).toEqual([acceptedGap]);
  const { code, stdout } = await call(folder, ['check', '@']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^S1 main: accepted meter\.gap {2}1 gap with 4 hours missing.*\(off for repair\)$/m);
  expect(stdout).toMatch(/2 sites, 0 errors, 1 warning\n$/);
});

test('what is accepted is in the summary of every run, also where no file is read again', async () => {
  const folder = createFolder();
  writeSites(folder, '{ meter.gap: { severity: accepted, reason: off for repair } }');
  for (const uploads of [2, 0]) {
    const document = readRun(await call(folder, ['run', '@', '--sandbox', '--json']));
    expect(document).toMatchObject({ exitCode: 0, accepted: [acceptedGap], warnings: { 'meter.gap': 1 } });
    expect(document.steps['upload']?.done).toBe(uploads);
  }
  const { stdout } = await call(folder, ['run', '@', '--sandbox']);
  expect(stdout).toMatch(/^S1 main: accepted meter\.gap .*\(off for repair\)$/m);
  expect(stdout).toMatch(/^warning +meter\.gap +1$/m);
});

test('a finding that is raised to an error stops that site alone, before anything of it is sent', async () => {
  const folder = createFolder();
  writeSites(folder, '{ meter.gap: { severity: error, reason: no holes here } }');
  const check = await call(folder, ['check', '@', '--json']);
  expect(check.code).toBe(2);
  expect(readCheck(check).problems).toMatchObject([
    { severity: 'error', code: 'meter.gap', site: 'S1', message: expect.stringContaining('no holes here') },
    { severity: 'warning', code: 'meter.gap', site: 'S2' },
  ]);
  const run = await call(folder, ['run', '@', '--sandbox', '--json']);
  expect(run.code).toBe(1);
  expect(readRun(run)).toMatchObject({
    sites: { done: 1, failed: 1 },
    steps: { meter: { done: 1 }, upload: { done: 1, failed: 1 } },
    failures: [{ site: 'S1', step: 'upload', code: 'meter.gap' }],
  });
  // The word changes, the file does not: it goes on from what is remembered.
  writeSites(folder, '{ meter.gap: warning }');
  const after = readRun(await call(folder, ['run', '@', '--sandbox', '--json']));
  expect(after).toMatchObject({
    exitCode: 0,
    warnings: { 'meter.gap': 2 },
    steps: { upload: { done: 1, skipped: 1 } },
  });
});
