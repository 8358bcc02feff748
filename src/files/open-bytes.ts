import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

/** A file opened for reading. Whoever opens it closes it. */
export interface OpenBytes {
  readonly stat: Stats;
  /** Reads up to `length` bytes from `position` to a place in `into`; gives how many, 0 at the end. */
  read(into: Uint8Array, at: number, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Non-blocking, or opening a fifo would wait for a writer that never comes. */
// oxlint-disable-next-line no-bitwise -- open flags are bits
const flags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Throws what the operating system answers. */
export async function openBytes(path: string): Promise<OpenBytes> {
  return isMainThread ? await openBeside(path) : openHere(path);
}

/** The main thread goes on with its requests while the disk is waited for. */
async function openBeside(path: string): Promise<OpenBytes> {
  const handle = await open(path, flags);
  const close = async (): Promise<void> => handle.close();
  try {
    return {
      stat: await handle.stat(),
      read: async (into, at, length, position) => (await handle.read(into, at, length, position)).bytesRead,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A thread that only reads files has nothing else to do: handing each call to others and back takes it longer than the call. */
function openHere(path: string): OpenBytes {
  const descriptor = openSync(path, flags);
  const close = async (): Promise<void> => closeSync(descriptor);
  try {
    return {
      stat: fstatSync(descriptor),
      read: async (into, at, length, position) => readSync(descriptor, into, at, length, position),
      close,
    };
  } catch (error) {
    void close();
    throw error;
  }
}
