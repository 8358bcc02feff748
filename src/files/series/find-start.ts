import type { OrderedReadings } from './readings.ts';

/** The place of the reading that starts then; undefined when none does. */
export function findStart(readings: OrderedReadings, start: number): number | undefined {
  let [low, high] = [0, readings.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (readings.start(middle) < start) low = middle + 1;
    else high = middle;
  }
  return readings.length > 0 && readings.start(low) === start ? low : undefined;
}
