import { describe, expect, test } from 'vitest';
import { exitCode, exitCodeOf } from '../../src/cli/exit-code.ts';
import type { FaultHook } from '../../src/sandbox/serve/fault.ts';
import { Crash, dieAfter, dieAt } from './crash.ts';
import { once } from './faults.ts';
import { openWorld, type World } from './open-run.ts';
import { hourly, siteOf, writesOf } from './sites.ts';

/** The same readings as canonical rows: what must be at the far side. */
const series = hourly().split('\n').slice(1).join('\n');
/** Two days of January are 48 rows, 1.6 kB; one day is 0.8 kB. */
const small = 'max-body=1300';
const { events: _none, asset: _nothing, ...bare } = siteOf('SP1');
const site = { ...bare };

function open(switches: readonly string[], wattcarbon = {}, text = hourly()): Promise<World> {
  return openWorld({ sites: [site], wattcarbon }, { 'main.csv': text }, {}, switches);
}

const slotsOf = async (world: World): Promise<readonly string[]> =>
  (await world.items('SP1')).filter(({ step }) => step === 'upload').map(({ item, state }) => `${item} ${state}`);

describe('an API that takes only small files', () => {
  test('gets a month in pieces, cut between days, and nothing too large is tried again', async () => {
    const world = await open([small]);
    const end = await world.run();
    expect(end).toMatchObject({ failures: [], sites: { done: 1 } });
    // The whole of January was refused, its days and February were not.
    expect(
      world
        .state()
        .uploads.map(({ rows }) => rows)
        .toSorted((a, b) => a - b),
    ).toEqual([24, 24, 24]);
    expect(world.sandbox.series(1).intervals).toBe(series);
    expect(await slotsOf(world)).toEqual(['main/2025-01 done', 'main/2025-02 done']);
    expect((await world.run()).requests).toEqual({});

    await world.write({ sites: [site, { ...site, id: 'SP2', location: 'Elsewhere' }] });
    const next = await world.run();
    expect(writesOf(next)).toEqual({ create_meter: 1, upload_meter_intervals: 3 });
    expect(world.state().requests['wattcarbon.upload_meter_intervals']?.outcomes['413']).toBe(1);
  });

  test('a revised month is sent in pieces again, as version 2, and back again as version 3', async () => {
    const world = await open([small]);
    await world.run();
    for (const version of [2, 3]) {
      const text = version === 2 ? hourly().replace('2025-01-30T05:00:00Z,1', '2025-01-30T05:00:00Z,9') : hourly();
      await world.put({ 'main.csv': text });
      const end = await world.run();
      expect(writesOf(end)).toEqual({ upload_meter_intervals: 2 });
      const january = (await world.items('SP1')).find(({ step }) => step === 'upload');
      expect(january?.result).toEqual({ version });
      expect(world.sandbox.series(1).intervals).toBe(text.split('\n').slice(1).join('\n'));
    }
  });

  test.each([{ kind: 'lost' }, { kind: 'cut' }, { kind: 'after-work-500' }] as const)(
    'a piece whose answer met $kind is sent again where that replaces',
    async (fault) => {
      const world = await open([small]);
      let seen = 0;
      const hook: FaultHook = ({ operation }) =>
        operation === 'upload_meter_intervals' && ++seen % 2 === 0 ? fault : undefined;
      world.fault = hook;
      await world.run();
      world.fault = undefined;
      expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
      expect(world.sandbox.series(1).intervals).toBe(series);
      expect(await world.intents()).toEqual([]);
    },
  );

  test('where readings are added a doubtful piece is uncertain, and none that was confirmed is sent again', async () => {
    const wattcarbon = { reupload: 'append', concurrency: 1 };
    const world = await open([small, 'reupload=append'], wattcarbon);
    let pieces = 0;
    // The second piece of January: by then the month itself has been refused.
    world.fault = ({ operation }) =>
      operation === 'upload_meter_intervals' && world.state().uploads.length === 2 && ++pieces === 1
        ? { kind: 'lost' }
        : undefined;
    for (const run of ['first', 'second']) {
      const end = await world.run();
      expect([run, exitCodeOf(end, undefined)]).toEqual([run, exitCode.uncertain]);
      expect(end.failures).toMatchObject([{ code: 'upload.uncertain' }]);
    }
    expect(world.sandbox.series(1).intervals).toBe(series);
    // Other content is not sent over it either.
    await world.put({ 'main.csv': hourly().replace('2025-01-30T05:00:00Z,1', '2025-01-30T05:00:00Z,9') });
    const revised = await world.run();
    expect(revised.failures.map(({ code }) => code)).toEqual(['upload.uncertain']);
    expect(writesOf(revised)).toEqual({});
  });

  test('a run that dies between pieces is gone on with, each piece once', async () => {
    const world = await open([small, 'reupload=append'], { reupload: 'append', concurrency: 1 });
    // After the second accepted file; the ledger did not hear of it: that one is in doubt, the others are not.
    await expect(world.run(dieAfter('upload_meter_intervals', 3).how)).rejects.toThrow(Crash);
    world.clock.advance(3_600_000);
    const end = await world.run();
    expect(world.state().meters[0]?.readings.duplicates).toBe(0);
    expect(end.sites.done + end.sites.uncertain).toBe(1);
  });

  test('wherever a run dies, all is there once in the end', async () => {
    for (let moment = 1, dead = true; dead; moment += 13) {
      const world = await open([small]);
      const dying = dieAt(moment);
      await world.run(dying.how).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      ({ dead } = dying);
      world.clock.advance(3_600_000);
      expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
      expect([moment, world.sandbox.series(1).intervals]).toEqual([moment, series]);
      // One that died at the very end is tidied up by the run after it.
      await world.run();
      expect([moment, await slotsOf(world)]).toEqual([moment, ['main/2025-01 done', 'main/2025-02 done']]);
      expect(world.state().meters).toHaveLength(1);
    }
  });

  test('bills are cut between rows, and what cannot be cut fails with what came back', async () => {
    const bills = ['start_date,end_date,energy_kwh'];
    for (let month = 1; month < 12; month += 1)
      bills.push(
        `2024-${String(month).padStart(2, '0')}-01,2024-${String(month + 1).padStart(2, '0')}-01,${String(100 + ((month * 37) % 50))}`,
      );
    const world = await open(['max-body=320'], {}, `${bills.join('\n')}\n`);
    expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
    expect(world.sandbox.series(1).bills).toBe(`${bills.slice(1).join('\n')}\n`);

    const hopeless = await open(['max-body=200']);
    const end = await hopeless.run();
    expect(new Set(end.failures.map(({ code }) => code))).toEqual(new Set(['wattcarbon.too-large']));
  });
});

describe.each(['line', 'index', 'text'])('a refused row told by its %s', (form) => {
  test('is named by the file and line it stands on', async () => {
    const text = `Account 42,\nsome preamble,\n${hourly().replace('2025-01-31T03:00:00Z,1', '2025-01-31T03:00:00Z,5000')}`;
    const world = await open([`row-errors=${form}`, 'max-kwh=1000'], {}, text);
    const { failures } = await world.run();
    expect(failures).toMatchObject([{ site: 'SP1', step: 'upload', code: 'upload.row-refused' }]);
    const line = text.split('\n').findIndex((row) => row.includes('5000')) + 1;
    expect(failures[0]?.message).toContain(`main.csv:${String(line)}: WattCarbon refuses the value 5000`);
    expect(failures[0]?.message).toContain('2025-01-31T03:00:00+00:00,5000');
  });

  test('is found in a piece of a file, and in the file of several it stands in', async () => {
    const rows = hourly().trim().split('\n');
    const [header = ''] = rows;
    const files = {
      'a.csv': `${[header, ...rows.slice(1, 30)].join('\n')}\n`,
      'b.csv': `${[header, ...rows.slice(30)].join('\n').replace('2025-01-31T20:00:00Z,1', '2025-01-31T20:00:00Z,5000')}\n`,
    };
    const meters = [{ id: 'main', type: 'electricity', data: ['a.csv', 'b.csv'] }];
    const sites = [{ ...site, meters }];
    const world = await openWorld({ sites }, files, {}, [`row-errors=${form}`, 'max-kwh=1000', small]);
    const { failures } = await world.run();
    const line = files['b.csv'].split('\n').findIndex((row) => row.includes('5000')) + 1;
    expect(failures).toMatchObject([{ code: 'upload.row-refused' }]);
    expect(failures[0]?.message).toContain(`b.csv:${String(line)}: `);
  });
});

describe.each(['json', 'csv'])('readings that can be read back as %s', (form) => {
  const readBack = `read-back=${form}`;

  test.each(['replace', 'refuse', 'append'])(
    'settle a lost answer under "%s" without sending again',
    async (reupload) => {
      for (const kind of ['lost', 'after-work-500'] as const) {
        const world = await open([readBack, `reupload=${reupload}`], { reupload });
        world.fault = once('upload_meter_intervals', { kind });
        expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
        expect(world.state().uploads).toHaveLength(2);
        expect(world.sandbox.series(1).intervals).toBe(series);
      }
    },
  );

  test('let what did not arrive be sent again, even where readings are added', async () => {
    const world = await open([readBack, 'reupload=append', 'paging=link', 'page-size=7'], { reupload: 'append' });
    world.fault = once('upload_meter_intervals', { kind: 'cut' });
    expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
    expect(world.sandbox.series(1).intervals).toBe(series);
  });

  test('are compared after every upload: what differs is told until it does not, and never sent again', async () => {
    // The manifest takes it for an API that replaces, and this one adds.
    const world = await open([readBack, 'reupload=append']);
    await world.run();
    await world.put({ 'main.csv': hourly(7) });
    for (let run = 0; run < 2; run += 1) {
      const end = await world.run();
      expect(end.failures).toMatchObject([{ step: 'upload', code: 'upload.differs' }]);
      expect(end.failures[0]?.message).toContain('of 24 readings 24 are there twice (first 2025-02-01T00:00:00+00:00)');
      expect(end.failures[0]?.message).toMatch(/: wattlift forget SP1 upload:main\/2025-02, and run again$/);
      expect(writesOf(end)).toEqual(run === 0 ? { upload_meter_intervals: 1 } : {});
    }
  });
});

test('the headers of the manifest are sent, gas in therms, and a turned sign', async () => {
  const columns = { intervals: ['start', 'use'], bills: ['from', 'to', 'use'] };
  const meters = [{ id: 'main', type: 'gas', data: 'main.csv', unit: 'therm', sign: 'invert' }];
  const world = await openWorld(
    { sites: [{ ...site, meters }], wattcarbon: { columns, gasUnit: 'therm' } },
    { 'main.csv': hourly().replace('energy_kwh', 'usage') },
    {},
    ['interval-columns=start,use', 'read-back=json'],
  );
  expect(await world.run()).toMatchObject({ failures: [], sites: { done: 1 } });
  expect(world.sandbox.series(1).intervals).toBe(series.replaceAll(',1\n', ',-1\n'));
});
