import { ProblemError } from '../domain/errors.ts';

/** How a file's bytes become characters, by its web name: `utf-8`, `utf-16le`, `windows-1252` ... */
export type EncodingName = string;

function problem(display: string, code: string, message: string, line?: number): ProblemError {
  return new ProblemError([
    { severity: 'error', code, message, file: display, ...(line === undefined ? {} : { line }) },
  ]);
}

/** The web name of an encoding as the manifest writes it (`latin1`, `UTF8`, `cp1252`); undefined for one nobody knows. */
function encodingNamed(label: string): EncodingName | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** UTF-16 by its mark, or by the zero byte beside each ASCII character of its beginning. */
function utf16Of(bytes: Uint8Array): EncodingName | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const seen = bytes.subarray(0, 512);
  let [even, odd] = [0, 0];
  for (const [at, byte] of seen.entries()) {
    if (byte !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const most = seen.length * 0.35;
  if (odd > most && even === 0) return 'utf-16le';
  return even > most && odd === 0 ? 'utf-16be' : undefined;
}

/** Where the last, unfinished UTF-8 character of these bytes begins; their length where there is none. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function lineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/**
 * Decodes a file piece by piece and counts lines, so that a wrong byte has a place. Without a word of the manifest it is
 * UTF-16 where its beginning shows it, else UTF-8; and where its first byte beyond ASCII is no UTF-8, Windows-1252.
 * One a file: it is state. Throws `ProblemError`: `file.binary`, `file.encoding`, `meter.encoding-unsupported`.
 */
export class FileDecoder {
  readonly #display: string;
  readonly #given: boolean;
  #encoding: EncodingName;
  #decoder: InstanceType<typeof TextDecoder>;
  #pending: Uint8Array = new Uint8Array(0);
  /** True once a character beyond ASCII was read as UTF-8: no later byte makes the file Windows-1252. */
  #provenUtf8 = false;
  #line = 1;

  constructor(first: Uint8Array, given: string | undefined, display: string) {
    this.#display = display;
    const known = given === undefined ? undefined : encodingNamed(given);
    if (given !== undefined && known === undefined) {
      const message = `encoding "${given}" is not one this program knows; write utf-8, utf-16le, windows-1252 or another name of the web`;
      throw problem(display, 'meter.encoding-unsupported', message);
    }
    this.#given = known !== undefined;
    const seen = utf16Of(first);
    if (known !== undefined && known.startsWith('utf-16') !== (seen !== undefined)) {
      const message = `the manifest says encoding: ${given ?? ''}, but the file's first bytes are ${seen === undefined ? 'not UTF-16' : seen.toUpperCase()}; correct encoding, or leave it out`;
      throw problem(display, 'file.encoding', message, 1);
    }
    this.#encoding = known ?? seen ?? 'utf-8';
    this.#decoder = new TextDecoder(this.#encoding, { fatal: true });
  }

  get encoding(): EncodingName {
    return this.#encoding;
  }

  decode(bytes: Uint8Array, last: boolean): string {
    if (this.#encoding === 'utf-8') return this.#decodeUtf8(bytes, last);
    if (!this.#encoding.startsWith('utf-16')) this.#refuseNul(bytes);
    try {
      return this.#counted(this.#decoder.decode(bytes, { stream: !last }));
    } catch {
      const before = new TextDecoder(this.#encoding).decode(bytes).split('\uFFFD', 1)[0] ?? '';
      return this.#refuse(before, `a character here is not ${this.#encoding.toUpperCase()}; save the file as UTF-8`);
    }
  }

  #decodeUtf8(piece: Uint8Array, last: boolean): string {
    let bytes = piece;
    if (this.#pending.length > 0) {
      bytes = new Uint8Array(this.#pending.length + piece.length);
      bytes.set(this.#pending);
      bytes.set(piece, this.#pending.length);
    }
    this.#refuseNul(bytes);
    const length = last ? bytes.length : completeLength(bytes);
    this.#pending = bytes.slice(length);
    const complete = bytes.subarray(0, length);
    try {
      // The mark is dropped at the beginning only; every other piece goes on.
      const text = this.#decoder.decode(complete, { stream: true });
      this.#provenUtf8 ||= hasHighCharacter(text);
      return this.#counted(text);
    } catch {
      const loose = new TextDecoder('utf-8').decode(complete);
      const before = loose.split('\uFFFD', 1)[0] ?? '';
      const mixed = this.#provenUtf8 || hasHighCharacter(loose.replaceAll('\uFFFD', ''));
      if (this.#given || mixed) {
        const why = this.#given ? 'the manifest says that it is' : 'others in the file are';
        return this.#refuse(
          before,
          `a byte here is not UTF-8, though ${why}; correct it, or set encoding (windows-1252?)`,
        );
      }
      this.#encoding = 'windows-1252';
      this.#decoder = new TextDecoder('windows-1252');
      this.#pending = new Uint8Array(0);
      return this.#counted(this.#decoder.decode(bytes, { stream: !last }));
    }
  }

  #counted(text: string): string {
    this.#line += lineFeeds(text);
    return text;
  }

  #refuse(before: string, message: string): never {
    throw problem(this.#display, 'file.encoding', message, this.#line + lineFeeds(before));
  }

  #refuseNul(bytes: Uint8Array): void {
    const nul = bytes.indexOf(0);
    if (nul === -1) return;
    const line = this.#line + bytes.subarray(0, nul).filter((byte) => byte === 10).length;
    throw problem(
      this.#display,
      'file.binary',
      'the file has a NUL byte: it is binary, not text; export it as CSV',
      line,
    );
  }
}

function hasHighCharacter(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- beyond ASCII is what is asked
  return /[^\u0000-\u007f]/.test(text);
}
