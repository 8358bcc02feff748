import { type MessagePort, parentPort } from 'node:worker_threads';
import { keepZones, type openZone } from '../domain/zone.ts';
import { doJob, type MeterJob } from './meter-job.ts';

/** The other side of `meter-pool.ts`: reads one meter after another in a thread of its own. */
if (parentPort) answerJobs(parentPort, keepZones());

function answerJobs(port: MessagePort, open: typeof openZone): void {
  // One after another, in the order given: two at once would take twice the memory, and no less time.
  let last = Promise.resolve();
  port.on('message', (job: MeterJob) => {
    last = last.then(() => answer(port, job, open));
  });
}

async function answer(port: MessagePort, job: MeterJob, open: typeof openZone): Promise<void> {
  const end = await doJob(job, open);
  const bytes = end.kind === 'read' ? end.read.parts.flatMap(({ bytes }) => bytes ?? []) : [];
  // Moved, not copied; a view of something larger is left to be copied.
  const moved = bytes.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
  port.postMessage(end, moved);
}
