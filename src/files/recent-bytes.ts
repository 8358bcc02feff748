import type { ReadMeter } from './read-meter.ts';

/** Canonical bytes kept between a meter's reading and its uploads, so that a new file is read once, not once a part. */
export const keptBytes = 64 * 1024 * 1024;

/** The last meters' canonical bytes, the least recently used forgotten first. */
export class RecentBytes {
  readonly #meters = new Map<string, ReadonlyMap<string, Uint8Array>>();
  #total = 0;

  get(meter: string, sha: string): Uint8Array | undefined {
    const parts = this.#meters.get(meter);
    if (parts === undefined) return undefined;
    this.#meters.delete(meter);
    this.#meters.set(meter, parts);
    return parts.get(sha);
  }

  put(meter: string, read: ReadMeter): void {
    this.#forget(meter);
    const parts = new Map<string, Uint8Array>();
    for (const { part, bytes } of read.parts) if (bytes !== undefined) parts.set(part.sha256, bytes);
    this.#meters.set(meter, parts);
    this.#total += sizeOf(parts);
    for (const oldest of this.#meters.keys()) {
      if (this.#total <= keptBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(meter: string): void {
    const parts = this.#meters.get(meter);
    if (parts === undefined) return;
    this.#meters.delete(meter);
    this.#total -= sizeOf(parts);
  }
}

function sizeOf(parts: ReadonlyMap<string, Uint8Array>): number {
  return [...parts.values()].reduce((sum, bytes) => sum + bytes.length, 0);
}
