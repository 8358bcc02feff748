import { onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { describeMemory } from './contract-memory.ts';
import { describeSites } from './contract-sites.ts';
import { describeWorks } from './contract-works.ts';
import type { OpenFresh } from './samples.ts';

/** One place for a ledger, empty at first. `open` may be called again after a `close`, and must find what was written. */
export interface Place {
  open(): Promise<Ledger>;
}

/** Registers what every ledger must do, for one kind of store. `prepare` gives a fresh place for each test. */
export function describeLedger(name: string, prepare: () => Promise<Place>): void {
  const openFresh: OpenFresh = async () => {
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
  describeWorks(name, openFresh);
  describeSites(name, openFresh);
  describeMemory(name, async () => (await openFresh()).ledger);
}
