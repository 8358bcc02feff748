import type { Zone } from '../../domain/zone.ts';
import { dayMs } from '../time/cadence.ts';
import type { WrittenNumber } from '../values/number-cell.ts';
import type { Slot, WideHeader } from './wide-header.ts';
import type { SlotFault, WideDay } from './wide-rows.ts';

interface Filled {
  readonly slot: Slot;
  readonly number: WrittenNumber;
}

/** What a day's row becomes. */
export interface PlacedDay {
  readonly readings: readonly { readonly slot: Slot; readonly instant: number; readonly number: WrittenNumber }[];
  readonly faults: readonly SlotFault[];
  /** True where the day has 25 hours and the row only 24. */
  readonly once: boolean;
}

const isZero = ({ number }: Filled): boolean => number.point === 0 || number.comma === 0;

/**
 * Places the intervals of a day, whose midnight is `wall`, in time. A day of 25 hours has its second pass in columns of its own
 * or beyond the usual ones; on a day of 23 the columns are times on the clock, with the skipped hour blank or zero, or they
 * count on, with the last hour blank or zero. A value where there can be none is a fault; a zero there is none and is left out.
 */
export function placeDay(
  day: Pick<WideDay, 'numbers' | 'offsetMinutes'>,
  wall: number,
  wide: Pick<WideHeader, 'slots' | 'stepMs' | 'usual' | 'kind'>,
  zone: Zone | undefined,
): PlacedDay {
  const { slots, stepMs, usual, kind } = wide;
  const filled = slots.flatMap((slot, at): Filled[] => {
    const number = day.numbers[at];
    return number === undefined ? [] : [{ slot, number }];
  });
  const offset = day.offsetMinutes;
  const startOf = (midnight: number): number =>
    offset !== undefined || zone === undefined ? midnight - (offset ?? 0) * 60_000 : zone.startOfDay(midnight);
  const begin = startOf(wall);
  const changeMs = startOf(wall + dayMs) - begin - dayMs;
  const instantsOf = (index: number): readonly number[] =>
    offset !== undefined || zone === undefined ? [begin + index * stepMs] : zone.instantsOf(wall + index * stepMs);
  const counted = ({ slot, number }: Filled) => ({ slot, instant: begin + slot.index * stepMs, number });
  const usualOnes = filled.filter(({ slot }) => !slot.again && slot.index < usual);
  const extras = filled.filter(({ slot }) => slot.again || slot.index >= usual);
  const fault = ({ slot }: Filled, code: string, message: string): SlotFault => ({ slot, code, message });

  if (changeMs > 0) {
    if (extras.some(({ slot }) => !slot.again)) return { readings: filled.map(counted), faults: [], once: false };
    const readings = [...usualOnes, ...extras].map(({ slot, number }) => {
      const passes = instantsOf(slot.index);
      return { slot, instant: (slot.again ? passes[1] : passes[0]) ?? Number.NaN, number };
    });
    const wrong = extras.filter((_, at) => Number.isNaN(readings[usualOnes.length + at]?.instant));
    const message = 'stands in a column of the doubled hour, at a time that comes once; correct it, or the time zone';
    return {
      readings: readings.filter(({ instant }) => !Number.isNaN(instant)),
      faults: wrong.filter((one) => !isZero(one)).map((one) => fault(one, 'meter.time-nonexistent', message)),
      once: extras.length === 0,
    };
  }

  const extraFaults = extras
    .filter((one) => !isZero(one))
    .map((one) =>
      fault(
        one,
        'meter.time-nonexistent',
        'stands in a column that only a day of 25 hours has; correct it, or the time zone',
      ),
    );
  if (changeMs === 0) {
    const readings = usualOnes.map((one) => ({
      slot: one.slot,
      instant: instantsOf(one.slot.index)[0] ?? begin + one.slot.index * stepMs,
      number: one.number,
    }));
    return { readings, faults: extraFaults, once: false };
  }

  const skipped = usualOnes.filter(({ slot }) => instantsOf(slot.index).length === 0);
  const trailing = usualOnes.filter(({ slot }) => begin + slot.index * stepMs >= startOf(wall + dayMs));
  const onClock =
    kind === 'clock' ||
    skipped.length === 0 ||
    (trailing.length > 0 && (skipped.every(isZero) || !trailing.every(isZero)));
  if (onClock && kind === 'count' && skipped.length > 0 && skipped.every(isZero) && trailing.every(isZero)) {
    const message =
      'may be the hour that spring skips or a reading of zero: the columns may be times on the clock or count on; leave the one without a reading blank';
    return {
      readings: [],
      faults: skipped.slice(0, 1).map((one) => fault(one, 'meter.dst-order-unclear', message)),
      once: false,
    };
  }
  const left = onClock ? skipped : trailing;
  const message = `is in an hour that does not exist on this day in ${zone?.name ?? ''}: the clocks went forward over it; check timezone, or remove the value`;
  return {
    readings: usualOnes
      .filter((one) => !left.includes(one))
      .map((one) =>
        onClock
          ? { slot: one.slot, instant: instantsOf(one.slot.index)[0] ?? Number.NaN, number: one.number }
          : counted(one),
      ),
    faults: [
      ...extraFaults,
      ...left.filter((one) => !isZero(one)).map((one) => fault(one, 'meter.time-nonexistent', message)),
    ],
    once: false,
  };
}
