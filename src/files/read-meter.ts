import type { CanonicalForm, FileFacts, MeterData } from '../domain/meter-data.ts';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import { thermsFromKwh } from '../domain/units.ts';
import { openZone, type Zone } from '../domain/zone.ts';
import { dayMs, intervalMs } from './time/cadence.ts';
import { totalsFrom } from './file-facts.ts';
import { keepErrors } from './kept-errors.ts';
import { settleBillEnds, type WrittenBills } from './series/bill-ends.ts';
import { joinEstimatedBills } from './series/estimated-bills.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { orderByTime } from './series/merge.ts';
import type { KeptParts, WrittenPart } from './series/parts.ts';
import { writeParts } from './series/parts.ts';
import type { QuarantinedRow } from './quarantine.ts';
import { findQuality } from './quality/find-quality.ts';
import type { DatedProblem, Subject } from './quality/series.ts';
import { readFile } from './read-file.ts';
import type { MeterContext, OrderedReadings } from './series/readings.ts';
import { Readings } from './series/readings.ts';
import { type Counts, emptyCounts } from './values/registers.ts';
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
function openMeterZone(
  meter: Meter,
  timezone: string | undefined,
  file: string | undefined,
  open: typeof openZone,
): Zone | undefined {
  const refuse = (code: string, message: string): never => {
    throw new ProblemError([{ severity: 'error', code, message, ...(file === undefined ? {} : { file }) }]);
  };
  const zone = timezone === undefined ? undefined : open(timezone);
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
 * Reads all files of a meter into its canonical parts: `readSeries`, written. `kept` says which parts' bytes are given (all),
 * `open` opens zones.
 */
export async function readMeter(
  meter: Meter,
  timezone: string | undefined,
  form: CanonicalForm,
  displayPath: (absolute: string) => string,
  subject: Subject = unknownSubject,
  kept?: KeptParts,
  open: typeof openZone = openZone,
): Promise<ReadMeter> {
  const { readings, zone, ...read } = await readSeries(meter, timezone, form.gasUnit, displayPath, subject, open);
  return { ...read, parts: writeParts(readings, form, zone, kept) };
}

/** What a meter's files hold, each read by itself. */
interface ReadFiles {
  readonly readings: Readings | undefined;
  /** Counts of the files that hold a meter's counts; the energy between them is not known yet. */
  readonly counts: Counts;
  readonly facts: FileFacts[];
  /** The bills of those that have bills, by the file's number. */
  readonly bills: ReadonlyMap<number, WrittenBills>;
  /** What was found in each file by itself. */
  readonly findings: readonly Problem[];
  readonly left: readonly QuarantinedRow[];
  /** Of the first file: of its first row. */
  readonly firstLine: number | undefined;
  /** By the file as it is shown. */
  readonly records: ReadonlyMap<string, RecordNumbers>;
}

/** Reads a meter's files one by one. Throws `ProblemError` with what is wrong in every file, and what was found in the others. */
async function readFiles(meter: Meter, files: readonly string[], context: MeterContext): Promise<ReadFiles> {
  let readings: Readings | undefined;
  const counts = emptyCounts();
  const errors: (readonly Problem[])[] = [];
  const records = new Map<string, RecordNumbers>();
  const findings: Problem[] = [];
  const facts: FileFacts[] = [];
  const bills = new Map<number, WrittenBills>();
  const left: QuarantinedRow[] = [];
  let firstLine: number | undefined;
  for (const [file, path] of meter.data.entries()) {
    const display = files[file] ?? path;
    try {
      const one = await readFile(path, display, file, readings, meter, context, counts);
      readings = one.readings;
      if (file === 0) firstLine = one.firstLine;
      records.set(display, one.records);
      findings.push(...one.warnings);
      for (const row of one.left) left.push({ ...row, file });
      facts.push(one.facts);
      if (one.bills !== undefined) bills.set(file, one.bills);
    } catch (error) {
      // What the files after it hold is still worth knowing.
      if (!(error instanceof ProblemError)) throw error;
      errors.push(error.problems);
    }
  }
  const [first, ...others] = keepErrors(errors);
  // What was found in a good file holds however the bad ones are mended; what the whole meter decides has to wait.
  if (first !== undefined) throw new ProblemError([first, ...others, ...findings]);
  return { readings, counts, facts, bills, findings, left, firstLine, records };
}

/** Puts what the files hold together: differences of counts, order of time, estimates made good, findings. Throws `ProblemError`. */
function joinFiles(read: ReadFiles, meter: Meter, files: readonly string[], context: MeterContext, subject: Subject) {
  const { counts, findings } = read;
  const facts = [...read.facts];
  let { readings } = read;
  const countFiles = new Set(counts.files);
  if (readings !== undefined) {
    const settled = settleBillEnds(readings, read.bills, files);
    readings = settled.readings;
    for (const [file, inclusive] of settled.meanings) {
      const known = facts[file];
      if (known === undefined) continue;
      const end = known.end + (inclusive ? dayMs : 0);
      const meaning = `end dates ${inclusive ? 'inclusive' : 'exclusive'}`;
      facts[file] = { ...known, end, inferred: [...known.inferred, meaning] };
    }
  }
  const differences: Problem[] = [];
  if (counts.instants.length > 0) {
    const before = readings?.length ?? 0;
    const between = readingsOfCounts(counts, files, context, meter, readings);
    const all = (readings = between.readings);
    differences.push(...between.findings);
    for (const file of countFiles) {
      const known = facts[file];
      const { kind } = all;
      const cadenceMs = kind === 'bills' ? null : between.cadenceMs;
      if (known !== undefined) facts[file] = { ...known, kind, cadenceMs, ...totalsFrom(all, before, file) };
    }
  }
  if (readings === undefined || readings.length === 0) {
    const message =
      counts.instants.length > 0
        ? "the meter's counts give no energy: it takes two, one after the other; add the file before or after"
        : 'every value is empty; choose another column with columns.value, or leave the meter without data';
    const line = counts.lines[0] ?? read.firstLine;
    const place = { file: files[0] ?? '', ...(line === undefined ? {} : { line }) };
    throw new ProblemError([{ severity: 'error', code: 'meter.no-values', message, ...place }]);
  }
  const { ordered: rows, findings: repeats } = orderByTime(readings, files);
  const { bills: ordered, findings: estimates } = joinEstimatedBills(rows, files, countFiles);
  const { type, sign } = meter;
  const series = { readings: ordered, files, type, signsAreRight: sign === 'asis', zone: context.zone, subject };
  const known = [...findings, ...differences, ...repeats, ...estimates];
  const found = findQuality(series, new Set(known.map(({ code }) => code)));
  return {
    readings: ordered,
    facts,
    findings: [...known, ...found.filter(({ holds }) => holds === undefined)],
    dated: found.filter(({ holds }) => holds !== undefined),
  };
}

/**
 * Reads all files of a meter. `timezone` is for naive times, `subject` is what findings depend on beside them. Throws
 * `ProblemError` with the bad rows of every file that has some, in the order of the files, and with what was found in the
 * good ones; the problems name no site.
 */
export async function readSeries(
  meter: Meter,
  timezone: string | undefined,
  gasUnit: CanonicalForm['gasUnit'],
  displayPath: (absolute: string) => string,
  subject: Subject = unknownSubject,
  open: typeof openZone = openZone,
): Promise<MeterSeries> {
  const files = meter.data.map((path) => displayPath(path));
  const zone = openMeterZone(meter, timezone, files[0], open);
  const inTherms = meter.type === 'gas' && gasUnit === 'therm';
  const context: MeterContext = {
    zone,
    fromKwh: inTherms ? thermsFromKwh : (kwh) => kwh,
    unit: inTherms ? 'therm' : 'kWh',
  };
  if (files.length === 0) {
    const { ordered } = orderByTime(new Readings('intervals'), files);
    return { kind: 'intervals', readings: ordered, zone, findings: [], dated: [], inferred: [], files: [], left: [] };
  }
  const read = await readFiles(meter, files, context);
  /** The record of what is known by its line only. */
  const number = <T extends Problem>(problem: T): T => {
    const { file, line, record: given } = problem;
    const record = file === undefined || line === undefined ? undefined : read.records.get(file)?.of(line);
    return given !== undefined || record === undefined ? problem : { ...problem, record };
  };
  try {
    const { readings, facts, findings, dated } = joinFiles(read, meter, files, context, subject);
    return {
      kind: readings.kind,
      readings,
      zone,
      findings: findings.map(number),
      dated: dated.map(number),
      inferred: facts.map(({ file, inferred }) => `${file}: ${inferred.join(', ')}`),
      files: facts,
      left: read.left,
    };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [first, ...others] = error.problems.map(number);
    throw first === undefined ? error : new ProblemError([first, ...others, ...read.findings]);
  }
}
