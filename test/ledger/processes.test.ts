import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from './children.ts';
import { makeFolder, openToRead, openToRun } from './places.ts';

const writer = new URL('child-writer.ts', import.meta.url);

test('a second process is refused at once with the name of the first, and may go on when that one is killed', async () => {
  const path = join(await makeFolder(), 'ledger.db');
  const child = startChild(writer, path);
  await child.printed(1);
  await expect(openToRun(path)).rejects.toMatchObject({
    name: 'LedgerHeldError',
    message: expect.stringMatching(
      new RegExp(`held by process ${String(child.pid)} on .* running "wattlift run child.yaml"`),
    ) as unknown,
  });
  await child.kill();
  await (await openToRun(path)).close();
});

test('kill -9 while writing loses nothing that was acknowledged, and halves nothing', async () => {
  const path = join(await makeFolder(), 'ledger.db');
  const acknowledged: string[] = [];
  for (const trial of ['a', 'b', 'c']) {
    const child = startChild(writer, path, trial);
    await child.printed(200);
    await child.kill();
    acknowledged.push(...child.lines.slice(1));

    const before = await readdir(join(path, '..'));
    const reader = await openToRead(path);
    expect((await reader.works(acknowledged)).size).toBe(acknowledged.length);
    expect((await reader.owners('', 'meter', acknowledged)).size).toBe(acknowledged.length);
    for await (const { id, items } of reader.sites()) expect(items, id).toHaveLength(1);
    await reader.close();
    expect(await readdir(join(path, '..'))).toEqual(before);
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(597);
});
