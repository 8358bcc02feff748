import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The repository's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A folder that is removed when the test ends. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wattlift-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder for a whole file; call `remove` in `afterAll`. */
export function createSharedFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'wattlift-cli-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Puts the demonstration into a folder: `pipeline.yaml` with its portfolio, meter and event files. */
export function copyDemonstration(folder: string): void {
  for (const path of ['pipeline.yaml', 'fixtures/portfolio.csv', 'fixtures/meters', 'fixtures/events'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
}

export function writeFile(folder: string, name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** Every file below a folder. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * All names below a folder, the files with size, time of the last change and content: equal means that nothing was written.
 * (A folder's own time changes when SQLite makes a -wal for a reader and takes it away again.)
 */
export function photograph(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = statSync(path);
      const content = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      return entry.isFile() ? [relative(folder, path), size, mtimeMs, content].join(' ') : relative(folder, path);
    })
    .sort();
}
