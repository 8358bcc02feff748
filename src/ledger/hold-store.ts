import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LedgerHeldError } from '../domain/errors.ts';
import { makeFolderFor } from './sqlite-file.ts';
import { takeLock } from './sqlite-lock.ts';

/**
 * Holds a dataset's folder for this process until what it returns is called, or the process ends: `<folder>.lock`. The lock of
 * the ledger does not do where two manifests name one folder and have a ledger each: a month that both add to would keep only
 * what the later one wrote, and each ledger would vouch for its own. A lock that cannot be made holds nothing, and fails
 * nothing: adding to the folder says what is wrong with the place. Throws `LedgerHeldError` with the code `store.held`.
 */
export async function holdStore(folder: string): Promise<() => void> {
  try {
    await makeFolderFor(folder);
    return await takeLock(await actualPath(folder));
  } catch (error) {
    if (!(error instanceof LedgerHeldError)) return () => undefined;
    throw new LedgerHeldError(
      `another process with a ledger of its own adds to the dataset ${folder}; wait for it to end or stop it, then run again, or give each manifest a store of its own`,
      'store.held',
    );
  }
}

/** Whatever links lead to it, the lock is one. The folder may not be there yet; the one above it is. */
async function actualPath(folder: string): Promise<string> {
  return realpath(folder).catch(async () => join(await realpath(dirname(folder)), basename(folder)));
}
