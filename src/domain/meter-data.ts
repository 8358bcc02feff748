import type { AcceptedFinding } from './findings.ts';
import type { Problem } from './problem.ts';
import type { Span } from './span.ts';

/** What WattCarbon's two upload operations take (wattcarbon contract, "Timeseries"). */
export type DataKind = 'intervals' | 'bills';

/**
 * How a reading came to be, as far as the file says: `measured` by the meter (also where nothing is said), `estimated` or
 * `substituted` by somebody, `validated` by the metering company.
 */
export type Quality = 'measured' | 'estimated' | 'substituted' | 'validated';

/** One upload of a meter: a UTC month of intervals (`2025-01`), or all its bills (`bills`). */
export interface Part {
  readonly name: string;
  /** Hex SHA-256 of the part's canonical bytes. */
  readonly sha256: string;
  readonly rows: number;
  readonly byteLength: number;
  /** From the first interval's start to the last one's end. */
  readonly span: Span;
}

/** What was found out about one file of a meter, for `check`. */
export interface FileFacts {
  /** As the operator would write it. */
  readonly file: string;
  readonly kind: DataKind;
  /** `long`, `wide` ... */
  readonly layout: string;
  /** Readings taken from it; what another file has too counts in both. */
  readonly rows: number;
  /** The first start and the last end: instants for intervals, wall midnights with the end exclusive for bills. */
  readonly start: number;
  readonly end: number;
  /** As the file has its values: `kWh`, `Wh`, `therm`. */
  readonly unit: string;
  /** The zone of its times; null where they say their offset themselves. */
  readonly timezone: string | null;
  /** The usual length of an interval, milliseconds; null for bills. */
  readonly cadenceMs: number | null;
  /** Energy of all its readings in the canonical unit. */
  readonly sum: number;
  readonly sumUnit: 'kWh' | 'therm';
  /** Everything that was inferred, in words. */
  readonly inferred: readonly string[];
}

/** How many rows could not be read and were left out, and how many files have such rows. */
export type Quarantined = Readonly<Record<'rows' | 'files', number>>;

/** A meter's files, read: what there is to upload and what was noticed. */
export interface MeterData {
  readonly kind: DataKind;
  readonly parts: readonly Part[];
  /** Warnings only: errors are thrown as a `ProblemError`. */
  readonly findings: readonly Problem[];
  /** Findings that the manifest accepts; they are in `findings` no more. */
  readonly accepted: readonly AcceptedFinding[];
  /** What was inferred of each file, one sentence each, for `check --explain`. */
  readonly inferred: readonly string[];
  /** What was found out about each file, in the order of the meter's `data`. */
  readonly files: readonly FileFacts[];
  /** Rows that were left out (`onBadRow: quarantine`), and in how many files. */
  readonly quarantined: Quarantined;
}

/** A site's demand-response events in the two-column form WattCarbon takes. */
export interface EventsDocument {
  readonly sha256: string;
  readonly events: number;
  readonly bytes: Uint8Array;
  readonly findings: readonly Problem[];
  /** Findings that the manifest accepts; absent where it was not asked yet. */
  readonly accepted?: readonly AcceptedFinding[];
}

/** How the canonical files are written (`wattcarbon.columns` and `wattcarbon.gasUnit` of the manifest). */
export interface CanonicalForm {
  readonly intervals: readonly [start: string, energy: string];
  readonly bills: readonly [start: string, end: string, energy: string];
  readonly gasUnit: 'kwh' | 'therm';
}
