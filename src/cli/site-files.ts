import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createSiteFiles, type MeterAndEventFiles } from '../files/site-files.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Terminal } from './terminal.ts';

/** Threads beyond these would take more memory than the disk can feed. */
const mostThreads = 16;

/** How many threads read meter files on this machine. */
export function readingThreads(): number {
  return Math.min(availableParallelism(), mostThreads);
}

/** Where a run keeps the rows that it leaves out: beside the ledger. */
export function quarantineFolder({ ledger }: Pick<Manifest, 'ledger'>): string {
  return join(dirname(ledger), 'quarantine');
}

/**
 * The reader of a manifest's meter and event files. With a memory, a file that has not changed is not read again;
 * one that may only be read takes nothing new up.
 */
export function openSiteFiles(
  manifest: Manifest,
  { cwd, clock }: Pick<Terminal, 'cwd' | 'clock'>,
  memory?: { readonly ledger: Ledger; readonly readOnly: boolean },
): MeterAndEventFiles {
  return createSiteFiles({
    form: manifest.wattcarbon.form,
    displayPath: (absolute) => relative(cwd, absolute) || '.',
    now: () => clock.now(),
    threads: readingThreads(),
    ...(memory?.readOnly === false && { quarantine: quarantineFolder(manifest) }),
    // Only a run uploads.
    keepsBytes: memory?.readOnly === false,
    ...(memory && {
      remember: {
        recall: (reading, files) => memory.ledger.input(reading, files),
        remember: async (reading, files, found) => {
          if (!memory.readOnly) await memory.ledger.rememberInput(reading, files, found);
        },
      },
    }),
  });
}
