import { describe, expect, test } from 'vitest';
import type { InputStamp, Ledger } from '../../src/ledger/ledger.ts';

const stamp: InputStamp = {
  path: '/data/a.csv',
  size: 10,
  mtimeNs: '1735689600000000001',
  inode: '18446744073709551615',
};
const other: InputStamp = { ...stamp, path: '/data/b.csv' };

/** The part of the contract about inputs, documents and runs. */
export function describeMemory(name: string, fresh: () => Promise<Ledger>): void {
  describe(`${name}: inputs, documents and runs`, () => {
    test('what was found in files is remembered while every one of them is as it was', async () => {
      const ledger = await fresh();
      await ledger.rememberInput('r', [stamp, other], { rows: 3 });
      expect(await ledger.input('r', [stamp, other])).toEqual({ rows: 3 });
      expect(await ledger.input('r', [other, stamp])).toEqual({ rows: 3 });
      expect(await ledger.input('unknown', [stamp, other])).toBeUndefined();
    });

    test.each([
      ['another size', [{ ...stamp, size: 11 }, other]],
      ['a nanosecond later', [{ ...stamp, mtimeNs: '1735689600000000002' }, other]],
      ['another inode', [{ ...stamp, inode: '18446744073709551614' }, other]],
      ['another path', [{ ...stamp, path: '/data/c.csv' }, other]],
      ['a file less', [stamp]],
      ['a file more', [stamp, other, { ...stamp, path: '/data/c.csv' }]],
    ])('with %s it has to be read again', async (_why, files) => {
      const ledger = await fresh();
      await ledger.rememberInput('r', [stamp, other], { rows: 3 });
      expect(await ledger.input('r', files)).toBeUndefined();
    });

    test('the last finding replaces the one before', async () => {
      const ledger = await fresh();
      await ledger.rememberInput('r', [stamp], 1);
      await ledger.rememberInput('r', [other], 2);
      expect(await ledger.input('r', [stamp])).toBeUndefined();
      expect(await ledger.input('r', [other])).toBe(2);
    });

    test('a document is kept by its address', async () => {
      const ledger = await fresh();
      const document = { url: 'http://127.0.0.1/openapi.json', body: '{}', sha256: 'aa', at: 5 };
      await ledger.rememberDocument(document);
      await ledger.rememberDocument({ ...document, body: '[]' });
      expect(await ledger.document(document.url)).toEqual({ ...document, body: '[]' });
      expect(await ledger.document('http://127.0.0.1/other')).toBeUndefined();
    });

    test('of the files that an operation refused as too large the shortest is remembered', async () => {
      const ledger = await fresh();
      expect(await ledger.refusedLength('acct', 'upload')).toBeUndefined();
      for (const length of [500, 300, 400]) await ledger.rememberRefused('acct', 'upload', length, 1);
      expect(await ledger.refusedLength('acct', 'upload')).toBe(300);
      expect(await ledger.refusedLength('acct', 'other')).toBeUndefined();
      expect(await ledger.refusedLength('other', 'upload')).toBeUndefined();
    });

    test('a run is started and ended', async () => {
      const ledger = await fresh();
      await ledger.startRun({ id: 'r1', at: 1, command: 'wattlift run' });
      await ledger.endRun({ id: 'r1', at: 2, exitCode: 0, summary: { done: 3 } });
      await expect(ledger.startRun({ id: 'r1', at: 1, command: 'wattlift run' })).rejects.toThrow();
    });

    test('what was not awaited before closing is written all the same', async () => {
      const ledger = await fresh();
      const writing = ledger.rememberInput('r', [stamp], 1);
      await ledger.close();
      await writing;
      await expect(ledger.rememberInput('r', [stamp], 2)).rejects.toMatchObject({ code: 'ledger.closed' });
    });
  });
}
