import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/domain/problem.ts';
import { findingSeverities } from '../../src/domain/findings.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { readSites } from '../../src/manifest/sites.ts';

/** Loads a manifest of one site with two meters; `defaults` and `quality` are YAML in braces. */
async function load(quality: string, defaults = '{}') {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-quality-'));
  try {
    const file = join(folder, 'pipeline.yaml');
    await writeFile(
      file,
      [
        'version: 1',
        `defaults: { quality: ${defaults} }`,
        'sites:',
        '  - id: S1',
        '    location: 1 Main St',
        '    meters: [{ id: main, type: electricity }, { id: gas, type: gas }]',
        `    quality: ${quality}`,
        '',
      ].join('\n'),
    );
    const { manifest, problems } = await loadManifest(file, { env: {}, sandbox: true });
    const found = [...problems];
    const rules = [];
    if (manifest !== undefined) {
      for await (const read of readSites(manifest)) {
        found.push(...read.problems);
        rules.push(...(read.site?.quality ?? []));
      }
    }
    return { rules, problems: found.map((problem) => formatProblem(problem).replace(`${folder}/`, '')) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("a site's rules come before those of defaults, short and long form alike", async () => {
  const { rules, problems } = await load(
    '{ meter.gap: { severity: warning, reason: known, meter: main }, meter.outlier: error }',
    '{ meter.gap: error }',
  );
  expect(problems).toEqual([]);
  expect(rules).toEqual([
    { code: 'meter.gap', severity: 'warning', reason: 'known', meter: 'main' },
    { code: 'meter.outlier', severity: 'error' },
    { code: 'meter.gap', severity: 'error' },
  ]);
});

test.each([
  [
    '{ meter.gapp: error }',
    '7:16 error manifest.key-unknown  "meter.gapp" is not a key that is known here; did you mean "meter.gap"?',
  ],
  ['{ meter.time-ambiguous: warning }', '7:16 error manifest.key-unknown  "meter.time-ambiguous" is not a key'],
  ['{ meter.gap: accepted }', '7:27 error quality.reason-missing  "meter.gap" is accepted without a reason'],
  [
    '{ meter.gap: { severity: accepted } }',
    '7:27 error quality.reason-missing  "meter.gap" is accepted without a reason',
  ],
  ['{ meter.gap: { severity: accepted, reason: "" } }', '7:57 error manifest.value  "reason" is empty text'],
  [
    '{ meter.gap: { severity: error, meter: mian } }',
    '7:53 error quality.meter-unknown  "mian" is not a meter of this site; it has "main", "gas"',
  ],
  [
    '{ meter.gap: { severty: error } }',
    'manifest.key-unknown  "severty" is not a key that is known here; did you mean "severity"?',
  ],
])('%s is refused where it stands', async (quality, expected) => {
  const { problems } = await load(quality);
  expect(problems.join('\n')).toContain(expected);
});

test('what defaults make an error is lowered with a reason only', async () => {
  const { problems } = await load('{ meter.gap: warning }', '{ meter.gap: error }');
  expect(problems).toEqual([
    expect.stringContaining('pipeline.yaml:7:27 error quality.reason-missing  "meter.gap" is lowered'),
  ]);
  expect((await load('{ meter.gap: warning }')).problems).toEqual([]);
});

test('defaults are held to the same rules, at their own place', async () => {
  expect((await load('{}', '{ meter.gap: accepted }')).problems).toEqual([
    expect.stringContaining('pipeline.yaml:2:35 error quality.reason-missing'),
  ]);
  expect((await load('{}', '{ meter.nope: error }')).problems).toEqual([
    expect.stringContaining('pipeline.yaml:2:24 error manifest.key-unknown'),
  ]);
});

test('every finding may be named', async () => {
  const all = Object.keys(findingSeverities).map((code) => `${code}: error`);
  expect((await load(`{ ${all.join(', ')} }`)).problems).toEqual([]);
});
