import { describe, expect, test } from 'vitest';
import type { Finish, Ledger, Work } from '../../src/ledger/ledger.ts';
import { at, done, failed, intent, slot, type OpenFresh, siteIds } from './samples.ts';

/** The part of the contract about work, slots, objects and intents. */
export function describeWorks(name: string, openFresh: OpenFresh): void {
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

    test("a step's holdings are what its slots brought home, done or drifted, and can be asked for one id", async () => {
      const ledger = await fresh();
      const other = { ...slot, site: 'SP2' };
      await ledger.finish({
        work: { ...done('a'), remoteId: 7 },
        slot,
        object: { scope: slot.scope, kind: 'meter', id: 7 },
      });
      await ledger.finish({ work: { ...failed('drifted'), remoteId: 7 }, slot });
      await ledger.finish({ work: { ...done('b'), remoteId: '8' }, slot: other });
      await ledger.finish({ work: failed('c'), slot: { ...slot, item: 'second' } });
      await ledger.finish({ work: { ...done('d'), remoteId: 9 }, slot: { ...slot, scope: 'another' } });
      expect(await ledger.holdings(slot.scope, 'meter')).toEqual([
        { site: 'SP1', item: 'main', id: 7 },
        { site: 'SP2', item: 'main', id: '8' },
      ]);
      expect(await ledger.holdings(slot.scope, 'meter', 8)).toEqual([{ site: 'SP2', item: 'main', id: '8' }]);
      expect(await ledger.holdings(slot.scope, 'asset')).toEqual([]);
    });

    test('what is forgotten leaves no slot, no intent and no object, though it had drifted; shared work stays', async () => {
      const { ledger, reopen } = await openFresh();
      const object = { scope: slot.scope, kind: 'meter', id: 7 };
      const shared = { scope: '', site: 'SP1', step: 'region', item: 'co2_moer' };
      await ledger.finish({ work: { ...done('old'), remoteId: 7 }, slot, object });
      await ledger.finish({ work: { ...failed('drifted'), remoteId: 7 }, slot });
      await ledger.finish({ work: done('region:1'), slot: shared });
      await ledger.link({ ...shared, site: 'SP2' }, 'region:1');
      await ledger.intend(intent('drifted'));
      await ledger.intend({ ...intent('other', 'f2'), slot: { ...slot, site: 'SP2' } });
      await ledger.forget([slot, shared]);
      const again = await reopen();
      expect(await again.slots('SP1')).toEqual([]);
      expect(await again.owners(slot.scope, 'meter', [7])).toEqual(new Map());
      expect((await again.intents()).map(({ fingerprint }) => fingerprint)).toEqual(['f2']);
      expect([...(await again.works(['drifted', 'region:1'])).keys()]).toEqual(['region:1']);
    });

    test('what a person settles ends the intents of its slot and lets go of what it had before', async () => {
      const ledger = await fresh();
      const own = (id: number) => ({ scope: slot.scope, kind: 'meter', id });
      await ledger.finish({ work: { ...done('a'), remoteId: 7 }, slot, object: own(7) });
      await ledger.intend(intent('b', 'f1'));
      await ledger.intend(intent('c', 'f2'));
      await ledger.finish({ work: { ...done('b'), remoteId: 8 }, slot, object: own(8), byHand: true });
      expect(await ledger.intents()).toEqual([]);
      expect(await ledger.owners(slot.scope, 'meter', [7, 8])).toEqual(new Map([['8', 'b']]));
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
}
