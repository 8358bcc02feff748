import { createHash } from 'node:crypto';
import { formatDate, formatEnergy } from '../../domain/canonical.ts';

const dayMs = 86_400_000;
const zero = 0x30;

/** Bytes hashed at once. */
const blockBytes = 65_536;

/** Longer than any row. */
const longestRow = 256;

/** Millionths below this are fewer than 16 digits: they and the shortest digits of the number are the same. */
const mostMillionths = 1e15;

/** `000` to `999`, digit by digit. */
const threes = Buffer.from(Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''), 'latin1');
/** `00:00` to `23:59`, and what follows a minute. */
const clocks = Buffer.from(
  Array.from({ length: 1440 }, (_, n) => new Date(n * 60_000).toISOString().slice(11, 16)).join(''),
  'latin1',
);
const wholeMinute = Buffer.from(':00+00:00,', 'latin1');

/** What was written: its hash, and the bytes themselves where they were to be kept. */
export interface WrittenRows {
  readonly sha256: string;
  readonly byteLength: number;
  readonly bytes: Uint8Array | undefined;
}

/**
 * Writes canonical rows digit by digit into one block, hashed whenever it is full: a row costs no string, and a part that
 * is not kept no memory. It is state, for one part after the other.
 */
export class CanonicalRows {
  readonly #block = Buffer.allocUnsafe(blockBytes);
  #at = 0;
  #hash = createHash('sha256');
  #kept: Uint8Array[] | undefined;
  #length = 0;
  /** Midnight of the day last written, and its `2025-01-01T`. */
  #midnight = Number.NaN;
  readonly #dayBytes = Buffer.alloc(11);

  /** Begins a part with its header; `keep` asks for its bytes. */
  begin(header: readonly string[], keep: boolean): void {
    this.#at = 0;
    this.#hash = createHash('sha256');
    this.#kept = keep ? [] : undefined;
    this.#length = 0;
    this.#text(header.join(','));
    this.#byte(0x0a);
  }

  /** One row of intervals: an instant (anything finer than a second is cut) and a rounded energy. */
  interval(start: number, energy: number): void {
    this.#room();
    const block = this.#block;
    let sinceMidnight = start - this.#midnight;
    if (!(sinceMidnight >= 0 && sinceMidnight < dayMs)) {
      this.#midnight = Math.floor(start / dayMs) * dayMs;
      this.#dayBytes.write(`${formatDate(this.#midnight)}T`, 'latin1');
      sinceMidnight = start - this.#midnight;
    }
    const day = this.#dayBytes;
    let at = this.#at;
    for (let byte = 0; byte < 11; byte += 1) block[at + byte] = day[byte] ?? 0;
    const minute = Math.floor(sinceMidnight / 60_000);
    const clock = 5 * minute;
    for (let byte = 0; byte < 5; byte += 1) block[at + 11 + byte] = clocks[clock + byte] ?? 0;
    for (let byte = 0; byte < 10; byte += 1) block[at + 16 + byte] = wholeMinute[byte] ?? 0;
    const rest = sinceMidnight - 60_000 * minute;
    if (rest !== 0) putTwo(block, at + 17, Math.floor(rest / 1000));
    at = putEnergy(block, at + 26, energy);
    block[at] = 0x0a;
    this.#at = at + 1;
  }

  bill(start: number, end: number, energy: number): void {
    this.#room();
    this.#text(`${formatDate(start)},${formatDate(end)},`);
    this.#at = putEnergy(this.#block, this.#at, energy);
    this.#byte(0x0a);
  }

  end(): WrittenRows {
    this.#flush();
    const bytes = this.#kept === undefined ? undefined : Buffer.concat(this.#kept, this.#length);
    this.#kept = undefined;
    return { sha256: this.#hash.digest('hex'), byteLength: this.#length, bytes };
  }

  /** The bytes kept since the last time, which are then kept no longer: whole rows. */
  take(): Uint8Array {
    this.#flush();
    const bytes = Buffer.concat(this.#kept ?? []);
    this.#kept = [];
    return bytes;
  }

  #room(): void {
    if (this.#at > blockBytes - longestRow) this.#flush();
  }

  #flush(): void {
    const written = this.#block.subarray(0, this.#at);
    this.#hash.update(written);
    this.#kept?.push(Uint8Array.from(written));
    this.#length += this.#at;
    this.#at = 0;
  }

  #byte(byte: number): void {
    this.#block[this.#at] = byte;
    this.#at += 1;
  }

  #text(text: string): void {
    // A header may hold a character of several bytes, and be longer than a row.
    if (this.#at + 4 * text.length > blockBytes) this.#flush();
    this.#at += this.#block.write(text, this.#at, 'utf8');
  }
}

function putTwo(block: Buffer, at: number, number: number): number {
  block[at] = threes[3 * number + 1] ?? 0;
  block[at + 1] = threes[3 * number + 2] ?? 0;
  return at + 2;
}

function putThree(block: Buffer, at: number, number: number): number {
  block[at] = threes[3 * number] ?? 0;
  return putTwo(block, at + 1, number);
}

/** Writes the digits that `formatEnergy` gives for a rounded energy; gives the place after them. */
function putEnergy(block: Buffer, begin: number, energy: number): number {
  const millionths = Math.round(Math.abs(energy) * 1_000_000);
  // A product is quicker than a quotient, and near enough where the number is not huge.
  const whole = millionths < 1e12 ? Math.floor(millionths * 1e-6 + 5e-7) : Math.floor(millionths / 1_000_000);
  if (!(millionths < mostMillionths)) return begin + block.write(formatEnergy(energy), begin, 'latin1');
  let at = begin;
  if (energy < 0) {
    block[at] = 0x2d;
    at += 1;
  }
  if (whole < 10) {
    block[at] = zero + whole;
    at += 1;
  } else if (whole < 100) at = putTwo(block, at, whole);
  else if (whole < 1000) at = putThree(block, at, whole);
  else at += block.write(String(whole), at, 'latin1');
  const fraction = millionths - whole * 1_000_000;
  if (fraction === 0) return at;
  block[at] = 0x2e;
  const thousandths = Math.floor((fraction + 0.5) * 1e-3);
  at = putThree(block, at + 1, thousandths);
  if (fraction !== 1000 * thousandths) at = putThree(block, at, fraction - 1000 * thousandths);
  while (block[at - 1] === zero) at -= 1;
  return at;
}
