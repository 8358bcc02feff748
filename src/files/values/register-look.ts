import type { NumberColumn } from '../series/packed-numbers.ts';

/** Rows it takes before a column is called a register. */
const fewestRows = 20;

/** Fewer rows than that show a count too, where each is beyond the one before it by so little of itself. */
const fewestSteady = { rows: 5, timesStep: 50 } as const;

/** Steps in a hundred that may go against the rest: a count that rolls over, a meter replaced, blocks out of order. */
const contraryPercent = 1;

/** Two neighbouring rows that show a meter's count. */
export interface RegisterExample {
  readonly first: number;
  readonly next: number;
}

/**
 * Whether values look like a meter's count: they go one way, and are far larger than their steps. A real load goes up and
 * down. Gives the rows of the first step, or undefined.
 */
export function registerExample(numbers: NumberColumn): RegisterExample | undefined {
  let [rising, falling] = [0, 0];
  let [largestRise, largestFall] = [0, 0];
  const mostContrary = Math.max(1, (contraryPercent * numbers.length) / 100);
  let present = 0;
  let sum = 0;
  let before = -1;
  let previous = Number.NaN;
  let example: RegisterExample | undefined;
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers.at(at);
    if (Number.isNaN(number)) continue;
    present += 1;
    sum += Math.abs(number);
    if (before !== -1) {
      const step = number - previous;
      if (step > 0) [rising, largestRise] = [rising + 1, Math.max(largestRise, step)];
      if (step < 0) [falling, largestFall] = [falling + 1, Math.max(largestFall, -step)];
      if (step !== 0) example ??= { first: before, next: at };
      // However the rest goes on, this goes both ways.
      if (Math.min(rising, falling) > mostContrary) return undefined;
    }
    before = at;
    previous = number;
  }
  if (rising + falling === 0) return undefined;
  if (present < fewestRows) {
    const steady = Math.max(rising, falling) === present - 1 && present >= fewestSteady.rows;
    return steady && sum / present > fewestSteady.timesStep * Math.max(largestRise, largestFall) ? example : undefined;
  }
  const contrary = Math.min(rising, falling);
  const largest = rising >= falling ? largestRise : largestFall;
  const oneWay = contrary * 100 <= contraryPercent * (rising + falling) || (contrary <= 1 && rising + falling >= 40);
  return oneWay && sum / present > 10 * largest ? example : undefined;
}
