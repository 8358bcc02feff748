import { basename } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../../src/domain/json.ts';
import type { Site } from '../../../src/domain/site.ts';
import { createSiteFiles, type InputMemory } from '../../../src/files/site-files.ts';
import { codesOf, inFolder, kwhForm, meterOf, siteOf } from '../site-at.ts';

const hourly = (from: string, count: number, value = '1') =>
  `start,kWh\n${Array.from({ length: count }, (_, at) => `${new Date(Date.parse(from) + at * 3_600_000).toISOString()},${value}\n`).join('')}`;

/** A memory that counts what was remembered, which is how often files were read. */
function memory(): InputMemory & { readonly kept: Map<string, Json> } {
  const kept = new Map<string, Json>();
  const name = (reading: string, files: readonly { readonly path: string; readonly mtimeNs: string }[]) =>
    `${reading} ${files.map((file) => `${file.path} ${file.mtimeNs}`).join()}`;
  return {
    kept,
    recall: async (reading, files) => kept.get(name(reading, files)),
    remember: async (reading, files, found) => void kept.set(name(reading, files), found),
  };
}

function open(remember: InputMemory, now = '2026-01-15T00:00Z') {
  return createSiteFiles({
    form: kwhForm,
    displayPath: (path) => basename(path),
    remember,
    now: () => Date.parse(now),
  });
}

const roof: Partial<Site> = {
  coordinates: { latitude: 41.48, longitude: -91.58 },
  asset: { kind: 'solar', commencedOperationDate: '2024-01-01' },
};
const codes = async (found: Promise<{ readonly findings: readonly { readonly code: string }[] }>) =>
  (await found).findings.map(({ code }) => code);

test('findings follow the asset, its date, the place and the events, also of a file that was read before', async () => {
  await inFolder(async (put) => {
    const meter = meterOf([await put('a.csv', hourly('2025-01-01T00:00Z', 72))]);
    const remember = memory();
    const see = async (site: Partial<Site>) => codes(open(remember).meter(siteOf(site), meter));
    expect(await see({})).toEqual([]);
    expect(await see(roof)).toEqual(['meter.night-production']);
    expect(await see({ ...roof, coordinates: { latitude: 41.48, longitude: 88 } })).toEqual(['meter.night-production']);
    expect(await see({ asset: { kind: 'solar', commencedOperationDate: '2026-01-01' } })).toEqual([
      'meter.before-operation',
    ]);
    expect(await see({ asset: { kind: 'solar', nameplateCapacityKw: 0.5 } })).toEqual(['meter.above-nameplate']);
    const events = (start: string) => ({
      asset: { kind: 'demand_response_eemetered' },
      events: [{ start, end: start.replace('T16', 'T18') }],
    });
    expect(await see(events('2025-01-02T16:00Z'))).toEqual(['events.baseline-short']);
    expect(await see(events('2025-03-02T16:00Z'))).toEqual(['events.baseline-short', 'events.outside-data']);
    expect(remember.kept.size).toBe(7);
    expect(await see(roof)).toEqual(['meter.night-production']);
    expect(remember.kept.size).toBe(7);
  });
});

test("events that cannot be read are the events' trouble, not the meter's", async () => {
  await inFolder(async (put) => {
    const meter = meterOf([await put('a.csv', hourly('2025-01-01T00:00Z', 24))]);
    const site = siteOf({ asset: { kind: 'demand_response_eemetered' }, events: await put('e.csv', 'nothing\n') });
    expect(await codes(open(memory()).meter(site, meter))).toEqual([]);
    expect(await codesOf(open(memory()).events(site))).not.toEqual([]);
  });
});

test("today's date is asked in every run, without reading the file again", async () => {
  await inFolder(async (put) => {
    const meter = meterOf([await put('a.csv', hourly('2025-01-01T00:00Z', 24))]);
    const remember = memory();
    expect(await codes(open(remember, '2024-12-31T23:00Z').meter(siteOf(), meter))).toEqual(['meter.after-today']);
    expect(await codes(open(remember, '2025-01-01T01:00Z').meter(siteOf(), meter))).toEqual([]);
    expect(remember.kept.size).toBe(1);
  });
});

test('a finding is raised, lowered or accepted without reading the file again', async () => {
  await inFolder(async (put) => {
    const text = hourly('2025-01-01T00:00Z', 48)
      .split('\n')
      .filter((_, at) => at !== 10 && at !== 20)
      .join('\n');
    const meter = meterOf([await put('a.csv', text.replace('T05:00:00.000Z,1', 'T05:00:00.000Z,-1'))]);
    const remember = memory();
    const see = (quality: Site['quality']) => open(remember).meter(siteOf({ quality }), meter);
    expect(await codes(see([]))).toEqual(['meter.gap', 'meter.negative']);
    expect(await codesOf(see([{ code: 'meter.gap', severity: 'error' }]))).toEqual(['meter.gap', 'meter.negative']);
    const accepted = await see([{ code: 'meter.gap', severity: 'accepted', reason: 'off for repair' }]);
    expect(accepted.findings).toMatchObject([{ code: 'meter.negative', site: 'S1' }]);
    expect(accepted.accepted).toEqual([
      {
        site: 'S1',
        meter: 'main',
        code: 'meter.gap',
        reason: 'off for repair',
        message: expect.stringMatching(/^2 gaps with 2 hours missing/),
      },
    ]);
    expect(remember.kept.size).toBe(1);
  });
});

test("a rule of one meter leaves the others to the rule after it, and the site's rule stands before that of defaults", async () => {
  await inFolder(async (put) => {
    const data = [await put('a.csv', `${hourly('2025-01-01T00:00Z', 5)}2025-01-02T00:00Z,1\n`)];
    const quality: Site['quality'] = [
      { code: 'meter.gap', severity: 'warning', reason: 'known', meter: 'main' },
      { code: 'meter.gap', severity: 'error', reason: 'no gaps here' },
    ];
    const see = async (id: string) => open(memory()).meter(siteOf({ quality }), meterOf(data, { id }));
    expect((await see('main')).findings).toMatchObject([{ code: 'meter.gap', severity: 'warning' }]);
    await expect(see('other')).rejects.toThrow(/quality makes it an error: no gaps here/);
  });
});
