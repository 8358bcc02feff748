import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Reads the naive fixtures in a process of its own and prints the hashes of their parts. */
const script = `
  import { createSiteFiles } from './src/files/site-files.ts';
  const form = { intervals: ['start_datetime', 'energy_kwh'], bills: ['start_date', 'end_date', 'energy_kwh'], gasUnit: 'kwh' };
  const files = createSiteFiles({ form, displayPath: (path) => path });
  const site = { id: 'S1', name: 'S1', timezone: 'America/Chicago', meters: [], where: () => ({ file: 'x' }),
    events: [{ start: '2025-07-01 17:00', end: '2025-07-01 20:00' }] };
  for (const name of ['ia-house-21', 'ia-battery', 'tx-roof-3', 'tx-battery', 'TX-0131', 'IA-0455']) {
    const found = await files.meter(site, { id: 'main', type: 'electricity', data: ['fixtures/meters/' + name + '.csv'] });
    for (const part of found.parts) console.log(name, part.name, part.sha256, part.span.start);
  }
  console.log((await files.events(site)).sha256);
`;

test('the zone of the machine makes no difference to a byte', async () => {
  const run = promisify(execFile);
  const outputs = await Promise.all(
    ['UTC', 'America/New_York', 'Australia/Sydney'].map(async (TZ) => {
      const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
      return (await run(process.execPath, args, { cwd: root, env: { ...process.env, TZ } })).stdout;
    }),
  );
  expect(outputs[0]?.split('\n').length).toBeGreaterThan(20);
  expect(new Set(outputs).size).toBe(1);
});
