import { expect, test } from 'vitest';
import { readSandboxState } from '../../src/sandbox/read-state.ts';
import { createManualClock, createStateFile, logIn, ask, meter, openAccount, openSandbox } from './open-sandbox.ts';
import { startSandbox } from '../../src/sandbox/start.ts';

const csv = 'start_datetime,energy_kwh\n2025-01-01T00:00:00Z,1.25\n2025-01-01T01:00:00Z,2\n';
const events = 'Event Start Time,Event End Time\n2021-01-01 17:00:00-05:00,2021-01-01 20:00:00-05:00\n';

test('what was answered is in the state file at once, and still there after close and another start', async () => {
  const stateFile = await createStateFile();
  const sandbox = await openSandbox({ stateFile });
  const account = await openAccount(sandbox);
  await account.post('/meters', meter);
  await account.upload('/meters/1/intervals', csv);
  await account.post('/assets', { name: 'Roof', kind: 'solar', location: 'x', customId: 'SP1', meterIds: [1] });
  await account.upload('/assets/1/documents', events, { type: 'demand_response_events' });
  const beforeClose = await readSandboxState(stateFile);
  expect(beforeClose).toEqual(sandbox.state());
  expect(beforeClose).toMatchObject({
    meters: [{ id: 1, account: 'acme', fields: meter, readings: { rows: 2, sumKwh: 3.25, duplicates: 0 } }],
    assets: [{ id: 1, account: 'acme', fields: { customId: 'SP1', meterIds: [1] } }],
    documents: [{ id: 1, asset: 1, type: 'demand_response_events', events: 1 }],
    uploads: [{ meter: 1, kind: 'intervals', rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    requests: { 'wattcarbon.create_meter': { total: 1, outcomes: { '201': 1 } } },
  });
  await sandbox.close();
  expect(await readSandboxState(stateFile)).toEqual(beforeClose);

  const again = await openSandbox({ stateFile });
  const reopened = await openAccount(again);
  expect((await reopened.get('/meters')).json).toEqual([{ id: 1, ...meter }]);
  expect((await reopened.post('/assets', { name: 'x', kind: 'solar', location: 'x', customId: 'SP1' })).status).toBe(
    409,
  );
  expect((await reopened.post('/meters', meter)).json).toMatchObject({ id: 2 });
});

test('requests are counted over all starts', async () => {
  const stateFile = await createStateFile();
  for (let round = 0; round < 2; round += 1) {
    const sandbox = await openSandbox({ stateFile });
    const headers = await logIn(sandbox);
    const query = 'region=UK&signal_type=co2_moer&start=2025-01-01T00:00:00Z&end=2025-01-01T00:05:00Z';
    await ask(`${sandbox.watttimeUrl}/v3/historical?${query}`, { headers });
    await ask(`${sandbox.watttimeUrl}/v3/historical`, { headers });
    await sandbox.close();
  }
  const { requests } = await readSandboxState(stateFile);
  expect(requests['watttime.historical']).toEqual({ total: 4, outcomes: { '200': 2, '422': 2 } });
  expect(requests['watttime.login']).toEqual({ total: 2, outcomes: { '200': 2 } });
});

test('a state file that is not there is an error, not an empty state', async () => {
  await expect(readSandboxState(await createStateFile())).rejects.toThrow('ENOENT');
});

test('a port that is taken is an error, and nothing stays open', async () => {
  const stateFile = await createStateFile();
  const sandbox = await openSandbox();
  const wattcarbonPort = Number(new URL(sandbox.wattcarbonUrl).port);
  const clock = createManualClock();
  await expect(startSandbox({ clock, stateFile, wattcarbonPort })).rejects.toThrow('EADDRINUSE');
  await (await openSandbox({ stateFile })).close();
});

test('closing twice does nothing', async () => {
  const sandbox = await openSandbox();
  await Promise.all([sandbox.close(), sandbox.close()]);
});
