import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCheck } from './documents.ts';
import { createSharedFolder, photograph, root } from './folders.ts';
import { call } from './in-process.ts';
import { site, writePipeline } from './portfolios.ts';
import { runWattlift, type Ended } from './wattlift.ts';

const { folder, remove } = createSharedFolder();
const manifest = join(folder, 'pipeline.yaml');
const wattlift = (...words: readonly string[]): Promise<Ended> => call(folder, words);

afterAll(remove);
writePipeline(folder, [site('A'), site('B', 1)]);

describe('wrong usage exits 2 and says what was meant', () => {
  const cases: readonly (readonly [args: string, said: RegExp])[] = [
    ['chekc', /unknown command 'chekc'\n\(Did you mean check\?\)/],
    ['frobnicate', /unknown command 'frobnicate'/],
    ['run --concurency 3', /unknown option '--concurency'\n\(Did you mean --concurrency\?\)/],
    ['check --sandbox', /unknown option '--sandbox'/],
    ['--sandbox', /unknown option '--sandbox'/],
    ['run --only metre', /no such step: metre; steps are region, meter, upload, asset, events, moer/],
    ['run --only ,', /name at least one step/],
    ['run --only', /argument missing/],
    ['run --concurrency 0', /a whole number from 1 is wanted/],
    ['run --concurrency 1.5', /a whole number from 1 is wanted/],
    ['run --concurrency many', /a whole number from 1 is wanted/],
    ['run --log-level loud', /Allowed choices are trace, debug, info, warn, error, fatal, silent/],
    ['plan --log-format xml', /Allowed choices are auto, json, text/],
    ['sandbox --watttime-port 70000', /a port from 0 to 65535 is wanted/],
    ['run one.yaml two.yaml', /too many arguments/],
    ['sandbox pipeline.yaml', /too many arguments/],
    ['watttime forcast', /unknown command 'forcast'\n\(Did you mean forecast\?\)/],
    ['watttime forecast --regin UK', /unknown option '--regin'\n\(Did you mean --region\?\)/],
  ];
  test.each(cases)('wattlift %s', async (args, said) => {
    const before = photograph(folder);
    const ended = await wattlift(...args.split(' '));
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(said);
    expect(photograph(folder)).toEqual(before);
  });

  test('wattlift alone shows the help', async () => {
    const { code, stdout, stderr } = await runWattlift([], { cwd: folder });
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('Usage: wattlift');
  });

  test('--site that matches no id is a mistake, not a portfolio that is done', async () => {
    const said = `${manifest} error site.none-selected  no site's id matches --site "C*"\n`;
    for (const verb of [['run', '--sandbox'], ['plan']]) {
      const { code, stdout } = await wattlift(...verb, manifest, '--site', 'C*');
      expect(code).toBe(2);
      expect(stdout).toContain(said);
    }
    const document = readCheck(await wattlift('run', manifest, '--sandbox', '--json', '--site', 'C*'));
    expect(document.problems).toMatchObject([{ code: 'site.none-selected', file: manifest }]);
  });

  test('a manifest that is not there is named, in text and in JSON', async () => {
    for (const verb of ['check', 'plan', 'run', 'status']) {
      const { code, stdout, stderr } = await wattlift(verb, 'nowhere.yaml');
      expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
      expect(stdout).toContain('error manifest.file  the manifest "nowhere.yaml" cannot be read');
    }
    expect(readCheck(await wattlift('run', 'nowhere.yaml', '--json'))).toMatchObject({
      ok: false,
      errors: 1,
      sites: 0,
    });
  });
});

describe('help', () => {
  const flags: Readonly<Record<string, readonly string[]>> = {
    check: ['[manifest]', '--json', '--explain'],
    convert: ['<file...>', '--out', '--json', '--timezone', '--unit', '--column', '--select', '--gas-unit'],
    plan: ['[manifest]', '--json', '--explain', '--only', '--site', '--sandbox', '--log-format', '--log-level'],
    run: [
      '[manifest]',
      '--dry-run',
      '--sandbox',
      '--only',
      '--site',
      '--fail-fast',
      '--retry-uncertain',
      '--concurrency',
      '--json',
      '--log-format',
      '--log-level',
    ],
    status: ['[manifest]', '--json', '--site', '--sandbox'],
    sandbox: ['--watttime-port', '--wattcarbon-port'],
    watttime: ['forecast-history', 'password-reset', 'WATTTIME_USER'],
    schema: [],
  };

  test('names every verb, the exit codes and the variables of the credentials', async () => {
    const { code, stdout, stderr } = await runWattlift(['--help'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const verb of Object.keys(flags)) expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
    for (const text of ['Exit codes:', '130 and 143', 'WATTTIME_USER', 'WATTCARBON_API_KEY'])
      expect(stdout).toContain(text);
  });

  test.each(Object.keys(flags))('of %s names its flags', async (verb) => {
    const { code, stdout } = await wattlift(verb, '--help');
    expect(code).toBe(0);
    for (const flag of flags[verb] ?? []) expect(stdout).toContain(flag);
  });

  test('--version is that of the package', async () => {
    const { version }: { readonly version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await runWattlift(['--version'], { cwd: folder })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

test('wattlift schema prints the file that editors complete with', async () => {
  const { code, stdout } = await runWattlift(['schema'], { cwd: folder });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(root, 'pipeline.schema.json'), 'utf8')));
});

test.skipIf(process.platform === 'win32')('a rebuilt program can still be called by its name', () => {
  // npm makes it executable once, when it links it; a build replaces the file.
  expect((statSync(join(root, 'dist/main.js')).mode & 0o111).toString(8)).toBe('111');
});
