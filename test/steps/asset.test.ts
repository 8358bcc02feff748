import { expect, test } from 'vitest';
import type { Site } from '../../src/domain/site.ts';
import { asset } from '../../src/steps/asset.ts';
import type { Tools } from '../../src/steps/tools.ts';

const unused = (): never => {
  throw new Error('not for this test');
};
const tools: Tools = {
  watttime: { history: unused },
  pulling: unused,
  regions: { regionAt: unused, requests: unused, changedAt: unused },
  wattcarbon: {
    scope: 'test',
    prepare: unused,
    inspect: unused,
    send: unused,
    list: unused,
    readings: unused,
    assetUpdate: unused,
  },
  files: { meter: unused, bytes: unused, place: unused, events: unused },
  store: { missing: unused, add: unused, count: unused, model: unused },
  settings: {
    signals: [],
    window: undefined,
    coordinateKeys: ['latitude', 'longitude'],
    reupload: 'replace',
    revisionsMs: 0,
  },
  notices: { warn: unused, debug: unused },
  clock: { now: unused, monotonic: unused, sleep: unused },
};

test('what is written under "asset" passes through, but never in place of name, location, customId or meterIds', async () => {
  const site: Site = {
    id: 'SP1',
    name: 'Roof',
    location: 'Main St',
    meters: [{ id: 'main', type: 'electricity', data: [] }],
    asset: { kind: 'solar', customId: 'FOO', meterIds: [999], name: 'X', location: 'Y', utility: 'Z', panels: 3 },
    utility: 'ABC',
    where: () => ({ file: 'pipeline.yaml' }),
  };
  const facts = { meter: new Map([['main', { id: 7, version: 1 }]]), upload: new Map() };
  const { fields } = await asset.creation({ site, item: { label: 'asset' }, facts }, tools);
  expect(fields).toEqual({
    name: 'Roof',
    location: 'Main St',
    customId: 'SP1',
    meterIds: [7],
    utility: 'Z',
    kind: 'solar',
    panels: 3,
  });
  const bare = await asset.creation({ site: { ...site, meters: [] }, item: { label: 'asset' }, facts }, tools);
  expect(bare.fields['meterIds']).toBeUndefined();
});
