import { describe, expect, test } from 'vitest';
import type { CoveredSpan, Ledger, Work } from '../../src/ledger/ledger.ts';
import { collect, done, failed, siteIds, slot, type OpenFresh } from './samples.ts';

/** The part of the contract about the list of sites and about coverage. */
export function describeSites(name: string, openFresh: OpenFresh): void {
  const fresh = async (): Promise<Ledger> => (await openFresh()).ledger;

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
}
