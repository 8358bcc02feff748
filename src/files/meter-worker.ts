import { parentPort } from 'node:worker_threads';
import { doJob, type MeterJob } from './meter-job.ts';

/** The other side of `meter-pool.ts`: reads one meter after another in a thread of its own. */
parentPort?.on('message', (job: MeterJob) => {
  void answer(job);
});

async function answer(job: MeterJob): Promise<void> {
  const end = await doJob(job);
  const bytes = end.kind === 'read' ? end.read.parts.flatMap(({ bytes }) => bytes ?? []) : [];
  // Moved, not copied; a view of something larger is left to be copied.
  const moved = bytes.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
  parentPort?.postMessage(end, moved);
}
