const dayMs = 86_400_000;

/** Writes times as answers have them. */
export type WriteTime = (time: number) => string;

/**
 * `2025-01-01T00:00:00+00:00`, or with a space for the `T`. Written by hand: a full answer has 9,217 points, and
 * formatting each time through `Date` would cost ten times as much. The day and the clock are kept from call to call.
 */
export function createTimeWriter(dates: 'T' | 'space', periodSeconds: number): WriteTime {
  const periodMs = periodSeconds * 1000;
  const between = dates === 'T' ? 'T' : ' ';
  const clocks = Array.from(
    { length: dayMs / periodMs },
    (_, slot) => `${between}${new Date(slot * periodMs).toISOString().slice(11, 19)}+00:00`,
  );
  let day = Number.NaN;
  let dayText = '';
  return (time) => {
    const midnight = time - (time % dayMs);
    if (midnight !== day) {
      day = midnight;
      dayText = new Date(day).toISOString().slice(0, 10);
    }
    return dayText + (clocks[(time - midnight) / periodMs] ?? writeClock(time, between));
  };
}

/** A time off the grid, to the microsecond as Python writes it. */
function writeClock(time: number, between: string): string {
  const clock = new Date(time).toISOString().slice(11, 23);
  return `${between}${clock.endsWith('.000') ? clock.slice(0, 8) : `${clock}000`}+00:00`;
}

/** A value in tenths as JSON: an integer or one decimal. */
export function writeTenths(tenths: number): string {
  const fraction = tenths % 10;
  return fraction === 0 ? String(tenths / 10) : `${String((tenths - fraction) / 10)}.${String(fraction)}`;
}
