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

/** `000` to `999`, digit by digit. */
const threes = Buffer.from(Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''), 'latin1');
const utc = Buffer.from('+00:00', 'latin1');

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

  /** Three digits from a table; those before `skip` are left out. */
  #three(number: number, skip: number): void {
    for (let digit = skip; digit < 3; digit += 1) {
      this.#block[this.#at] = threes[3 * number + digit] ?? 0;
      this.#at += 1;
    }
  }

  /** `2025-01-01T06:00:00+00:00`, anything finer than a second cut. */
  #instant(instant: number): void {
    const day = Math.floor(instant / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#dayBytes.write(`${formatDate(day * dayMs)}T`, 'latin1');
    }
    const block = this.#block;
    const day11 = this.#dayBytes;
    for (let at = 0; at < 11; at += 1) block[this.#at + at] = day11[at] ?? 0;
    this.#at += 11;
    const second = Math.floor((instant - day * dayMs) / 1000);
    const minute = Math.floor(second / 60);
    const hour = Math.floor(minute / 60);
    this.#three(hour, 1);
    this.#byte(0x3a);
    this.#three(minute - 60 * hour, 1);
    this.#byte(0x3a);
    this.#three(second - 60 * minute, 1);
    for (let at = 0; at < 6; at += 1) block[this.#at + at] = utc[at] ?? 0;
    this.#at += 6;
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
    if (whole < 1000) this.#three(whole, whole < 10 ? 2 : whole < 100 ? 1 : 0);
    else this.#text(String(whole));
    const fraction = millionths - whole * 1_000_000;
    if (fraction === 0) return;
    this.#byte(0x2e);
    const thousandths = Math.floor(fraction / 1000);
    this.#three(thousandths, 0);
    if (fraction !== 1000 * thousandths) this.#three(fraction - 1000 * thousandths, 0);
    while (this.#block[this.#at - 1] === zero) this.#at -= 1;
  }
}
