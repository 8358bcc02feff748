import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import type { Problem } from '../../src/domain/problem.ts';
import type { Site } from '../../src/domain/site.ts';
import { createSiteFiles } from '../../src/files/site-files.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import { readSites } from '../../src/manifest/sites.ts';
import { kwhForm } from './site-at.ts';

const root = join(import.meta.dirname, '../..');

async function demonstration(): Promise<{ readonly sites: readonly Site[]; readonly problems: readonly Problem[] }> {
  const loaded = await loadManifest(join(root, 'pipeline.yaml'), {
    env: { WATTCARBON_ACCOUNT_ID: 'acc' },
    sandbox: true,
  });
  if (loaded.manifest === undefined) return { sites: [], problems: loaded.problems };
  const sites: Site[] = [];
  const problems = [...loaded.problems];
  for await (const read of readSites(loaded.manifest)) {
    problems.push(...read.problems);
    if (read.site !== undefined) sites.push(read.site);
  }
  return { sites, problems };
}

test('the demonstration pipeline has no problem, five kinds of asset and less than 190 things to create', async () => {
  const { sites, problems } = await demonstration();
  expect(problems).toEqual([]);
  expect(sites.length).toBeGreaterThanOrEqual(12);
  expect(new Set(sites.map((site) => site.asset?.kind)).size).toBeGreaterThanOrEqual(5);
  const files = createSiteFiles({
    form: kwhForm,
    displayPath: (path) => relative(root, path),
    now: () => Date.UTC(2026, 0, 15),
  });
  let creations = 0;
  const findings: string[] = [];
  const kinds = new Set<string>();
  for (const site of sites) {
    creations += 1 + site.meters.length;
    for (const meter of site.meters) {
      const found = await files.meter(site, meter);
      creations += found.parts.length;
      kinds.add(`${meter.type} ${found.kind}`);
      findings.push(...found.findings.map((finding) => `${site.id}/${meter.id} ${finding.code}`));
    }
    if (site.events === undefined) continue;
    creations += 1;
    const document = await files.events(site);
    expect(document.events).toBe(3);
    expect(document.findings).toEqual([]);
  }
  expect(creations).toBeLessThan(190);
  expect([...kinds].sort()).toEqual(['electricity bills', 'electricity intervals', 'gas bills', 'gas intervals']);
  // The files hold a few weeks each: too little for a baseline, and said so.
  expect(findings.sort()).toEqual([
    'CA-0101/main meter.baseline-days',
    'CA-HOUSE-8/electricity meter.baseline-days',
    'CA-HOUSE-8/gas meter.baseline-days',
    'CA-HOUSE-8/gas meter.gap',
    'IA-0455/main meter.bill-straddles',
    'IA-HOUSE-21/electricity meter.baseline-days',
    'IA-HOUSE-21/gas meter.bill-straddles',
    'IA-HOUSE-21/gas meter.bills-after',
    'TX-0131/main meter.baseline-days',
    'TX-0141/main meter.bill-straddles',
  ]);
});
