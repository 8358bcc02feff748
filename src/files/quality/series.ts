import { formatDate, formatInstant } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Coordinates } from '../../domain/site.ts';
import type { Span } from '../../domain/span.ts';
import type { Zone } from '../../domain/zone.ts';
import type { OrderedReadings } from '../series/readings.ts';

/** What is known of the site whose meter is looked at; findings depend on all of it. */
export interface Subject {
  /** `asset.kind`; undefined for a site without an asset. */
  readonly kind: string | undefined;
  /** `asset.commencedOperationDate`, `YYYY-MM-DD`. */
  readonly operationDate: string | undefined;
  /** `asset.nameplateCapacityKw`. */
  readonly nameplateKw: number | undefined;
  readonly coordinates: Coordinates | undefined;
  /** Demand-response events in order of time; empty where the kind has no use for them. */
  readonly events: readonly Span[];
}

/** A meter's readings and everything that is known about them. */
export interface Series {
  readonly readings: OrderedReadings;
  /** The meter's files as they are shown. */
  readonly files: readonly string[];
  readonly type: 'electricity' | 'gas';
  /** The manifest says that the signs of the values are right as they are. */
  readonly signsAreRight: boolean;
  /** For calendar days; UTC days where it is undefined. */
  readonly zone: Zone | undefined;
  readonly subject: Subject;
}

/** A finding that today's date decides: it holds from one instant (inclusive) until another (exclusive). */
export interface DatedProblem extends Problem {
  readonly holds?: { readonly from?: number; readonly until?: number };
}

/** How many examples a finding names in its data. */
export const shownExamples = 5;

/** A reading's start as text: a date for a bill. */
export function showStart({ readings }: Series, at: number): string {
  return showTime(readings, readings.start(at));
}

/** A time of the readings' own kind as text. */
export function showTime({ kind }: Pick<OrderedReadings, 'kind'>, time: number): string {
  return kind === 'bills' ? formatDate(time) : formatInstant(time);
}

/** A warning about the reading at a place, with its file and line. */
export function warn(
  { readings, files }: Series,
  at: number,
  code: string,
  message: string,
  data: NonNullable<Problem['data']>,
): Problem {
  const file = files[readings.file(at)] ?? '';
  return { severity: 'warning', code, message, file, line: readings.line(at), data };
}

/** The day of operation as its wall midnight; undefined where it is not known. */
export function operationWall({ subject }: Series): number | undefined {
  const wall = subject.operationDate === undefined ? Number.NaN : Date.parse(`${subject.operationDate}T00:00:00Z`);
  return Number.isNaN(wall) ? undefined : wall;
}

/** The instant at which a local day begins; UTC's where no zone is known. */
export function startOfDay(zone: Zone | undefined, wall: number): number {
  return zone?.startOfDay(wall) ?? wall;
}
