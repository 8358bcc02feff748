import { expect, test } from 'vitest';
import { account, openSwitched } from './switched.ts';

const asset = { name: 'Roof', kind: 'solar', location: '1 Main St', customId: 'SP1', nameplateCapacityKw: 5 };

test('an asset is changed by part: null takes a field away, the others stay', async () => {
  const api = await openSwitched(['asset-update=patch']);
  await api.post(`${account}/assets`, asset);
  const changed = await api.send('PATCH', `${account}/assets/1`, { name: 'Barn', nameplateCapacityKw: null });
  expect(changed.status).toBe(200);
  expect(api.sandbox.state().assets[0]?.fields).toEqual({
    name: 'Barn',
    kind: 'solar',
    location: '1 Main St',
    customId: 'SP1',
  });
});

test('or as a whole; a customId cannot be changed, a meter must be there, and neither can what is not there', async () => {
  const api = await openSwitched(['asset-update=put']);
  await api.post(`${account}/assets`, asset);
  const { nameplateCapacityKw: _gone, ...rest } = asset;
  expect((await api.send('PUT', `${account}/assets/1`, rest)).status).toBe(200);
  expect(api.sandbox.state().assets[0]?.fields).toEqual(rest);
  for (const body of [{ ...rest, customId: 'SP2' }, { ...rest, meterIds: [9] }, { name: 'Barn' }]) {
    expect((await api.send('PUT', `${account}/assets/1`, body)).status).toBe(422);
  }
  expect((await api.send('PUT', `${account}/assets/2`, rest)).status).toBe(404);
  expect(api.sandbox.state().assets[0]?.fields).toEqual(rest);
});

test('as documented there is no such operation', async () => {
  const api = await openSwitched([]);
  await api.post(`${account}/assets`, asset);
  expect((await api.send('PATCH', `${account}/assets/1`, { name: 'Barn' })).status).toBe(404);
});
