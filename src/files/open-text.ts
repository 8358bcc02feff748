import { ProblemError, WattliftError } from '../domain/errors.ts';
import { type OpenBytes, openBytes } from './open-bytes.ts';
import type { EncodingName } from './text-decoder.ts';
import { FileDecoder } from './text-decoder.ts';

const chunkBytes = 65_536;

/** A file's text: its beginning, to look at, and all of it, in pieces, as often as wanted. Whoever opens it closes it. */
export interface OpenText {
  /** The first piece, up to 64 KiB. */
  readonly head: string;
  /** What the text was decoded from, as far as it is read: a later byte may show that it is `windows-1252`, not `utf-8`. */
  readonly encoding: EncodingName;
  /** The whole text, the head included; throws `ProblemError` where the bytes stop being of the encoding. */
  chunks(): AsyncGenerator<string, void, void>;
  /** The size of the file when it was opened. */
  readonly size: number;
  /** Reads bytes as they lie on the disk, a byte order mark included, to a place in `into`; gives how many, 0 at the end. */
  read(into: Uint8Array, at: number, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

function problem(display: string, code: string, message: string, line?: number): ProblemError {
  return new ProblemError([
    { severity: 'error', code, message, file: display, ...(line === undefined ? {} : { line }) },
  ]);
}

const openingProblems: ReadonlyMap<string, readonly [code: string, message: string]> = new Map([
  ['ENOENT', ['file.missing', 'there is no such file; correct its path']],
  ['ENOTDIR', ['file.missing', 'a part of this path is not a folder; correct the path']],
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

/** Says in words why these first bytes are not text; undefined when they may be. */
function whyNotText(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return 'the file is a spreadsheet or an archive, not CSV; export it as CSV';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'the file is compressed; unpack it first';
  if (bytes[0] === 0x25 && bytes[1] === 0x50 && bytes[2] === 0x44) return 'the file is a PDF; export the data as CSV';
  return undefined;
}

/**
 * Opens a text (a byte order mark is dropped) without ever holding more than a piece of it; `encoding` is the manifest's.
 * Throws `ProblemError`: `file.missing`, `file.denied`, `file.directory`, `file.not-regular`, `file.empty`, `file.binary`,
 * `file.encoding`, `file.unreadable`, `meter.encoding-unsupported`.
 */
export async function openText(path: string, display: string, encoding?: string): Promise<OpenText> {
  let bytes: OpenBytes;
  try {
    bytes = await openBytes(path);
  } catch (error) {
    throw readingProblem(display, error);
  }
  try {
    const { stat } = bytes;
    if (stat.isDirectory()) throw readingProblem(display, Object.assign(new Error(), { code: 'EISDIR' }));
    if (!stat.isFile()) throw readingProblem(display, Object.assign(new Error(), { code: 'ENXIO' }));
    const read: OpenText['read'] = async (into, at, length, position) => {
      try {
        return await bytes.read(into, at, length, position);
      } catch (error) {
        throw readingProblem(display, error);
      }
    };
    const readChunk = async (position: number): Promise<Uint8Array> => {
      const buffer = new Uint8Array(Math.min(chunkBytes, Math.max(4096, stat.size - position)));
      return buffer.subarray(0, await read(buffer, 0, buffer.length, position));
    };
    const first = await readChunk(0);
    if (first.length === 0) throw problem(display, 'file.empty', 'the file is empty; export it again');
    const why = whyNotText(first);
    if (why !== undefined) throw problem(display, 'file.binary', why);
    let decoder = new FileDecoder(first, encoding, display);
    let headUsed = false;
    const head = decoder.decode(first, false);
    async function* chunks(): AsyncGenerator<string, void, void> {
      // The head is decoded already: only to read the file again takes it anew.
      if (headUsed) decoder = new FileDecoder(first, encoding, display);
      let text = headUsed ? decoder.decode(first, false) : head;
      headUsed = true;
      let piece = first;
      for (let position = first.length; piece.length > 0; position += piece.length) {
        if (text !== '') yield text;
        piece = await readChunk(position);
        text = decoder.decode(piece, false);
      }
      const rest = decoder.decode(new Uint8Array(0), true);
      if (rest !== '') yield rest;
    }
    return {
      head,
      get encoding() {
        return decoder.encoding;
      },
      chunks,
      size: stat.size,
      read,
      close: async () => bytes.close(),
    };
  } catch (error) {
    await bytes.close();
    throw readingProblem(display, error);
  }
}
