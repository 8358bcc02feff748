import { utimes, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../src/domain/json.ts';
import { canonicalJson, sha256 } from '../../src/domain/json.ts';
import type { InputMemory } from '../../src/files/site-files.ts';
import { createSiteFiles } from '../../src/files/site-files.ts';
import { codesOf, inFolder, kwhForm, meterOf, openFiles, siteOf } from './site-at.ts';

const first = 'start,kWh\n2025-01-31T22:00Z,1\n2025-01-31T23:00Z,2\n2025-02-01T00:00Z,-3\n';
const revised = first.replace(',-3', ',-4');

/** Remembers like the ledger does, and counts what was recalled. */
function memory(): InputMemory & { recalled: number; spoil: () => void } {
  const kept = new Map<string, Json>();
  const found = {
    recalled: 0,
    spoil: () => {
      for (const key of kept.keys()) kept.set(key, { kind: 'nonsense' });
    },
    recall: async (reading: string, files: readonly { readonly path: string }[]) => {
      const known = kept.get(canonicalJson([reading, JSON.stringify(files)]));
      if (known !== undefined) found.recalled += 1;
      return known;
    },
    remember: async (reading: string, files: readonly { readonly path: string }[], value: Json) => {
      kept.set(canonicalJson([reading, JSON.stringify(files)]), value);
    },
  };
  return found;
}

test('each part is a UTC month with its hash, its size and its span', async () => {
  await inFolder(async (put) => {
    const meter = meterOf([await put('a.csv', first)]);
    const files = openFiles();
    const found = await files.meter(siteOf(), meter);
    const bytes = new TextEncoder().encode(
      'start_datetime,energy_kwh\n2025-01-31T22:00:00+00:00,1\n2025-01-31T23:00:00+00:00,2\n',
    );
    expect(found.kind).toBe('intervals');
    expect(found.parts).toMatchObject([
      {
        name: '2025-01',
        sha256: sha256(bytes),
        rows: 2,
        byteLength: bytes.length,
        span: { start: Date.UTC(2025, 0, 31, 22), end: Date.UTC(2025, 1, 1) },
      },
      { name: '2025-02', rows: 1, span: { start: Date.UTC(2025, 1, 1), end: Date.UTC(2025, 1, 1, 1) } },
    ]);
    expect(await files.bytes(siteOf(), meter, found.parts[0] ?? expect.fail())).toEqual(Buffer.from(bytes));
  });
});

test('a file that has not changed is not read again, and gives the same data', async () => {
  await inFolder(async (put) => {
    const path = await put('a.csv', first);
    const remember = memory();
    const open = () => createSiteFiles({ form: kwhForm, displayPath: (file) => basename(file), remember });
    const before = await open().meter(siteOf(), meterOf([path]));
    const files = open();
    expect(await files.meter(siteOf(), meterOf([path]))).toEqual(before);
    expect(remember.recalled).toBe(1);
    // The bytes are not remembered: they are read again, and are the ones promised.
    const [part] = before.parts;
    expect(sha256(await files.bytes(siteOf(), meterOf([path]), part ?? expect.fail()))).toBe(part?.sha256);
  });
});

test("other options, another zone, another site's name, a touched file or a spoilt memory", async () => {
  await inFolder(async (put) => {
    const path = await put('a.csv', first);
    const remember = memory();
    const files = createSiteFiles({ form: kwhForm, displayPath: (file) => basename(file), remember });
    await files.meter(siteOf(), meterOf([path]));
    await files.meter(siteOf(), meterOf([path], { sign: 'invert' }));
    await files.meter(siteOf({ timezone: 'Europe/Berlin' }), meterOf([path]));
    expect(remember.recalled).toBe(0);
    const elsewhere = await files.meter(siteOf({ id: 'S2' }), meterOf([path], { id: 'other' }));
    expect(remember.recalled).toBe(1);
    expect(elsewhere.findings).toMatchObject([{ code: 'meter.negative', site: 'S2' }]);
    await utimes(path, new Date(1000), new Date(1000));
    await files.meter(siteOf(), meterOf([path]));
    expect(remember.recalled).toBe(1);
    remember.spoil();
    expect((await files.meter(siteOf(), meterOf([path]))).parts).toHaveLength(2);
    expect(remember.recalled).toBe(2);
  });
});

test('a part whose file has changed since is refused; the parts that did not change are still given', async () => {
  await inFolder(async (put) => {
    const path = await put('a.csv', first);
    const found = await openFiles().meter(siteOf(), meterOf([path]));
    const [january, february] = found.parts;
    await writeFile(path, revised);
    const files = openFiles();
    expect(await codesOf(files.bytes(siteOf(), meterOf([path]), february ?? expect.fail()))).toEqual([
      'meter.changed-while-running',
    ]);
    expect(sha256(await files.bytes(siteOf(), meterOf([path]), january ?? expect.fail()))).toBe(january?.sha256);
  });
});

test('a meter without data has no parts', async () => {
  expect(await openFiles().meter(siteOf(), meterOf([]))).toEqual({
    kind: 'intervals',
    parts: [],
    findings: [],
    accepted: [],
    inferred: [],
    files: [],
    quarantined: { rows: 0, files: 0 },
  });
});
