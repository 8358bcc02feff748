import type { CanonicalForm, FileFacts, MeterData } from '../domain/meter-data.ts';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import { thermsFromKwh } from '../domain/units.ts';
import { openZone, type Zone } from '../domain/zone.ts';
import { intervalMs } from './time/cadence.ts';
import { totalsFrom } from './file-facts.ts';
import { orderByTime } from './series/merge.ts';
import type { KeptParts, WrittenPart } from './series/parts.ts';
import { writeParts } from './series/parts.ts';
import type { QuarantinedRow } from './quarantine.ts';
import { findQuality } from './quality/find-quality.ts';
import type { DatedProblem, Subject } from './quality/series.ts';
import { readFile } from './read-file.ts';
import type { MeterContext, OrderedReadings } from './series/readings.ts';
import { Readings } from './series/readings.ts';
import { emptyCounts } from './values/registers.ts';
import { readingsOfCounts } from './values/register-steps.ts';

/** A meter's files as they are to be uploaded, bytes included where they are kept. */
export interface ReadMeter extends Omit<MeterData, 'parts' | 'accepted' | 'quarantined'> {
  readonly parts: readonly WrittenPart[];
  /** Findings that hold on some days and not on others (`findingsAt`). */
  readonly dated: readonly DatedProblem[];
  /** Rows that were left out, by file and line. */
  readonly left: readonly QuarantinedRow[];
}

/** A meter's readings, whole and in order, before a byte of them is written. */
export interface MeterSeries extends Omit<ReadMeter, 'parts'> {
  readonly readings: OrderedReadings;
  readonly zone: Zone | undefined;
}

/** A meter of which nothing is known but its files. */
const unknownSubject: Subject = {
  kind: undefined,
  operationDate: undefined,
  nameplateKw: undefined,
  coordinates: undefined,
  events: [],
};

/** Refuses, before a file is opened, what no file can be read with. */
function openMeterZone(meter: Meter, timezone: string | undefined, file: string | undefined): Zone | undefined {
  const refuse = (code: string, message: string): never => {
    throw new ProblemError([{ severity: 'error', code, message, ...(file === undefined ? {} : { file }) }]);
  };
  const zone = timezone === undefined ? undefined : openZone(timezone);
  if (timezone !== undefined && zone === undefined) {
    const message = `"${timezone}" is not a time zone; set timezone to an IANA name such as America/Chicago`;
    refuse('meter.timezone-unknown', message);
  }
  if (meter.interval !== undefined && intervalMs(meter.interval) === undefined) {
    const message = `interval "${meter.interval}" is not a length from a second to a day; write PT15M, PT1H or P1D`;
    refuse('meter.interval-invalid', message);
  }
  return zone;
}

/**
 * Reads all files of a meter into its canonical parts: `readSeries`, written. `kept` says which parts' bytes are given (all).
 */
export async function readMeter(
  meter: Meter,
  timezone: string | undefined,
  form: CanonicalForm,
  displayPath: (absolute: string) => string,
  subject: Subject = unknownSubject,
  kept?: KeptParts,
): Promise<ReadMeter> {
  const { readings, zone, ...read } = await readSeries(meter, timezone, form.gasUnit, displayPath, subject);
  return { ...read, parts: writeParts(readings, form, zone, kept) };
}

/**
 * Reads all files of a meter. `timezone` is for naive times, `subject` is what findings depend on beside them. Throws
 * `ProblemError` with the bad rows of every file that has some, in the order of the files; the problems name no site.
 */
export async function readSeries(
  meter: Meter,
  timezone: string | undefined,
  gasUnit: CanonicalForm['gasUnit'],
  displayPath: (absolute: string) => string,
  subject: Subject = unknownSubject,
): Promise<MeterSeries> {
  const files = meter.data.map((path) => displayPath(path));
  const zone = openMeterZone(meter, timezone, files[0]);
  const inTherms = meter.type === 'gas' && gasUnit === 'therm';
  const context: MeterContext = {
    zone,
    fromKwh: inTherms ? thermsFromKwh : (kwh) => kwh,
    unit: inTherms ? 'therm' : 'kWh',
  };
  let readings: Readings | undefined;
  const counts = emptyCounts();
  const errors: Problem[] = [];
  const findings: Problem[] = [];
  const read: FileFacts[] = [];
  const left: QuarantinedRow[] = [];
  for (const [file, path] of meter.data.entries()) {
    try {
      const one = await readFile(path, files[file] ?? path, file, readings, meter, context, counts);
      readings = one.readings;
      findings.push(...one.warnings);
      for (const row of one.left) left.push({ ...row, file });
      read.push(one.facts);
    } catch (error) {
      // What the files after it hold is still worth knowing.
      if (!(error instanceof ProblemError)) throw error;
      errors.push(...error.problems);
    }
  }
  const [first, ...others] = errors;
  if (first !== undefined) throw new ProblemError([first, ...others]);
  if (counts.instants.length > 0) {
    const before = readings?.length ?? 0;
    const differences = readingsOfCounts(counts, files, context, meter, readings);
    const all = (readings = differences.readings);
    findings.push(...differences.findings);
    for (const file of new Set(counts.files)) {
      const facts = read[file];
      const { kind } = all;
      const cadenceMs = kind === 'bills' ? null : differences.cadenceMs;
      if (facts !== undefined) read[file] = { ...facts, kind, cadenceMs, ...totalsFrom(all, before, file) };
    }
  }
  // A meter without files.
  readings ??= new Readings('intervals');
  if (files.length === 0) {
    const { ordered } = orderByTime(readings, files);
    return { kind: 'intervals', readings: ordered, zone, findings: [], dated: [], inferred: [], files: [], left };
  }
  if (readings.length === 0) {
    const message =
      counts.instants.length > 0
        ? "the meter's counts give no energy: it takes two, one after the other; add the file before or after"
        : 'every value is empty; choose another column with columns.value, or leave the meter without data';
    throw new ProblemError([{ severity: 'error', code: 'meter.no-values', message, file: files[0] ?? '' }]);
  }
  const { ordered, findings: repeats } = orderByTime(readings, files);
  findings.push(...repeats);
  const { type, sign } = meter;
  const series = { readings: ordered, files, type, signsAreRight: sign === 'asis', zone, subject };
  const found = findQuality(series, new Set(findings.map(({ code }) => code)));
  findings.push(...found.filter(({ holds }) => holds === undefined));
  const dated = found.filter(({ holds }) => holds !== undefined);
  const inferred = read.map((facts) => `${facts.file}: ${facts.inferred.join(', ')}`);
  return { kind: ordered.kind, readings: ordered, zone, findings, dated, inferred, files: read, left };
}
