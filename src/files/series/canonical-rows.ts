import { createHash } from 'node:crypto';
import { formatDate, formatEnergy } from '../../domain/canonical.ts';

const dayMs = 86_400_000;
const zero = 0x30;
const lineEnd = 0x0a;

/** Bytes hashed at once. */
const blockBytes = 65_536;

/** Longer than any row. */
const longestRow = 256;

/** Millionths below this are fewer than 16 digits: they and the shortest digits of the number are the same. */
const mostMillionths = 1e15;

/** Four bytes of text as the number that `DataView.setUint32` writes, little end first. */
const wordOf = (text: string): number => Buffer.from(text, 'latin1').readUInt32LE(0);

/** `.000` to `.999` as words, and how many bytes of each are left without the zeros at its end. */
const fractions = Uint32Array.from({ length: 1000 }, (_, n) => wordOf(`.${String(n).padStart(3, '0')}`));
const fractionLengths = Uint8Array.from({ length: 1000 }, (_, n) => (n % 10 > 0 ? 4 : n % 100 > 0 ? 3 : n > 0 ? 2 : 0));
/** `T00:` to `T23:`, and `00:0` to `59:0`, as words. */
const hours = Uint32Array.from({ length: 24 }, (_, n) => wordOf(`T${String(n).padStart(2, '0')}:`));
const minutes = Uint32Array.from({ length: 60 }, (_, n) => wordOf(`${String(n).padStart(2, '0')}:0`));
/** What follows a whole minute. */
const [secondsEnd, offsetEnd] = [wordOf('0+00'), wordOf(':00,')];

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
  readonly #view = new DataView(this.#block.buffer, this.#block.byteOffset, blockBytes);
  #at = 0;
  #hash = createHash('sha256');
  #kept: Uint8Array[] | undefined;
  #length = 0;

  /** Begins a part with its header; `keep` asks for its bytes. */
  begin(header: readonly string[], keep: boolean): void {
    this.#at = 0;
    this.#hash = createHash('sha256');
    this.#kept = keep ? [] : undefined;
    this.#length = 0;
    this.#text(header.join(','));
    this.#byte(lineEnd);
  }

  /**
   * Rows of intervals from place `from` to `until` (exclusive): an instant each (anything finer than a second is cut) and a
   * rounded energy.
   */
  intervals(starts: Float64Array, energies: Float64Array, from: number, until: number): void {
    const view = this.#view;
    let midnight = Number.NaN;
    let [year, month, day, monthWritten] = [0, 0, 0, Number.NaN];
    let at = this.#at;
    for (let row = from; row < until; row += 1) {
      if (at > blockBytes - longestRow) {
        this.#at = at;
        this.#flush();
        at = 0;
      }
      const start = starts[row] ?? 0;
      let sinceMidnight = start - midnight;
      if (!(sinceMidnight >= 0 && sinceMidnight < dayMs)) {
        midnight = Math.floor(start / dayMs) * dayMs;
        sinceMidnight = start - midnight;
        const date = new Date(midnight);
        const months = 12 * date.getUTCFullYear() + date.getUTCMonth();
        if (months !== monthWritten) {
          const text = formatDate(midnight);
          [monthWritten, year, month] = [months, wordOf(text), wordOf(text.slice(4))];
        }
        day = twoDigits(date.getUTCDate());
      }
      const seconds = Math.floor(sinceMidnight / 1000);
      const minute = Math.floor(seconds / 60);
      const hour = Math.floor(minute / 60);
      view.setUint32(at, year, true);
      view.setUint32(at + 4, month, true);
      view.setUint16(at + 8, day, true);
      view.setUint32(at + 10, hours[hour] ?? 0, true);
      view.setUint32(at + 14, minutes[minute - 60 * hour] ?? 0, true);
      view.setUint32(at + 18, secondsEnd, true);
      view.setUint32(at + 22, offsetEnd, true);
      const rest = seconds - 60 * minute;
      if (rest !== 0) view.setUint16(at + 17, twoDigits(rest), true);
      at = this.#energy(at + 26, energies[row] ?? 0);
      view.setUint8(at, lineEnd);
      at += 1;
    }
    this.#at = at;
  }

  bill(start: number, end: number, energy: number): void {
    this.#room();
    this.#text(`${formatDate(start)},${formatDate(end)},`);
    this.#at = this.#energy(this.#at, energy);
    this.#byte(lineEnd);
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

  /** Writes the digits that `formatEnergy` gives for a rounded energy; gives the place after them. */
  #energy(begin: number, energy: number): number {
    const view = this.#view;
    const millionths = Math.round(Math.abs(energy) * 1_000_000);
    if (!(millionths < mostMillionths)) return begin + this.#block.write(formatEnergy(energy), begin, 'latin1');
    // A product is quicker than a quotient, and near enough where the number is not huge.
    const whole = millionths < 1e12 ? Math.floor(millionths * 1e-6 + 5e-7) : Math.floor(millionths / 1_000_000);
    let at = begin;
    if (energy < 0) {
      view.setUint8(at, 0x2d);
      at += 1;
    }
    at = this.#whole(at, whole);
    const fraction = millionths - whole * 1_000_000;
    if (fraction === 0) return at;
    const thousandths = Math.floor((fraction + 0.5) * 1e-3);
    view.setUint32(at, fractions[thousandths] ?? 0, true);
    const rest = fraction - 1000 * thousandths;
    if (rest === 0) return at + (fractionLengths[thousandths] ?? 0);
    // The word has a point before its three digits: it is written first, and then written over.
    const last = view.getUint8(at + 3);
    view.setUint32(at + 3, fractions[rest] ?? 0, true);
    view.setUint8(at + 3, last);
    return at + 3 + (fractionLengths[rest] ?? 0);
  }

  #whole(at: number, whole: number): number {
    const view = this.#view;
    if (whole < 10) {
      view.setUint8(at, zero + whole);
      return at + 1;
    }
    if (whole < 100) {
      view.setUint16(at, twoDigits(whole), true);
      return at + 2;
    }
    const hundreds = Math.floor(whole / 100);
    const end = this.#whole(at, hundreds);
    view.setUint16(end, twoDigits(whole - 100 * hundreds), true);
    return end + 2;
  }
}

/** Two digits, as `DataView.setUint16` writes them little end first. */
function twoDigits(number: number): number {
  const tens = Math.floor(number / 10);
  return zero + tens + ((zero + number - 10 * tens) << 8);
}
