import { describe, expect, test } from 'vitest';
import { exitCode, exitCodeOf } from '../../src/cli/exit-code.ts';
import type { Json } from '../../src/domain/json.ts';
import type { Fault } from '../../src/sandbox/serve/fault.ts';
import { once, onceEach } from './faults.ts';
import { openWorld, type Ended, type World } from './open-run.ts';
import { hourly, siteOf } from './sites.ts';

/** A form of WattCarbon's API, and what a manifest has to say about it. */
interface Form {
  readonly switches: readonly string[];
  readonly wattcarbon?: { readonly [key: string]: Json };
}

/** The API as it may be on the day. With each, every switch of the sandbox is somewhere in another position. */
const forms: readonly (readonly [name: string, form: Form])[] = [
  ['as documented', { switches: [] }],
  [
    'with renamed tags, /v2 paths, PUT for intervals and another part name',
    { switches: ['operation-ids=renamed-tag', 'paths=v2', 'upload-method=put', 'file-part=upload'] },
  ],
  [
    'with other paths and parameter names, and ids as digits in a text',
    { switches: ['paths=renamed', 'ids=digits', 'operation-ids=fastapi', 'retired-paths=410'] },
  ],
  ['with the account in the query, and UUIDs', { switches: ['paths=flat', 'ids=uuid', 'operation-ids=camel-case'] }],
  [
    'under servers, described by the ReDoc page only, with composed schemas',
    { switches: ['openapi=redoc', 'paths=v2', 'servers=relative', 'schemas=composed', 'file-marks=media-type'] },
  ],
  [
    'with bare CSV for readings and documents',
    { switches: ['upload-body=csv', 'document-body=csv', 'file-marks=both', 'document-again=replace'] },
  ],
  ['with either body, and pages led by Link', { switches: ['upload-body=both', 'paging=link', 'page-size=1'] }],
  [
    'with cursors in a wrapped list, and filters that are refused',
    { switches: ['paging=cursor', 'list-shape=items', 'page-size=1', 'list-filters=refused'] },
  ],
  [
    'with next addresses, names for meters and a token that says no time',
    { switches: ['paging=next', 'list-shape=results', 'page-size=1', 'meter-fields=both', 'expires-in=absent'] },
  ],
  [
    'with numbered pages, a conflict as 400 and customIds for meters',
    { switches: ['paging=page', 'page-size=1', 'conflict=400', 'meter-fields=custom-id', 'list-filters=ignored'] },
  ],
  [
    'with offsets, a conflict as 422 and lists that lag two seconds',
    {
      switches: ['paging=offset', 'list-shape=data', 'page-size=1', 'conflict=422', 'list-lag=2'],
      wattcarbon: { settle: 'PT2S' },
    },
  ],
  [
    'with granularity and type beside every file',
    { switches: ['form-fields=required', 'list-filters=working', 'row-errors=index'] },
  ],
  [
    'with granularity and type beside a bare file',
    { switches: ['form-fields=required', 'upload-body=csv', 'row-errors=text'] },
  ],
  [
    'refusing what is there',
    { switches: ['reupload=refuse', 'document-again=refuse'], wattcarbon: { reupload: 'refuse' } },
  ],
  [
    'reading back as JSON, with other columns and keys',
    {
      switches: ['read-back=json', 'interval-columns=start,kwh', 'coordinate-keys=lat,lng', 'max-kwh=5'],
      wattcarbon: {
        columns: { intervals: ['start', 'kwh'] },
        coordinateKeys: ['lat', 'lng'],
      },
    },
  ],
  ['with keys that belong to accounts', { switches: ['accounts=acct:key-1,me:key-2:personal', 'read-back=csv'] }],
];

const data = { 'main.csv': hourly() };
/** A second site with two meters, placed by coordinates. */
const { location: _address, ...placed } = siteOf('SP2', {
  coordinates: { latitude: 41.4797, longitude: -91.5813 },
  meters: [
    { id: 'main', type: 'electricity', data: 'main.csv' },
    { id: 'gas', type: 'gas' },
  ],
});
const sites = [siteOf('SP1'), placed];

/** What the same readings come to in canonical bytes: 72 hours. */
const series = hourly().split('\n').slice(1).join('\n');

/** Everything once: of each site an asset with its meters in their order and a document, of each meter its bytes. */
function expectOneOfEach(world: World): void {
  const { meters, assets, documents } = world.state();
  const linked = assets.map(({ fields, meters: ids }) => [fields['customId'], ids.map((id) => typeOf(world, id))]);
  expect(Object.fromEntries(linked)).toEqual({ SP1: ['electricity'], SP2: ['electricity', 'gas'] });
  expect([assets.length, meters.length, documents.length]).toEqual([2, 3, 2]);
  expect(new Set(assets.flatMap((asset) => asset.meters)).size).toBe(3);
  expect(new Set(documents.map(({ asset }) => asset))).toEqual(new Set(assets.map(({ id }) => id)));
  for (const { id, fields } of meters) {
    expect(world.sandbox.series(id)).toEqual({ intervals: fields['meterType'] === 'gas' ? '' : series, bills: '' });
  }
}

function typeOf(world: World, id: number): Json | undefined {
  return world.state().meters.find((meter) => meter.id === id)?.fields['meterType'];
}

function ended(end: Ended): unknown {
  const { sites: counts, failures } = end;
  return {
    done: counts.done,
    failures: failures.map(({ site, step, code, message }) => ({ site, step, code, message })),
  };
}

const allDone = { done: 2, failures: [] };

describe.each(forms)('an API %s', (_name, { switches, wattcarbon = {} }) => {
  const open = (): Promise<World> => openWorld({ sites, wattcarbon }, data, {}, switches);

  test('ends with one of each and the right bytes, and a second run sends nothing', async () => {
    const world = await open();
    expect(ended(await world.run())).toEqual(allDone);
    expectOneOfEach(world);
    expect((await world.run()).requests).toEqual({});
  });

  test.each<Fault['kind']>(['lost', 'cut'])(
    'ends so too when the first answer to every write meets %s',
    async (kind) => {
      const world = await open();
      // Half of what is lost comes back as a 500: for the pipeline both are a doubt, on different ways.
      const fault: Fault =
        kind === 'cut' ? { kind } : switches.length % 2 === 0 ? { kind: 'lost' } : { kind: 'after-work-500' };
      world.fault = onceEach(fault);
      await world.run();
      expect(ended(await world.run())).toEqual(allDone);
      expectOneOfEach(world);
      expect(await world.intents()).toEqual([]);
    },
  );
});

test.each<[string, Form]>([
  ['without a description', { switches: ['openapi=none'], wattcarbon: { allowUnverifiedEndpoints: true } }],
  ['without lists', { switches: ['lists=none', 'document-again=replace'] }],
])(
  'an API %s ends with one of each, but a lost answer stays uncertain',
  async (_name, { switches, wattcarbon = {} }) => {
    const world = await openWorld({ sites, wattcarbon }, data, {}, switches);
    expect(ended(await world.run())).toEqual(allDone);
    expectOneOfEach(world);

    const doubtful = await openWorld({ sites, wattcarbon }, data, {}, switches);
    doubtful.fault = onceEach({ kind: 'lost' });
    for (const run of ['first', 'second']) {
      const end = await doubtful.run();
      expect([run, exitCodeOf(end, undefined)]).toEqual([run, exitCode.uncertain]);
      const codes = end.failures.map(({ code }) => code);
      expect(new Set(codes)).toEqual(new Set(['meter.uncertain', 'asset.uncertain']));
    }
    // One meter of SP1 and its asset wait for a person; nothing is there twice.
    const { meters, assets, documents } = doubtful.state();
    expect([meters.length, assets.length, documents.length]).toEqual([3, 1, 0]);
  },
);

test.each<Fault>([{ kind: 'lost' }, { kind: 'after-work-500' }, { kind: 'cut' }])(
  'an API that appends: after $kind the upload is uncertain, and nothing is doubled',
  async (fault) => {
    const world = await openWorld({ sites, wattcarbon: { reupload: 'append' } }, data, {}, ['reupload=append']);
    world.fault = once('upload_meter_intervals', fault);
    for (const run of ['first', 'second']) {
      const end = await world.run();
      expect([run, exitCodeOf(end, undefined)]).toEqual([run, exitCode.uncertain]);
      expect(end.failures.map(({ step, code }) => [step, code])).toEqual([['upload', 'upload.uncertain']]);
    }
    const { meters } = world.state();
    expect(meters.map(({ readings }) => readings.duplicates)).toEqual([0, 0, 0]);
    // The doubtful part is there once where the work was done, and not at all where it was not.
    const rows = meters.reduce((sum, { readings }) => sum + readings.rows, 0);
    expect(fault.kind === 'cut' ? [96, 120] : [144]).toContain(rows);
  },
);

test.each<Fault>([{ kind: 'lost' }, { kind: 'after-work-500' }, { kind: 'cut' }])(
  'an API that appends and lists no documents: after $kind the document is uncertain, and nothing is doubled',
  async (fault) => {
    const switches = ['reupload=append', 'lists=meters,assets'];
    const world = await openWorld({ sites, wattcarbon: { reupload: 'append' } }, data, {}, switches);
    world.fault = once('upload_asset_document', fault);
    for (const run of ['first', 'second']) {
      const end = await world.run();
      expect([run, exitCodeOf(end, undefined)]).toEqual([run, exitCode.uncertain]);
      expect(end.failures.map(({ step, code }) => [step, code])).toEqual([['events', 'events.uncertain']]);
    }
    // The other site's document, and the doubtful one where the work was done.
    expect(world.state().documents).toHaveLength(fault.kind === 'cut' ? 1 : 2);
    expect(new Set(world.state().documents.map(({ asset }) => asset)).size).toBe(fault.kind === 'cut' ? 1 : 2);
  },
);

test('a real run writes through no unverified path, and says which setting allows it', async () => {
  const world = await openWorld({ sites }, data, {}, ['openapi=none']);
  const end = await world.run();
  expect(end.failures.map(({ code }) => code)).toContain('wattcarbon.endpoint-unverified');
  expect(world.state()).toMatchObject({ meters: [], assets: [], uploads: [] });
});
