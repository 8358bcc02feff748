import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import type { CoveredSpan, Finish, Intent, Ledger, SiteStatus, Slot, Work } from '../../src/ledger/ledger.ts';
import { describeMemory } from './contract-memory.ts';

/** One place for a ledger, empty at first. `open` may be called again after a `close`, and must find what was written. */
export interface Place {
  open(): Promise<Ledger>;
}

const slot: Slot = { scope: 'wattcarbon/acct', site: 'SP1', step: 'meter', item: 'main' };
const at = Date.UTC(2025, 0, 1);

function done(key: string, result: Json = { id: 7 }): Work {
  return { key, step: 'meter', state: 'done', result, at };
}

function failed(key: string): Work {
  return { key, step: 'meter', state: 'failed', error: { code: 'wattcarbon.invalid', message: 'no' }, at };
}

function intent(key: string, fingerprint = 'f1'): Intent {
  return { fingerprint, key, slot, operation: 'create_meter', at, timeoutMs: 60_000 };
}

async function collect(sites: AsyncIterable<SiteStatus>): Promise<SiteStatus[]> {
  const all: SiteStatus[] = [];
  for await (const site of sites) all.push(site);
  return all;
}

async function siteIds(sites: AsyncIterable<SiteStatus>): Promise<string[]> {
  return (await collect(sites)).map(({ id }) => id);
}

/** Registers what every ledger must do, for one kind of store. `prepare` gives a fresh place for each test. */
export function describeLedger(name: string, prepare: () => Promise<Place>): void {
  const openFresh = async (): Promise<{ readonly ledger: Ledger; readonly reopen: () => Promise<Ledger> }> => {
    const place = await prepare();
    let current = await place.open();
    onTestFinished(() => current.close());
    const reopen = async (): Promise<Ledger> => {
      await current.close();
      current = await place.open();
      return current;
    };
    return { ledger: current, reopen };
  };
  const fresh = async (): Promise<Ledger> => (await openFresh()).ledger;

  describe(`${name}: work and slots`, () => {
    test('an empty ledger has no work, no slots and no sites', async () => {
      const ledger = await fresh();
      expect(await ledger.works(['a'])).toEqual(new Map());
      expect(await ledger.slots('SP1')).toEqual([]);
      expect(await siteIds(ledger.sites())).toEqual([]);
    });

    test('finished work, its slot and its object are there after closing and opening again', async () => {
      const { ledger, reopen } = await openFresh();
      const work: Work = { ...done('k1', { id: 'x', nested: [1, null, { a: true }] }), remoteId: 'x' };
      await ledger.finish({ work, slot, object: { scope: slot.scope, kind: 'meter', id: 'x' } });
      const again = await reopen();
      expect(await again.works(['k1', 'absent'])).toEqual(new Map([['k1', work]]));
      expect(await again.slots('SP1')).toEqual([{ ...slot, key: 'k1' }]);
      expect(await again.owners(slot.scope, 'meter', ['x', 'y'])).toEqual(new Map([['x', 'k1']]));
    });

    test('an id that was a number comes back as a number, and text as text', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: { ...done('number'), remoteId: 7 }, slot });
      await ledger.finish({ work: { ...done('text'), remoteId: '7' }, slot });
      const works = await ledger.works(['number', 'text']);
      expect(works.get('number')?.remoteId).toBe(7);
      expect(works.get('text')?.remoteId).toBe('7');
    });

    test('work without a result has none, and a null result stays null', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: failed('a'), slot });
      await ledger.finish({ work: done('b', null), slot });
      const works = await ledger.works(['a', 'b']);
      expect(works.get('a')).toEqual(failed('a'));
      expect(works.get('b')).toEqual(done('b', null));
    });

    test('work that is done after it had failed forgets the error', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: failed('a'), slot });
      await ledger.finish({ work: done('a'), slot });
      expect((await ledger.works(['a'])).get('a')).toEqual(done('a'));
    });

    test('a slot holds one key: the last', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: done('a'), slot });
      await ledger.finish({ work: done('b'), slot });
      expect(await ledger.slots('SP1')).toEqual([{ ...slot, key: 'b' }]);
      expect((await ledger.works(['a'])).size).toBe(1);
    });

    test('slots of one site differ by scope, step and item, and are not those of another site', async () => {
      const ledger = await fresh();
      const others = [
        { ...slot, scope: '' },
        { ...slot, step: 'upload' },
        { ...slot, item: 'main/2025-01' },
      ];
      for (const other of [slot, ...others]) await ledger.finish({ work: done('a'), slot: other });
      await ledger.finish({ work: done('a'), slot: { ...slot, site: 'SP10' } });
      expect(await ledger.slots('SP1')).toHaveLength(4);
      expect(await ledger.slots('SP10')).toHaveLength(1);
    });

    test('another site may share work that is in the ledger', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: done('a'), slot });
      await ledger.link({ ...slot, site: 'SP2' }, 'a');
      expect(await ledger.slots('SP2')).toEqual([{ ...slot, site: 'SP2', key: 'a' }]);
    });

    test('work that is not in the ledger cannot be shared', async () => {
      const ledger = await fresh();
      await expect(ledger.link(slot, 'nowhere')).rejects.toMatchObject({ code: 'ledger.no-work' });
      expect(await ledger.slots('SP1')).toEqual([]);
    });

    test('emptying a slot leaves the work and its object', async () => {
      const ledger = await fresh();
      await ledger.finish({ work: done('a'), slot, object: { scope: 's', kind: 'meter', id: 7 } });
      await ledger.unlink(slot);
      await ledger.unlink(slot);
      expect(await ledger.slots('SP1')).toEqual([]);
      expect((await ledger.works(['a'])).size).toBe(1);
      expect(await ledger.owners('s', 'meter', [7])).toEqual(new Map([['7', 'a']]));
    });

    test('awkward text survives: quotes, newlines, emoji, a lone zero byte in JSON', async () => {
      const ledger = await fresh();
      const site = `O'Hare "7" \n 😀 %_`;
      await ledger.finish({ work: done('a', { said: 'a\u0000b' }), slot: { ...slot, site } });
      expect(await ledger.slots(site)).toHaveLength(1);
      expect((await ledger.works(['a'])).get('a')?.result).toEqual({ said: 'a\u0000b' });
    });

    test('a thousand keys are found at once', async () => {
      const ledger = await fresh();
      const keys = Array.from({ length: 1_000 }, (_, index) => `k${String(index)}`);
      await Promise.all(keys.map((key) => ledger.finish({ work: done(key), slot: { ...slot, item: key } })));
      expect((await ledger.works(keys)).size).toBe(1_000);
    });
  });

  describe(`${name}: owned objects`, () => {
    const own = (key: string, site: string, id: string | number): Finish => ({
      work: { ...done(key), remoteId: id },
      slot: { ...slot, site },
      object: { scope: slot.scope, kind: 'meter', id },
    });

    test('an object that one site has cannot be taken by another, and nothing of the try is left', async () => {
      const ledger = await fresh();
      await ledger.finish(own('a', 'SP1', 7));
      await expect(ledger.finish(own('b', 'SP2', 7))).rejects.toMatchObject({
        name: 'UncertainError',
        code: 'ledger.object-owned',
      });
      expect(await ledger.slots('SP2')).toEqual([]);
      expect((await ledger.works(['b'])).size).toBe(0);
      expect(await ledger.owners(slot.scope, 'meter', [7])).toEqual(new Map([['7', 'a']]));
    });

    test('7 and "7" are the same object', async () => {
      const ledger = await fresh();
      await ledger.finish(own('a', 'SP1', 7));
      expect(await ledger.owners(slot.scope, 'meter', ['7'])).toEqual(new Map([['7', 'a']]));
      await expect(ledger.finish(own('b', 'SP2', '7'))).rejects.toMatchObject({ code: 'ledger.object-owned' });
    });

    test('the same id of another kind or scope is another object', async () => {
      const ledger = await fresh();
      await ledger.finish(own('a', 'SP1', 7));
      expect((await ledger.owners(slot.scope, 'asset', [7])).size).toBe(0);
      expect((await ledger.owners('elsewhere', 'meter', [7])).size).toBe(0);
    });

    test('a slot keeps its object under new work, and a forgotten object may be adopted', async () => {
      const ledger = await fresh();
      await ledger.finish(own('a', 'SP1', 7));
      await ledger.finish(own('b', 'SP1', 7));
      await ledger.unlink({ ...slot, site: 'SP1' });
      await ledger.finish(own('c', 'SP2', 7));
      expect(await ledger.owners(slot.scope, 'meter', [7])).toEqual(new Map([['7', 'c']]));
    });
  });

  describe(`${name}: intents`, () => {
    test('an intent is there until the work that settles it is finished', async () => {
      const { ledger, reopen } = await openFresh();
      await ledger.intend(intent('a'));
      const again = await reopen();
      expect(await again.intent('f1')).toEqual(intent('a'));
      expect(await again.intents()).toEqual([intent('a')]);
      await again.finish({ work: done('a'), slot, intent: 'f1' });
      expect(await again.intent('f1')).toBeUndefined();
      expect(await again.intents()).toEqual([]);
    });

    test('repeating an intent renews its time', async () => {
      const ledger = await fresh();
      await ledger.intend(intent('a'));
      await ledger.intend({ ...intent('a'), at: at + 5 });
      expect((await ledger.intent('f1'))?.at).toBe(at + 5);
    });

    test('an open intent is not replaced by the one of a look-alike', async () => {
      const ledger = await fresh();
      await ledger.intend(intent('a'));
      await expect(ledger.intend(intent('b'))).rejects.toMatchObject({
        name: 'UncertainError',
        code: 'ledger.intent-open',
      });
      expect((await ledger.intent('f1'))?.key).toBe('a');
      await ledger.clearIntent('f1');
      await ledger.intend(intent('b'));
      expect((await ledger.intent('f1'))?.key).toBe('b');
    });

    test('of two look-alikes in the same turn one wins and only the other is refused', async () => {
      const ledger = await fresh();
      const outcomes = await Promise.allSettled([
        ledger.intend(intent('a')),
        ledger.intend(intent('b')),
        ledger.intend(intent('c', 'f2')),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await ledger.intents()).map(({ key }) => key)).toEqual(['a', 'c']);
    });

    test('when finishing is refused, the intent stays open', async () => {
      const ledger = await fresh();
      const object = { scope: slot.scope, kind: 'meter', id: 7 };
      await ledger.finish({ work: done('a'), slot, object });
      await ledger.intend(intent('b'));
      const finishing = ledger.finish({ work: done('b'), slot: { ...slot, site: 'SP2' }, object, intent: 'f1' });
      await expect(finishing).rejects.toThrow();
      expect(await ledger.intent('f1')).toBeDefined();
    });
  });

  describe(`${name}: sites`, () => {
    const finish = (ledger: Ledger, site: string, work: Work): Promise<void> =>
      ledger.finish({ work, slot: { ...slot, site } });

    test('those with a failed or uncertain item come first, then by id', async () => {
      const ledger = await fresh();
      await finish(ledger, 'C', done('c'));
      await finish(ledger, 'D', failed('d'));
      await finish(ledger, 'A', done('a'));
      await finish(ledger, 'B', { ...failed('b'), state: 'uncertain' });
      await finish(ledger, 'B', { ...failed('b'), state: 'uncertain' });
      await ledger.finish({ work: done('b2'), slot: { ...slot, site: 'B', step: 'asset' } });
      expect(await siteIds(ledger.sites())).toEqual(['B', 'D', 'A', 'C']);
      expect(await siteIds(ledger.sites((id) => id > 'B'))).toEqual(['D', 'C']);
    });

    test('a site shows its items with scope, item, result, id and error', async () => {
      const ledger = await fresh();
      await finish(ledger, 'A', { ...done('a'), remoteId: 7 });
      await ledger.finish({ work: failed('f'), slot: { ...slot, site: 'A', item: 'other' } });
      const [site] = await collect(ledger.sites());
      expect(site).toEqual({
        id: 'A',
        items: [
          { ...done('a'), remoteId: 7, scope: slot.scope, item: 'main' },
          { ...failed('f'), scope: slot.scope, item: 'other' },
        ],
      });
    });

    test('every one of 1,300 sites comes once, also those that share failed work', async () => {
      const ledger = await fresh();
      await finish(ledger, 'first', failed('shared'));
      const ids = Array.from({ length: 1_300 }, (_, index) => `S${String(index).padStart(4, '0')}`);
      await Promise.all(
        ids.map((id, index) =>
          index % 2 === 0 ? ledger.link({ ...slot, site: id }, 'shared') : finish(ledger, id, done(id)),
        ),
      );
      const shown = await siteIds(ledger.sites());
      expect(shown).toHaveLength(1_301);
      expect(new Set(shown).size).toBe(1_301);
      expect(shown.slice(0, 2)).toEqual(['S0000', 'S0002']);
    });

    test('a site that fails while the list is read still comes once', async () => {
      const ledger = await fresh();
      for (const id of ['A', 'B', 'C']) await finish(ledger, id, done(id));
      const shown: string[] = [];
      for await (const { id } of ledger.sites()) {
        shown.push(id);
        await finish(ledger, 'A', failed('A'));
        await finish(ledger, 'C', failed('C'));
      }
      expect(shown).toEqual(['A', 'B', 'C']);
    });
  });

  describe(`${name}: coverage`, () => {
    const hour = 3_600_000;
    const span = (start: number, end: number, askedAt = 1, points = (end - start) * 12): CoveredSpan => ({
      start: start * hour,
      end: end * hour,
      askedAt,
      points,
    });

    test('an unknown series has no period and no spans', async () => {
      expect(await (await fresh()).coverage('co2_moer/PJM')).toEqual({ periodSeconds: undefined, spans: [] });
    });

    test('spans come back sorted, after opening again too, and belong to their series', async () => {
      const { ledger, reopen } = await openFresh();
      await ledger.cover('a', 300, [span(20, 30), span(0, 10)]);
      const expected = { periodSeconds: 300, spans: [span(0, 10), span(20, 30)] };
      expect(await ledger.coverage('a')).toEqual(expected);
      expect(await (await reopen()).coverage('a')).toEqual(expected);
      expect((await (await reopen()).coverage('b')).spans).toEqual([]);
    });

    test('an empty answer is an answer', async () => {
      const ledger = await fresh();
      await ledger.cover('a', 300, [span(0, 10, 1, 0)]);
      expect((await ledger.coverage('a')).spans).toEqual([span(0, 10, 1, 0)]);
    });

    test('a new span wins, and the old one keeps what is left on both sides', async () => {
      const ledger = await fresh();
      await ledger.cover('a', 300, [span(0, 10)]);
      await ledger.cover('a', 300, [span(4, 6, 2)]);
      expect((await ledger.coverage('a')).spans).toEqual([span(0, 4), span(4, 6, 2), span(6, 10)]);
      await ledger.cover('a', 300, [span(3, 12, 3)]);
      expect((await ledger.coverage('a')).spans).toEqual([span(0, 3), span(3, 12, 3)]);
    });

    test('a span that does not end after its start is refused and changes nothing', async () => {
      const ledger = await fresh();
      await ledger.cover('a', 300, [span(0, 10)]);
      await expect(ledger.cover('a', 300, [span(5, 5)])).rejects.toThrow('must end after its start');
      expect((await ledger.coverage('a')).spans).toEqual([span(0, 10)]);
    });
  });

  describeMemory(name, fresh);
}
