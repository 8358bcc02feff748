import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** The files of a ledger that a process has open, byte for byte at this moment: what it would leave if it were killed now. */
export interface LedgerFiles {
  /** Puts them back, in the place of what was written since. Nobody may have the ledger open. */
  restore(): void;
}

/** SQLite keeps what it has committed in the database and its log; the third file, `-shm`, is made anew from those. */
const kept = ['', '-wal'] as const;

/** Takes the files of the ledger at `path`; it need not be closed. */
export function takeLedgerFiles(path: string): LedgerFiles {
  const taken = kept.flatMap((ending) => {
    const file = `${path}${ending}`;
    return existsSync(file) ? [{ file, bytes: readFileSync(file) }] : [];
  });
  return {
    restore: () => {
      for (const ending of [...kept, '-shm']) rmSync(`${path}${ending}`, { force: true });
      for (const { file, bytes } of taken) writeFileSync(file, bytes);
    },
  };
}
