import { eachRun, type NumberColumn } from './packed-numbers.ts';

/** True when no number is below the one before it (none the same, with `strictly`); NaN is passed over. */
export function isAscending(column: NumberColumn, strictly = false): boolean {
  let previous = Number.NEGATIVE_INFINITY;
  let ascending = true;
  eachRun(column, (first, step, count) => {
    if (Number.isNaN(first)) return;
    if (first < previous || (strictly && first === previous)) ascending = false;
    if (count > 1 && (step < 0 || (strictly && step === 0))) ascending = false;
    previous = first + step * (count - 1);
  });
  return ascending;
}

/** True when each number is `step` above the one before it; NaN is not. */
export function isSteady(column: NumberColumn, step: number): boolean {
  let expected = column.at(0);
  let steady = true;
  eachRun(column, (first, runStep, count) => {
    steady &&= first === expected && (runStep === step || count === 1);
    expected = first + runStep * (count - 1) + step;
  });
  return steady;
}

/** What the numbers of a column are, NaN left out: how many, from what to what, and whether all are whole, or whole seconds. */
function measure(column: NumberColumn) {
  let count = 0;
  let [least, most, whole, seconds] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, true];
  for (let at = 0; at < column.length; at += 1) {
    const value = column.at(at);
    if (Number.isNaN(value)) continue;
    count += 1;
    if (value < least) least = value;
    if (value > most) most = value;
    whole &&= Number.isSafeInteger(value);
    seconds &&= value % 1000 === 0;
  }
  return { count, least, most, whole, seconds };
}

/** The numbers without NaN, ascending, in as little memory as they fit. */
export function sortedNumbers(column: NumberColumn): NumberColumn {
  const { count, least, most, seconds } = measure(column);
  const short = seconds && (most - least) / 1000 <= 0xffff_ffff;
  const [base, unit] = short ? [least, 1000] : [0, 1];
  const sorted = short ? new Uint32Array(count) : new Float64Array(count);
  let into = 0;
  for (let at = 0; at < column.length; at += 1) {
    const value = column.at(at);
    if (Number.isNaN(value)) continue;
    sorted[into] = (value - base) / unit;
    into += 1;
  }
  sorted.sort();
  return { length: count, at: (index) => base + (sorted[index] ?? Number.NaN) * unit };
}

/**
 * The rows in ascending order of their numbers, equal ones by their place, rows without a number (NaN) left out. Number and
 * place are sorted as one where both fit 53 bits, which needs no comparing function and a third of the memory.
 */
export function sortRows(column: NumberColumn): Uint32Array {
  const { count, least, most, whole, seconds } = measure(column);
  const unit = seconds ? 1000 : 1;
  const places = column.length;
  const fits = count === 0 || (whole && ((most - least) / unit + 1) * places < Number.MAX_SAFE_INTEGER);
  const keys = new Float64Array(fits ? count : 0);
  // Each place is written where a key was read before it: no second array is needed.
  const rows = fits ? new Uint32Array(keys.buffer, 0, count) : new Uint32Array(count);
  let into = 0;
  for (let at = 0; at < places; at += 1) {
    const value = column.at(at);
    if (Number.isNaN(value)) continue;
    if (fits) keys[into] = ((value - least) / unit) * places + at;
    else rows[into] = at;
    into += 1;
  }
  if (!fits) return rows.sort((a, b) => column.at(a) - column.at(b) || a - b);
  keys.sort();
  for (let at = 0; at < count; at += 1) rows[at] = (keys[at] ?? 0) % places;
  return rows;
}
