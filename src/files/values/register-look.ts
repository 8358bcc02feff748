import type { NumberColumn } from '../series/packed-numbers.ts';
import { dayMs, hourMs } from '../time/cadence.ts';

/** Two neighbouring rows that show a meter's count, in order of time, and how often the count begins again near zero. */
export interface RegisterExample {
  readonly first: number;
  readonly next: number;
  readonly resets: number;
}

/** How values go in order of time. Steps are those between values that are there. */
interface Course {
  readonly present: number;
  readonly rises: number;
  /** Falls to next to nothing: a dial that rolls over, a new meter, a count of the day. */
  readonly resets: number;
  /** Other falls: blocks out of order. */
  readonly falls: number;
  /** Values in the mean, by the largest step up. */
  readonly timesRise: number;
  readonly first: number;
  readonly next: number;
}

/** A fall to this share of the value before, or less, is a new beginning. */
export const resetShare = 0.05;
/** Steps up for each new beginning: a load that is switched off now and then does not rise so often before it is. */
const risesPerReset = 6;
/** Steps in a hundred that may fall otherwise; one in forty. */
const fallsPercent = 1;
const fewestForOneFall = 40;

/** So many steps up over a whole round of a load's habits, and no step down, are no load's. */
const risesOfRound = 10;
const billMs = 20 * dayMs;

/** Rows whose times are looked at for how long all of it is, and steps for whether the newest comes first. */
const sampledTimes = 8;
const sampledSteps = 50;

/** After this time a load is where it was: a day with its night, two weeks of days, nearly a year of bills. */
function roundMs(stepMs: number): number {
  if (stepMs >= billMs) return 330 * dayMs;
  return stepMs >= dayMs - hourMs ? 14 * dayMs : dayMs;
}

/** How the values go, `backwards` through the rows where the newest comes first; undefined as soon as they go up and down. */
function courseOf(numbers: NumberColumn, backwards: boolean, spanMs: number): Course | undefined {
  const mostFalls = Math.max(1, (fallsPercent * numbers.length) / 100);
  const mostResets = Math.min(spanMs / dayMs + 1, numbers.length / risesPerReset);
  let [present, rises, resets, falls] = [0, 0, 0, 0];
  let [sum, largest, sign] = [0, 0, 0];
  let [before, previous] = [-1, Number.NaN];
  let [first, next] = [-1, -1];
  for (let place = 0; place < numbers.length; place += 1) {
    const at = backwards ? numbers.length - 1 - place : place;
    const number = numbers.at(at);
    if (Number.isNaN(number)) continue;
    present += 1;
    // A count of export may be written below zero, and then falls all the way.
    if (sign === 0) sign = Math.sign(number);
    const value = sign < 0 ? -number : number;
    sum += Math.abs(value);
    const step = value - previous;
    if (step > 0) {
      rises += 1;
      if (step > largest) largest = step;
      if (first === -1) [first, next] = [before, at];
    } else if (step < 0) {
      if (value <= resetShare * previous) resets += 1;
      else falls += 1;
      if (falls > mostFalls || resets > mostResets) return undefined;
    }
    [before, previous] = [at, value];
  }
  return { present, rises, resets, falls, timesRise: sum / present / largest, first, next };
}

/** Is this a meter's count? Only rising over a whole round of a load's habits, or rising by next to nothing of itself. */
function isCount({ present, rises, resets, falls, timesRise }: Course, spanMs: number): boolean {
  const fewFalls = falls * 100 <= fallsPercent * rises || (falls === 1 && rises >= fewestForOneFall);
  if (!fewFalls || rises < risesPerReset * resets) return false;
  const stepMs = spanMs / (present - 1);
  // The last value lasts a step as well; a day may have 23 hours.
  const wholeRound = spanMs + stepMs >= roundMs(stepMs) - hourMs && rises >= risesOfRound;
  if (falls > 0) return wholeRound && timesRise > 10;
  if (wholeRound) return true;
  if (resets > 1) return false;
  if (rises >= 2 && present >= 5 && timesRise > 1000) return true;
  const steady = rises === present - 1 - resets && rises >= 4;
  return steady && timesRise > (stepMs >= billMs ? 10 : 50);
}

/**
 * Whether values look like a meter's count rather than a load: all of them, in the order of their times (`timeAt`, in
 * milliseconds), never fall. A load does within a round of its habits: a day with its night, two weeks, a year of bills.
 * Over less than that, only values far larger than their steps are taken for a count. Gives the rows of the first step.
 */
export function registerExample(numbers: NumberColumn, timeAt: (row: number) => number): RegisterExample | undefined {
  const { length } = numbers;
  const looked = Array.from({ length: sampledTimes + 1 }, (_, part) =>
    timeAt(Math.floor((part * (length - 1)) / sampledTimes)),
  );
  const spanMs = Math.max(...looked) - Math.min(...looked);
  let backward = 0;
  for (let at = 1; at < Math.min(length, sampledSteps); at += 1) backward += Math.sign(timeAt(at - 1) - timeAt(at));
  const course = courseOf(numbers, backward > 0, spanMs);
  if (course === undefined || course.first === -1 || !isCount(course, spanMs)) return undefined;
  return { first: course.first, next: course.next, resets: course.resets };
}
