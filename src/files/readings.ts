import type { DataKind } from '../domain/meter-data.ts';
import type { Zone } from '../domain/zone.ts';

/**
 * Readings as columns of equal length: 10 million rows are arrays of numbers, not objects. For intervals `starts` and
 * `ends` are instants; for bills they are wall midnights, ends exclusive.
 */
export interface Readings {
  readonly kind: DataKind;
  readonly starts: number[];
  readonly ends: number[];
  /** In the canonical unit, rounded. */
  readonly energies: number[];
  /** Where each was written: index into the meter's files, and physical line. */
  readonly files: number[];
  readonly lines: number[];
}

/** What a file's reading needs to know of its meter. */
export interface MeterContext {
  readonly zone: Zone | undefined;
  /** From kWh to the canonical unit: therms where the manifest wants gas in therms. */
  readonly fromKwh: (kwh: number) => number;
}

export function emptyReadings(kind: DataKind): Readings {
  return { kind, starts: [], ends: [], energies: [], files: [], lines: [] };
}
