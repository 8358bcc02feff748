import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';

export const clock = { now: () => Date.UTC(2025, 5, 1, 12) };

/** A folder of its own, gone after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function openToRun(path: string): Promise<Ledger> {
  return openSqliteLedger(path, { mode: 'run', clock, command: 'wattlift run pipeline.yaml' });
}

export function openToRead(path: string): Promise<Ledger> {
  return openSqliteLedger(path, { mode: 'read', clock });
}
