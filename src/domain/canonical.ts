/**
 * The canonical CSV: LF after every row, no quotes, rows by time. The same readings give the same bytes, whatever file,
 * order, delimiter or unit they came in (wattcarbon contract, "Timeseries").
 */

/** Energies are kept to a millionth of a kWh (one milliwatt-hour), finer than any meter, coarser than float noise. */
const stepsPerKwh = 1_000_000;

/** Above this a reading is not a reading, and its digits could not be written without an exponent. */
const largestKwh = 1e12;

/** True when the energy can be written: finite, and no more than a national grid makes. */
export function isWritableEnergy(energy: number): boolean {
  return Math.abs(energy) <= largestKwh;
}

/** Rounds to the canonical step, halves away from zero; never gives -0. */
export function roundEnergy(energy: number): number {
  // Multiplying lifts 1.0000005 to 1000000.4999999999; a relative nudge of two ulps puts decimal halves back on top.
  const steps = Math.round(Math.abs(energy) * stepsPerKwh * (1 + 2 * Number.EPSILON));
  return steps === 0 ? 0 : (Math.sign(energy) * steps) / stepsPerKwh;
}

/** A rounded energy in the shortest plain decimal digits: `1.5`, `0.000001`, never `1e-6`. */
export function formatEnergy(energy: number): string {
  const text = String(energy);
  return text.includes('e') ? energy.toFixed(6).replace(/\.?0+$/, '') : text;
}

/** `2025-01-01T06:00:00+00:00`. Instants are whole seconds here: anything finer is cut. */
export function formatInstant(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
}

/** The UTC month of an instant, which names its part: `2025-01`. */
export function monthOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 7);
}

/** The date of a wall time: `2025-01-31`. */
export function formatDate(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** `2021-01-01 17:00:00-05:00`: the form of WattCarbon's event documents. */
export function formatWithOffset(instant: number, offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000;
  const two = (value: number): string => String(value).padStart(2, '0');
  const local = new Date(instant + offsetMs).toISOString().slice(0, 19).replace('T', ' ');
  return `${local}${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
