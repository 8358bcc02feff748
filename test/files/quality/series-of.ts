import type { Quality } from '../../../src/domain/meter-data.ts';
import { openZone } from '../../../src/domain/zone.ts';
import type { Series, Subject } from '../../../src/files/quality/series.ts';
import { Readings } from '../../../src/files/series/readings.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export const nobody: Subject = {
  kind: undefined,
  operationDate: undefined,
  nameplateKw: undefined,
  coordinates: undefined,
  events: [],
};

/** A reading as tests write it: start, length and energy; a line each, from 2. */
export interface Row {
  readonly start: number;
  readonly end: number;
  readonly energy?: number;
  readonly quality?: Quality;
}

/** Readings of equal length from an instant, an energy each. */
export function every(start: number, lengthMs: number, energies: readonly number[]): readonly Row[] {
  return energies.map((energy, at) => ({ start: start + at * lengthMs, end: start + (at + 1) * lengthMs, energy }));
}

/** One value many times. */
export function times(count: number, energy = 1): readonly number[] {
  return Array.from({ length: count }, () => energy);
}

/** Bills of whole days, one after the other, from a date. */
export function bills(from: string, days: readonly number[]): readonly Row[] {
  let start = Date.parse(`${from}T00:00:00Z`);
  return days.map((length) => {
    const row = { start, end: start + length * dayMs };
    start = row.end;
    return row;
  });
}

export function seriesOf(
  rows: readonly Row[],
  more: Partial<Omit<Series, 'zone' | 'subject'>> & {
    readonly zone?: string;
    readonly kind?: 'intervals' | 'bills';
    readonly subject?: Partial<Subject>;
  } = {},
): Series {
  const { zone, kind = 'intervals', subject, ...others } = more;
  const readings = new Readings(kind);
  for (const [at, { start, end, energy = 1, quality = 'measured' }] of rows.entries()) {
    readings.push({ start, end, energy, quality, file: 0, line: at + 2 });
  }
  return {
    readings: readings.inOrder(undefined),
    files: ['a.csv'],
    type: 'electricity',
    signsAreRight: false,
    zone: zone === undefined ? undefined : openZone(zone),
    subject: { ...nobody, ...subject },
    ...others,
  };
}
