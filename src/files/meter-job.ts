import type { openZone } from '../domain/zone.ts';
import { ProblemError } from '../domain/errors.ts';
import type { CanonicalForm } from '../domain/meter-data.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import type { KeptParts } from './series/parts.ts';
import type { Subject } from './quality/series.ts';
import { readMeter, type ReadMeter } from './read-meter.ts';

/** A meter to be read: plain data, so that another thread can do it. */
export interface MeterJob {
  readonly meter: Meter;
  /** For naive times. */
  readonly timezone: string | undefined;
  readonly form: CanonicalForm;
  /** How each of the meter's files is shown in problems. */
  readonly shown: readonly string[];
  /** What findings depend on besides the files. */
  readonly subject: Subject | undefined;
  /** Whose canonical bytes are given back. */
  readonly kept: KeptParts;
}

/** What comes of a job: the reading, or why there is none. */
export type JobEnd =
  | { readonly kind: 'read'; readonly read: ReadMeter }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Reads a meter, its zone opened by `open`. Throws only what this program did not expect. */
export async function doJob(
  { meter, timezone, form, shown, subject, kept }: MeterJob,
  open: typeof openZone,
): Promise<JobEnd> {
  const names = new Map(meter.data.map((path, at) => [path, shown[at] ?? path]));
  try {
    const read = await readMeter(meter, timezone, form, (path) => names.get(path) ?? path, subject, kept, open);
    return { kind: 'read', read };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { kind: 'refused', problems: error.problems };
  }
}
