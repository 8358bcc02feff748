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

interface Waiting {
  readonly job: MeterJob;
  readonly resolve: (end: JobEnd) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads meters in up to `mostThreads` threads. They are started when several meters are asked for at once and there is
 * enough to read; until then, and with one thread, meters are read here, one after the other. What is read does not depend
 * on where.
 */
export class MeterPool {
  readonly #mostThreads: number;
  readonly #waiting: Waiting[] = [];
  readonly #idle: Worker[] = [];
  readonly #workers = new Set<Worker>();
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
      if (this.#mostThreads > 1 && this.#workers.size === 0) this.#seenBytes += await sizeOf(job.meter.data);
      const apart = this.#workers.size > 0 || (this.#asked > 1 && this.#seenBytes > startAfterBytes);
      const end = await (apart && this.#mostThreads > 1 ? this.#readApart(job) : this.#readHere(job));
      if (end.kind === 'read') return end.read;
      const [first, ...rest] = end.problems;
      if (first === undefined) throw new Error('a meter was refused without a reason');
      throw new ProblemError([first, ...rest]);
    } finally {
      this.#asked -= 1;
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
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
      const worker = this.#idle.pop() ?? (this.#workers.size < this.#mostThreads ? this.#start() : undefined);
      if (worker) this.#give(worker);
    });
  }

  #start(): Worker {
    if (workerUrl === undefined) throw new Error('there is no worker to start');
    const worker = new Worker(workerUrl, { resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    this.#workers.add(worker);
    return worker;
  }

  /** Gives a free thread the next job, or lets it rest: a resting thread does not keep the process alive. */
  #give(worker: Worker): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#idle.push(worker);
      worker.unref();
      return;
    }
    worker.ref();
    const settle = (): void => {
      worker.off('message', answered).off('error', lost).off('exit', left);
    };
    const answered = (end: JobEnd): void => {
      settle();
      next.resolve(end);
      this.#give(worker);
    };
    const lost = (error: Error): void => {
      settle();
      this.#workers.delete(worker);
      next.reject(error);
      if (this.#waiting.length > 0) this.#give(this.#start());
    };
    const left = (code: number): void => lost(new Error(`a reading thread ended early (${String(code)})`));
    worker.on('message', answered).on('error', lost).on('exit', left);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(next.job);
  }
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let total = 0;
  // What cannot be looked at will be explained when it is read.
  for (const path of paths) total += (await stat(path).catch(() => undefined))?.size ?? 0;
  return total;
}
