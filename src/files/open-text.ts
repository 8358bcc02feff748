import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { ProblemError, WattliftError } from '../domain/errors.ts';

const chunkBytes = 65_536;

/** A file's text: its beginning, to look at, and all of it, in pieces. Read `chunks` to the end or `close`. */
export interface OpenText {
  /** The first piece, up to 64 KiB. */
  readonly head: string;
  /** The whole text, the head included; throws `ProblemError` where the bytes stop being UTF-8. */
  chunks(): AsyncGenerator<string, void, void>;
  close(): Promise<void>;
}

function problem(display: string, code: string, message: string, line?: number): ProblemError {
  return new ProblemError([
    { severity: 'error', code, message, file: display, ...(line === undefined ? {} : { line }) },
  ]);
}

const openingProblems: ReadonlyMap<string, readonly [code: string, message: string]> = new Map([
  ['ENOENT', ['file.missing', 'there is no such file; correct the path in the manifest']],
  ['ENOTDIR', ['file.missing', 'a part of this path is not a folder; correct the path in the manifest']],
  ['EACCES', ['file.denied', 'permission to read this file is denied; give this user the right to read it']],
  ['EPERM', ['file.denied', 'permission to read this file is denied; give this user the right to read it']],
  ['EISDIR', ['file.directory', 'this is a folder, not a file; name the file in it, or use a glob']],
  ['ENXIO', ['file.not-regular', 'this is not a regular file; name a file that can be read twice']],
]);

function readingProblem(display: string, error: unknown): Error {
  if (error instanceof WattliftError) return error;
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
  const known = openingProblems.get(code);
  return known === undefined
    ? problem(display, 'file.unreadable', `the file cannot be read (${code}); check the disk or the share it is on`)
    : problem(display, known[0], known[1]);
}

/** Says in words why these first bytes are not UTF-8 text; undefined when they may be. */
function whyNotText(bytes: Uint8Array): string | undefined {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return 'the file is UTF-16, which is not read yet; save it as UTF-8 ("CSV UTF-8" in a spreadsheet)';
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return 'the file is a spreadsheet or an archive, not CSV; export it as CSV';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'the file is compressed; unpack it first';
  if (bytes[0] === 0x25 && bytes[1] === 0x50 && bytes[2] === 0x44) return 'the file is a PDF; export the data as CSV';
  return undefined;
}

/** Decodes UTF-8 strictly and counts lines, so that a wrong byte has a place. */
class StrictDecoder {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #display: string;
  #line = 1;

  constructor(display: string) {
    this.#display = display;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    const nul = bytes.indexOf(0);
    if (nul !== -1) {
      const line = this.#line + bytes.subarray(0, nul).filter((byte) => byte === 10).length;
      const message = 'the file has a NUL byte: it is binary or UTF-16, not text; save it as UTF-8 CSV';
      throw problem(this.#display, 'file.binary', message, line);
    }
    try {
      const text = this.#decoder.decode(bytes, { stream: !last });
      this.#line += text.split('\n').length - 1;
      return text;
    } catch {
      // A piece may begin inside a character: its continuation bytes are not the fault.
      const begin = bytes.findIndex((byte) => byte < 0x80 || byte > 0xbf);
      const before = new TextDecoder('utf-8').decode(bytes.subarray(Math.max(begin, 0))).split('\uFFFD', 1)[0] ?? '';
      const line = this.#line + before.split('\n').length - 1;
      const message = 'a byte here is not UTF-8 (the file may be Windows-1252 or Latin-1); save the file as UTF-8';
      throw problem(this.#display, 'file.encoding', message, line);
    }
  }
}

async function readChunk(handle: FileHandle, position: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * Opens a UTF-8 text (a byte order mark is dropped) without ever holding more than a piece of it.
 * Throws `ProblemError`: `file.missing`, `file.denied`, `file.directory`, `file.not-regular`, `file.empty`, `file.binary`,
 * `file.encoding`, `file.unreadable`.
 */
export async function openText(path: string, display: string): Promise<OpenText> {
  let handle: FileHandle;
  try {
    // Non-blocking, or opening a fifo would wait for a writer that never comes.
    // oxlint-disable-next-line no-bitwise -- open flags are bits
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw readingProblem(display, error);
  }
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw readingProblem(display, Object.assign(new Error(), { code: 'EISDIR' }));
    if (!stat.isFile()) throw readingProblem(display, Object.assign(new Error(), { code: 'ENXIO' }));
    const decoder = new StrictDecoder(display);
    const first = await readChunk(handle, 0);
    if (first.length === 0) throw problem(display, 'file.empty', 'the file is empty; export it again');
    const why = whyNotText(first);
    if (why !== undefined) throw problem(display, 'file.binary', why);
    const head = decoder.decode(first, false);
    return {
      head,
      async *chunks() {
        try {
          yield head;
          for (let position = first.length; ;) {
            const bytes = await readChunk(handle, position);
            position += bytes.length;
            const text = decoder.decode(bytes, bytes.length === 0);
            if (text !== '') yield text;
            if (bytes.length === 0) return;
          }
        } catch (error) {
          throw readingProblem(display, error);
        } finally {
          await handle.close();
        }
      },
      close: async () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw readingProblem(display, error);
  }
}
