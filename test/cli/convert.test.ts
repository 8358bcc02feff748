import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createFolder, photograph, root, writeFile } from './folders.ts';
import { call } from './in-process.ts';
import { main, runWattlift, type Ended } from './wattlift.ts';

const documentSchema = z.strictObject({
  ok: z.boolean(),
  rows: z.int(),
  sha256: z.string(),
  inferred: z.array(z.string()),
  problems: z.array(z.looseObject({ severity: z.string(), code: z.string(), message: z.string() })),
});

const naive = 'Time,Usage (Wh)\n2025-01-31 23:00,1500\n2025-02-01 00:00,250\n2025-02-01 01:00,0\n';
const canonical =
  'start_datetime,energy_kwh\n2025-02-01T05:00:00+00:00,1.5\n2025-02-01T06:00:00+00:00,0.25\n2025-02-01T07:00:00+00:00,0\n';

function inFolder(text: string): {
  readonly folder: string;
  readonly wattlift: (...args: readonly string[]) => Promise<Ended>;
} {
  const folder = createFolder();
  writeFile(folder, 'export.csv', text);
  return { folder, wattlift: (...words) => call(folder, words) };
}

test('convert writes canonical CSV to stdout and what was inferred to stderr, and leaves no file behind', async () => {
  const { folder, wattlift } = inFolder(naive);
  const before = photograph(folder);
  const ended = await wattlift('convert', 'export.csv', '--timezone', 'America/Chicago');
  expect(ended).toMatchObject({ code: 0, stdout: canonical });
  expect(ended.stderr).toMatch(/^export\.csv: .*Wh .*local time of America\/Chicago\n$/);
  expect(photograph(folder)).toEqual(before);
});

test('parts of several months and files come in order under one header', async () => {
  const { folder, wattlift } = inFolder('start_datetime,energy_kwh\n2025-03-31T23:00:00Z,3\n2025-04-01T00:00:00Z,4\n');
  writeFile(folder, 'earlier.csv', 'start_datetime,energy_kwh\n2025-01-31T23:00:00Z,1\n2025-02-01T00:00:00Z,2\n');
  const { code, stdout } = await wattlift('convert', 'export.csv', 'earlier.csv');
  expect(code).toBe(0);
  expect(stdout).toBe(
    'start_datetime,energy_kwh\n2025-01-31T23:00:00+00:00,1\n2025-02-01T00:00:00+00:00,2\n2025-03-31T23:00:00+00:00,3\n2025-04-01T00:00:00+00:00,4\n',
  );
});

test('--out appears whole, replaces what was there, and --json tells its hash', async () => {
  const { folder, wattlift } = inFolder(naive);
  writeFile(folder, 'result.csv', 'old\n');
  const args = ['convert', 'export.csv', '--timezone', 'America/Chicago', '--out', 'result.csv'] as const;
  expect(await wattlift(...args)).toMatchObject({ code: 0, stdout: '' });
  const { code, stdout } = await wattlift(...args, '--json');
  const written = readFileSync(join(folder, 'result.csv'));
  expect(code).toBe(0);
  expect(written.toString()).toBe(canonical);
  expect(documentSchema.parse(JSON.parse(stdout))).toMatchObject({
    ok: true,
    rows: 3,
    sha256: createHash('sha256').update(written).digest('hex'),
    inferred: [expect.stringContaining('export.csv: ')],
  });
  expect(readdirSync(folder).toSorted()).toEqual(['export.csv', 'result.csv']);
});

test('a file that cannot be read exits 2 and writes nothing', async () => {
  const { folder, wattlift } = inFolder('Time,kWh\n2025-01-01 00:00,1\nyesterday,2\n');
  const { code, stdout, stderr } = await wattlift('convert', 'export.csv', '--timezone', 'UTC', '--out', 'result.csv');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^export\.csv:3:1 error meter\.time-unreadable {2}"yesterday"/m);
  expect(existsSync(join(folder, 'result.csv'))).toBe(false);
  const json = await wattlift('convert', 'export.csv', '--timezone', 'UTC', '--out', 'result.csv', '--json');
  expect(documentSchema.parse(JSON.parse(json.stdout))).toMatchObject({ ok: false, rows: 0, sha256: '' });
});

test.each([
  [['--date-order', 'dym'], /^--date-order error manifest\.value .*use one of/],
  [['--timezone', 'US/Estern'], /^--timezone error site\.timezone-unknown .*did you mean "US\/Eastern"/],
  [['--interval', '15min'], /^--interval error manifest\.value .*PT15M/],
  [['--header', 'first'], /argument 'first' is invalid.*or none/],
  [['--column', 'valeu=kWh'], /^--column error manifest\.key-unknown .*known here: start, end, date, time, value/],
  [['--type', 'heat'], /^--type error manifest\.value/],
  [['--json'], /--json needs --out/],
  [['--column', 'value'], /write it as name=value/],
  [['--timezome', 'UTC'], /unknown option '--timezome'\n\(Did you mean --timezone\?\)/],
] as const)('convert refuses %j as the manifest would', async (args, said) => {
  const { wattlift } = inFolder(naive);
  const ended = await wattlift('convert', 'export.csv', ...args);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(said);
});

test('the options say what the manifest keys say', async () => {
  const { wattlift } = inFolder('Zeit;Zaehler;a;b\n01.02.2025 01:00;M1;7;1,5\n01.02.2025 01:00;M2;7;9,5\n');
  const args =
    'convert export.csv --timezone Europe/Berlin --column start=Zeit --column value=4 --select Zaehler=M1 --unit MWh --interval PT1H --decimal , --sign invert --stamp end --date-order dmy --delimiter ; --header 1';
  const { code, stdout } = await wattlift(...args.split(' '));
  expect(code).toBe(0);
  expect(stdout).toBe('start_datetime,energy_kwh\n2025-01-31T23:00:00+00:00,-1500\n');
});

test('gas in therms says so in its header', async () => {
  const { wattlift } = inFolder('Start,End,kWh\n2025-01-01,2025-02-01,293.071\n2025-02-01,2025-03-01,293.071\n');
  const { code, stdout } = await wattlift('convert', 'export.csv', '--type', 'gas', '--gas-unit', 'therm');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^start_date,end_date,energy_therm\n2025-01-01,2025-02-01,10(\.0\d+)?\n/);
});

test('--out is never an input, by whatever name, nor a folder, nor a place that is not there', async () => {
  const { folder, wattlift } = inFolder(naive);
  linkSync(join(folder, 'export.csv'), join(folder, 'hard.csv'));
  symlinkSync('export.csv', join(folder, 'soft.csv'));
  const before = photograph(folder);
  const cases = {
    'export.csv': 'out-is-input',
    'hard.csv': 'out-is-input',
    'soft.csv': 'out-is-input',
    '.': 'out-not-regular',
    '/dev/null': 'out-not-regular',
    'nowhere/x.csv': 'out-unwritable',
  };
  for (const [out, code] of Object.entries(cases)) {
    const ended = await wattlift('convert', 'export.csv', '--timezone', 'UTC', '--out', out);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`${out} error convert.${code}  `);
  }
  expect(photograph(folder)).toEqual(before);
});

test('a reader that has seen enough ends it quietly', async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => `${new Date(n * 3_600_000).toISOString()},${String(n % 7)}`);
  const { folder } = inFolder(`start_datetime,energy_kwh\n${rows.join('\n')}\n`);
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${main}" convert export.csv | head -n 2`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(stdout).toBe('start_datetime,energy_kwh\n1970-01-01T00:00:00+00:00,0\n');
  expect(stderr).toMatch(/^export\.csv: .*\n$/);
});

test('the example in the README works', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, line = ''] = /^wattlift (convert .*?)(?: *#.*)?$/m.exec(readme) ?? [];
  const { code, stdout } = await runWattlift(line.replace(/ > .*/, '').split(' '), { cwd: root });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^start_datetime,energy_kwh\n20/);
});

test('a NEM12 file keeps the time of its market, whatever zone the site is in', async () => {
  const values = Array.from({ length: 48 }, (_, at) => String(at % 5)).join(',');
  const { wattlift } = inFolder(
    `100,NEM12,202501100945,A,B\n200,6408091234,E1,E1,E1,N1,M1,kWh,30,\n300,20250110,${values},A,,,20250111000000,\n900\n`,
  );
  const { code, stdout } = await wattlift('convert', 'export.csv', '--timezone', 'Australia/Sydney');
  expect(code).toBe(0);
  expect(stdout.split('\n')[1]).toBe('2025-01-09T14:00:00+00:00,0');
});

test('every bad file is told of, with what a key of the manifest is called here, and nothing is written', async () => {
  const { folder, wattlift } = inFolder('Time,Peak (kWh),Off-peak (kWh)\n2025-01-01 00:00,1,2\n2025-01-01 01:00,3,4\n');
  writeFile(folder, 'other.csv', 'Time,Peak (kWh),Off-peak (kWh)\n2025-01-02 00:00,"x\ny",2\n2025-01-02 01:00,3,4\n');
  const columns = ['--column', 'value=Peak (kWh)', '--column', 'value=3'] as const;
  const refused = await wattlift('convert', 'export.csv', 'other.csv', 'absent.csv', '--timezone', 'UTC', ...columns);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  const lines = refused.stderr.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^other\.csv:2\S* error meter\.value-unreadable {2}"x\\ny" is not a number/);
  expect(lines[1]).toBe('absent.csv error file.missing  there is no such file; correct its path');
  const added = await wattlift('convert', 'export.csv', '--timezone', 'UTC', ...columns);
  expect(added.stdout).toBe('start_datetime,energy_kwh\n2025-01-01T00:00:00+00:00,3\n2025-01-01T01:00:00+00:00,7\n');
  const unclear = await wattlift('convert', 'export.csv', '--timezone', 'UTC', '--column', 'value=9');
  expect(unclear.stderr).toMatch(/error meter\.column-not-found {2}columns\.value is 9.*\nkeys are options here: /);
});
