import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { ProblemError } from '../domain/errors.ts';
import { keepZones } from '../domain/zone.ts';
import { doJob, type JobEnd, type MeterJob } from './meter-job.ts';
import type { ReadMeter } from './read-meter.ts';

/** Threads are worth their start when more than this is to be read. */
const startAfterBytes = 4 * 1024 * 1024;

/** The compiled program has its worker beside this file; where TypeScript runs as it is, everything stays in this thread. */
const workerUrl = import.meta.url.endsWith('.js') ? new URL('meter-worker.js', import.meta.url) : undefined;

/** A thread reads one job after another; it is given the next while it reads, so that it need not wait for this thread. */
const jobsOfThread = 2;

interface Asked {
  readonly job: MeterJob;
  readonly resolve: (end: JobEnd) => void;
  readonly reject: (error: Error) => void;
}

/** A thread and what it was given, in the order in which it answers. */
interface Reader {
  readonly worker: Worker;
  readonly given: Asked[];
}

/**
 * Reads meters in up to `mostThreads` threads. They are started when several meters are asked for at once and there is
 * enough to read; until then, and with one thread, meters are read here, one after the other. What is read does not depend
 * on where.
 */
export class MeterPool {
  readonly #mostThreads: number;
  readonly #waiting: Asked[] = [];
  readonly #readers = new Set<Reader>();
  readonly #openZone = keepZones();
  #asked = 0;
  #seenBytes = 0;
  #here: Promise<unknown> = Promise.resolve();

  constructor(mostThreads: number) {
    this.#mostThreads = workerUrl === undefined ? 1 : mostThreads;
  }

  /** Throws `ProblemError` with all that is wrong with the meter's files; the problems name no site. */
  async read(job: MeterJob): Promise<ReadMeter> {
    this.#asked += 1;
    try {
      // Once threads run there is nothing left to decide.
      if (this.#mostThreads > 1 && this.#readers.size === 0) this.#seenBytes += await sizeOf(job.meter.data);
      const apart = this.#readers.size > 0 || (this.#asked > 1 && this.#seenBytes > startAfterBytes);
      const end = await (apart && this.#mostThreads > 1 ? this.#readApart(job) : this.#readHere(job));
      if (end.kind === 'read') return end.read;
      const [first, ...rest] = end.problems;
      if (first === undefined) throw new Error('a meter was refused without a reason');
      throw new ProblemError([first, ...rest]);
    } finally {
      this.#asked -= 1;
    }
  }

  /** Ends the threads. What they were asked for and nobody waits for any more is never answered. */
  async close(): Promise<void> {
    const readers = [...this.#readers];
    this.#readers.clear();
    this.#waiting.length = 0;
    await Promise.all(readers.map(({ worker }) => worker.terminate()));
  }

  /** One after the other: two files at once would take twice the memory, and no less time. */
  async #readHere(job: MeterJob): Promise<JobEnd> {
    const reading = this.#here.then(() => doJob(job, this.#openZone));
    this.#here = reading.catch(() => undefined);
    return reading;
  }

  async #readApart(job: MeterJob): Promise<JobEnd> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#give();
    });
  }

  /** Gives what waits to the threads that have least to do; starts threads as long as all have something to do. */
  #give(): void {
    while (this.#waiting.length > 0) {
      let [free] = this.#readers;
      for (const reader of this.#readers) if (reader.given.length < (free?.given.length ?? 0)) free = reader;
      if ((free === undefined || free.given.length > 0) && this.#readers.size < this.#mostThreads) free = this.#start();
      const next = free === undefined || free.given.length === jobsOfThread ? undefined : this.#waiting.shift();
      if (free === undefined || next === undefined) return;
      free.worker.ref();
      free.given.push(next);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      free.worker.postMessage(next.job);
    }
  }

  #start(): Reader {
    if (workerUrl === undefined) throw new Error('there is no worker to start');
    // Columns are typed arrays, outside of it: more room for young objects makes it no faster.
    const worker = new Worker(workerUrl, { resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    const reader: Reader = { worker, given: [] };
    this.#readers.add(reader);
    const lost = (error: Error): void => {
      if (!this.#readers.delete(reader)) return;
      const [read, ...unread] = reader.given.splice(0);
      read?.reject(error);
      this.#waiting.unshift(...unread);
      this.#give();
    };
    worker
      .on('message', (end: JobEnd) => {
        reader.given.shift()?.resolve(end);
        this.#give();
        // A resting thread does not keep the process alive.
        if (reader.given.length === 0) worker.unref();
      })
      .on('error', lost)
      .on('exit', (code) => lost(new Error(`a reading thread ended early (${String(code)})`)));
    return reader;
  }
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let total = 0;
  // What cannot be looked at will be explained when it is read.
  for (const path of paths) total += (await stat(path).catch(() => undefined))?.size ?? 0;
  return total;
}
