import type { Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ProblemError } from '../domain/errors.ts';
import type { Terminal } from './terminal.ts';

/** A file that appears whole or not at all. */
export interface OutFile {
  /** Writes it aside and puts it in place when `fill` is done; leaves what was there when it throws. */
  write<T>(fill: (write: (text: string) => Promise<void>) => Promise<T>): Promise<T>;
}

/**
 * Checks that `file` may be written, and touches nothing yet. Throws `ProblemError`: `convert.out-is-input`,
 * `convert.out-not-regular`, `convert.out-unwritable`.
 */
export async function openOutFile(file: string, inputs: readonly string[], terminal: Terminal): Promise<OutFile> {
  const written = resolve(terminal.cwd, file);
  const there = await statOf(written);
  if (there !== undefined && !there.isFile()) {
    throw refusal(file, 'convert.out-not-regular', '--out names a folder or a device; name a file');
  }
  for (const input of inputs) {
    const stats = await statOf(input);
    if (input === written || (there !== undefined && stats?.ino === there.ino && stats.dev === there.dev)) {
      throw refusal(file, 'convert.out-is-input', '--out is one of the files to convert; name another file');
    }
  }
  // Written through a link, not over it.
  const path = there === undefined ? written : await realpath(written);
  const aside = `${path}.${String(terminal.pid)}.part`;
  return {
    async write(fill) {
      const handle = await attempt(file, () => open(aside, 'w'));
      try {
        const result = await fillAndClose(file, handle, fill);
        await attempt(file, () => rename(aside, path));
        return result;
      } catch (error) {
        await unlink(aside).catch(() => undefined);
        throw error;
      }
    },
  };
}

async function fillAndClose<T>(
  file: string,
  handle: FileHandle,
  fill: (write: (text: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  try {
    const result = await fill(async (text) => {
      await attempt(file, () => handle.appendFile(text));
    });
    await attempt(file, () => handle.sync());
    return result;
  } finally {
    await handle.close();
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

async function attempt<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = `the result cannot be written here (${why}); name a file in a folder that is there and may be written`;
    throw refusal(file, 'convert.out-unwritable', message);
  }
}

function refusal(file: string, code: string, message: string): ProblemError {
  return new ProblemError([{ severity: 'error', code, message, file }]);
}
