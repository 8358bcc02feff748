import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ended } from './program.ts';
import { createRandom } from './random.ts';
import { copyPipeline, doubtMs, rehearse } from './rehearsal-folder.ts';
import { describeProgress, readMonths, readWhatIsLeft } from './what-is-left.ts';

export interface KillOptions {
  readonly kills: number;
  /** Decides every moment. */
  readonly seed: number;
  readonly log: (line: string) => void;
}

const regions = ['CAISO_NORTH', 'ERCOT_AUSTIN', 'MISO_MASON_CITY'];

/**
 * Kills rehearsals of the demonstration pipeline with SIGKILL at random moments, runs each again until it is done, and
 * holds what is left against a rehearsal that nobody killed. Throws an `AssertionError` where something is lost or doubled.
 */
export async function killAndCompare({ kills, seed, log }: KillOptions): Promise<void> {
  const random = createRandom(seed);
  const folders: string[] = [];
  const newFolder = async (): Promise<string> => {
    const folder = await copyPipeline();
    folders.push(folder);
    return folder;
  };
  try {
    const calm = await newFolder();
    const whole = await finish(calm, 'the run that nobody kills');
    const quiet = await finish(calm, 'its repetition');
    log(`seed ${String(seed)}: an unkilled run takes ${seconds(whole.ms)}, a quiet one ${seconds(quiet.ms)}`);
    const expected = await readWhatIsLeft(calm);
    assert.equal(new Set(expected.sites.map(({ customId }) => customId)).size, expected.sites.length);
    let killed = 0;
    while (killed < kills) {
      const folder = await newFolder();
      let ended = false;
      // Each reaches further into the run than the one before, and all of them may hit its very beginning.
      for (let reach = 0.25; !ended && killed < kills; reach = Math.min(1, reach + 0.15)) {
        const run = await rehearse(folder, random() * reach * whole.ms);
        ended = run.code !== null;
        if (ended) demandDone(run, 'a run that ended before it was killed');
        else killed += 1;
        const what = ended ? 'ended by itself' : `kill ${String(killed)}`;
        log(`${what} after ${seconds(run.ms)}: ${await describeProgress(folder)}`);
        // Else the next run itself waits until what was in flight can no longer arrive; that is killed now and then too.
        if (!ended && random() < 0.7) await pause(doubtMs);
      }
      const last = await finish(folder, 'the last run');
      log(`run to the end in ${seconds(last.ms)}`);
      await compare(folder, expected);
    }
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, expected: Awaited<ReturnType<typeof readWhatIsLeft>>): Promise<void> {
  const left = await readWhatIsLeft(folder);
  // One meter for each of the manifest's, each held by one asset; one asset a site; one document a site with events.
  assert.deepEqual(left.sites, expected.sites);
  assert.equal(left.meters, expected.meters);
  assert.equal(left.documents, expected.documents);
  assert.equal(left.duplicates, 0);

  const months = await readMonths(folder);
  for (const region of regions) {
    for (let month = 1; month <= 12; month++) {
      const name = `co2_moer/${region}/2025-${String(month).padStart(2, '0')}.parquet`;
      assert.equal(months.get(name), new Date(Date.UTC(2025, month, 0)).getUTCDate() * 288, name);
    }
  }
  assert.equal(months.size, regions.length * 12);

  await finish(folder, 'a further run');
  const { requests } = await readWhatIsLeft(folder);
  assert.deepEqual(requests, left.requests, 'a further run sends nothing');
}

async function finish(folder: string, name: string): Promise<Ended> {
  const run = await rehearse(folder);
  demandDone(run, name);
  return run;
}

function demandDone({ code, stdout, stderr }: Ended, name: string): void {
  assert.equal(code, 0, `${name} ended with ${String(code)}:\n${stdout}\n${stderr.slice(-4_000)}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
