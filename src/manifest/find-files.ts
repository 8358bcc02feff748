import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { glob } from 'tinyglobby';
import { fileFault } from './read-fault.ts';
import { nearestWord } from './suggest.ts';

/** The files a path or a glob of the manifest stands for, absolute and sorted, or why there are none. */
export type FoundFiles =
  | { readonly files: readonly string[] }
  | { readonly missing: 'file' | 'folder' | 'match' | 'unreadable'; readonly fault: string };

/** True for an address (`https://...`) where a path is wanted. */
export function isAddress(written: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(written.trim());
}

/** Names in a folder worth comparing a mistyped one with; in a larger one a suggestion costs more than it helps. */
const suggestAmong = 2000;

/** Finds input files; keeps the folders it has listed, so that a portfolio lists each of them once. */
export class FileFinder {
  readonly #listings = new Map<string, Promise<readonly string[]>>();

  /** `written` is a path or a glob relative to `folder`. A file with that very name wins over its meaning as a glob. */
  async find(written: string, folder: string): Promise<FoundFiles> {
    const path = resolve(folder, written);
    try {
      const stats = await stat(path);
      if (!stats.isDirectory()) return { files: [path] };
      return { missing: 'folder', fault: 'it is a folder; give its files by a glob, like "folder/*.csv"' };
    } catch (error) {
      const fault = fileFault(error);
      if (fault === undefined) throw error;
      if (picomatch.scan(written).isGlob) return await this.#match(written, folder);
      const absent = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      if (!absent) return { missing: 'unreadable', fault };
      return { missing: 'file', fault: await this.#absentFault(path, written) };
    }
  }

  async #absentFault(path: string, written: string): Promise<string> {
    const names = await this.#list(dirname(path));
    const near = names.length > suggestAmong ? undefined : nearestWord(basename(path), names);
    if (near === undefined) return 'there is no such file';
    return `there is no such file; did you mean "${written.slice(0, written.length - basename(written).length)}${near}"?`;
  }

  async #match(written: string, folder: string): Promise<FoundFiles> {
    const files = await this.#matching(written, folder);
    if (files.length > 0) return { files: files.toSorted() };
    return { missing: 'match', fault: 'no file matches it' };
  }

  async #matching(written: string, folder: string): Promise<readonly string[]> {
    const pattern = sep === '\\' ? written.replaceAll('\\', '/') : written;
    const slash = pattern.lastIndexOf('/');
    const parent = pattern.slice(0, slash + 1);
    // Globs over one folder are matched against its listing: a hundred thousand sites must not list it as many times.
    if (!picomatch.scan(parent).isGlob && !pattern.slice(slash + 1).includes('**')) {
      const at = resolve(folder, parent);
      const names = await this.#list(at);
      const matches = picomatch(pattern.slice(slash + 1));
      const start = /^[^*?[\]{}()!+@\\]*/.exec(pattern.slice(slash + 1))?.[0] ?? '';
      return fromPrefix(names, start)
        .filter((name) => matches(name))
        .map((name) => resolve(at, name));
    }
    return await glob(pattern, { cwd: folder, absolute: true, onlyFiles: true, expandDirectories: false });
  }

  /** Sorted names of what is in a folder, folders left out; none when it cannot be listed. */
  #list(folder: string): Promise<readonly string[]> {
    const known = this.#listings.get(folder);
    if (known !== undefined) return known;
    const listing = readdir(folder, { withFileTypes: true }).then(
      (entries) =>
        entries
          .filter((entry) => !entry.isDirectory())
          .map((entry) => entry.name)
          .sort(),
      () => [],
    );
    this.#listings.set(folder, listing);
    return listing;
  }
}

/** The names of a sorted list that start with `start`, found by bisection. */
function fromPrefix(names: readonly string[], start: string): readonly string[] {
  const firstFrom = (isBefore: (name: string) => boolean) => {
    let [low, high] = [0, names.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(names[middle] ?? '')) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const first = firstFrom((name) => name < start);
  return names.slice(
    first,
    firstFrom((name) => name < start || name.startsWith(start)),
  );
}
