import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdStore } from '../../src/ledger/hold-store.ts';
import { makeFolder } from './places.ts';

test('one folder is held once, whatever links lead to it, until it is let go', async () => {
  const folder = await makeFolder();
  const store = join(folder, 'moer');
  const letGo = await holdStore(store);
  await expect(holdStore(store)).rejects.toMatchObject({ name: 'LedgerHeldError', code: 'store.held' });
  await symlink(folder, join(folder, 'link'));
  await expect(holdStore(join(folder, 'link', 'moer'))).rejects.toMatchObject({ code: 'store.held' });
  (await holdStore(join(folder, 'other')))();
  letGo();
  (await holdStore(store))();
});

test('a place where no lock can be made is not held, and fails nothing', async () => {
  const file = join(await makeFolder(), 'file');
  await writeFile(file, '');
  (await holdStore(join(file, 'moer')))();
});
