import { dayMs } from './cadence.ts';

/** Steps of one length in a row that make a cadence; fewer are gaps. */
const steadySteps = 12;

/** Rows, by their place in time order, that keep a distance longer than the file's usual one. `until` is exclusive. */
export interface SteadyRun {
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
}

/**
 * Where a file keeps to a longer cadence than its usual one: hourly rows before the date on which it goes over to 15 minutes.
 * `startAt` gives the starts in order of time. Gaps do not end a run, a shorter step does.
 */
export function findSteadyRuns(
  count: number,
  startAt: (place: number) => number,
  from: number,
  cadenceMs: number,
): readonly SteadyRun[] {
  const runs: SteadyRun[] = [];
  let [begin, stepMs, steps] = [from, 0, 0];
  const steady = (): boolean =>
    steps >= steadySteps && stepMs > cadenceMs && stepMs <= dayMs && stepMs % cadenceMs === 0;
  const close = (until: number): void => {
    if (steady()) runs.push({ from: begin, until, stepMs });
  };
  for (let place = from; place + 1 < count; place += 1) {
    const step = startAt(place + 1) - startAt(place);
    // A time that comes twice is one step; a longer step within a run is a gap.
    if (step === 0 || Number.isNaN(step) || (step > stepMs && steady())) continue;
    if (step === stepMs) steps += 1;
    else {
      close(place);
      [begin, stepMs, steps] = [place, step, 1];
    }
  }
  close(count);
  return runs;
}
