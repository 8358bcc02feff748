import { createHash } from 'node:crypto';
import { formatDate, formatEnergy } from '../domain/canonical.ts';

const dayMs = 86_400_000;
const zero = 0x30;

/** Bytes hashed at once. */
const blockBytes = 65_536;

/** Longer than any row. */
const longestRow = 256;

/** Millionths below this are fewer than 16 digits: they and the shortest digits of the number are the same. */
const mostMillionths = 1e15;

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
  #day = Number.NaN;
  /** `2025-01-01T` of the day last written. */
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

  interval(start: number, energy: number): void {
    this.#room();
    this.#instant(start);
    this.#byte(0x2c);
    this.#energy(energy);
    this.#byte(0x0a);
  }

  bill(start: number, end: number, energy: number): void {
    this.#room();
    this.#text(`${formatDate(start)},${formatDate(end)},`);
    this.#energy(energy);
    this.#byte(0x0a);
  }

  end(): WrittenRows {
    this.#flush();
    const bytes = this.#kept === undefined ? undefined : Buffer.concat(this.#kept, this.#length);
    this.#kept = undefined;
    return { sha256: this.#hash.digest('hex'), byteLength: this.#length, bytes };
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

  #two(number: number): void {
    const tens = Math.floor(number / 10);
    this.#byte(zero + tens);
    this.#byte(zero + number - 10 * tens);
  }

  /** `2025-01-01T06:00:00+00:00`, anything finer than a second cut. */
  #instant(instant: number): void {
    const day = Math.floor(instant / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayBytes.write(`${formatDate(day * dayMs)}T`, 'latin1');
    }
    this.#block.set(this.#dayBytes, this.#at);
    this.#at += this.#dayBytes.length;
    const second = Math.floor((instant - day * dayMs) / 1000);
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    this.#two(hour);
    this.#byte(0x3a);
    this.#two(minute - 60 * hour);
    this.#byte(0x3a);
    this.#two(second - 60 * minute);
    this.#text('+00:00');
  }

  /** The digits that `formatEnergy` gives for a rounded energy. */
  #energy(energy: number): void {
    const millionths = Math.round(Math.abs(energy) * 1_000_000);
    if (!(millionths < mostMillionths)) {
      this.#text(formatEnergy(energy));
      return;
    }
    if (energy < 0) this.#byte(0x2d);
    const whole = Math.floor(millionths / 1_000_000);
    this.#digits(whole, 1);
    let fraction = millionths - whole * 1_000_000;
    if (fraction === 0) return;
    let places = 6;
    while (fraction % 10 === 0) {
      fraction /= 10;
      places -= 1;
    }
    this.#byte(0x2e);
    this.#digits(fraction, places);
  }

  /** A whole number in at least so many digits. */
  #digits(number: number, least: number): void {
    let count = least;
    for (let limit = 10 ** least; number >= limit; limit *= 10) count += 1;
    let rest = number;
    for (let at = this.#at + count - 1; at >= this.#at; at -= 1) {
      const next = Math.floor(rest / 10);
      this.#block[at] = zero + rest - 10 * next;
      rest = next;
    }
    this.#at += count;
  }
}
