import type { CanonicalForm, FileFacts, MeterData } from '../domain/meter-data.ts';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import { thermsFromKwh } from '../domain/units.ts';
import { openZone } from '../domain/zone.ts';
import { addBills, holdsBills } from './bills.ts';
import { describeLength, intervalMs } from './cadence.ts';
import { checkControlTotal } from './control-total.ts';
import { decideDateOrder } from './date-order.ts';
import { addIntervals } from './intervals.ts';
import { totalsFrom } from './file-facts.ts';
import { orderByTime } from './merge.ts';
import type { MeterTable } from './meter-table.ts';
import { readTable } from './read-table.ts';
import type { KeptParts, WrittenPart } from './parts.ts';
import { writeParts } from './parts.ts';
import { type BadRow, ProblemList } from './problem-list.ts';
import type { QuarantinedRow } from './quarantine.ts';
import { findQuality } from './quality/find-quality.ts';
import type { DatedProblem, Subject } from './quality/series.ts';
import type { MeterContext } from './readings.ts';
import { Readings } from './readings.ts';
import type { DateOrder } from './stamp.ts';
import { addCounts, type Counts, emptyCounts } from './registers.ts';
import { readingsOfCounts } from './register-steps.ts';
import type { Values } from './values.ts';
import { decideValues } from './values.ts';

/** A meter's files as they are to be uploaded, bytes included where they are kept. */
export interface ReadMeter extends Omit<MeterData, 'parts' | 'accepted' | 'quarantined'> {
  readonly parts: readonly WrittenPart[];
  /** Findings that hold on some days and not on others (`findingsAt`). */
  readonly dated: readonly DatedProblem[];
  /** Rows that were left out, by file and line. */
  readonly left: readonly QuarantinedRow[];
}

/** A meter of which nothing is known but its files. */
const unknownSubject: Subject = {
  kind: undefined,
  operationDate: undefined,
  nameplateKw: undefined,
  coordinates: undefined,
  events: [],
};

/** Refuses, before a file is opened, what the manifest asks for and this reader does not do. */
function refuseOptions(meter: Meter, problems: ProblemList): void {
  if (meter.interval !== undefined && intervalMs(meter.interval) === undefined) {
    problems.stop(
      'meter.interval-invalid',
      `interval "${meter.interval}" is not a length from a second to a day; write PT15M, PT1H or P1D`,
    );
  }
}

function describe(
  table: MeterTable,
  values: Values,
  total: string | undefined,
  order: DateOrder,
  when: string,
): readonly string[] {
  const open = table.starts.open || table.ends?.open === true;
  return [
    table.encoding.toUpperCase(),
    ...table.inferred,
    ...(open ? [`dates are ${order === 'dmy' ? 'day/month' : 'month/day'}`] : []),
    `${values.unit} (from ${values.unitFrom})`,
    `decimal "${values.decimal}"`,
    ...(total === undefined ? [] : [total]),
    when,
  ];
}

/** Reads one file into `readings`, or starts them by its kind. Gives the readings and what was inferred. */
async function readFile(
  path: string,
  display: string,
  file: number,
  readings: Readings | undefined,
  meter: Meter,
  context: MeterContext,
  counts: Counts,
): Promise<{
  readings: Readings | undefined;
  facts: FileFacts;
  warnings: readonly Problem[];
  left: readonly BadRow[];
}> {
  const problems = new ProblemList(display, meter.onBadRow);
  refuseOptions(meter, problems);
  const table = await readTable(path, display, meter, context.zone, problems);
  problems.throwErrors();
  problems.refuseMostlyBad(table.lines);
  if (table.lines.length === 0)
    problems.stop('meter.no-rows', 'the file has a header, but no rows; export it again, or correct select');
  const values = decideValues(table, meter, problems);
  const total = checkControlTotal(table, values, problems);
  const order = decideDateOrder(table.starts, table.ends);
  if (typeof order === 'object') return problems.stop(order.code, order.message);
  const naive = table.starts.offsetMs(0) === undefined;
  const known = {
    file: display,
    layout: table.layout,
    unit: values.unit,
    timezone: naive ? (context.zone?.name ?? null) : null,
    sumUnit: context.unit,
  };
  if (values.register) {
    const { rows } = addCounts(counts, file, table, values, order, context, meter, problems);
    problems.throwErrors();
    const inferred = describe(
      table,
      values,
      total,
      order,
      `${String(rows)} counts of a meter: the energy is what lies between`,
    );
    problems.endQuarantine(table.lines);
    // What lies between is known when all files are read.
    const facts = {
      ...known,
      kind: 'intervals',
      rows: 0,
      start: 0,
      end: 0,
      sum: 0,
      cadenceMs: null,
      inferred,
    } as const;
    return { readings, facts, warnings: problems.warnings, left: problems.quarantined };
  }
  const kind = holdsBills(table, order) ? 'bills' : 'intervals';
  if (readings !== undefined && readings.kind !== kind) {
    problems.stop(
      'meter.kinds-mixed',
      `this file holds ${kind}, the files before it ${readings.kind}; make them two meters`,
    );
  }
  const into = readings ?? new Readings(kind);
  const before = into.length;
  let cadenceMs: number | null = null;
  let when: string;
  if (kind === 'bills') {
    const facts = addBills(into, file, table, values, order, context, meter, problems);
    when = `${String(facts.rows)} bills, end dates ${facts.inclusive ? 'inclusive' : 'exclusive'}`;
  } else {
    const given = meter.interval === undefined ? undefined : intervalMs(meter.interval);
    const facts = addIntervals(into, file, table, values, order, context, meter, given, problems);
    cadenceMs = facts.cadenceMs;
    const local = naive ? `, local time of ${context.zone?.name ?? ''}` : '';
    when = `${String(facts.rows)} intervals of ${describeLength(cadenceMs)}, stamped at their ${facts.stamp}${local}`;
  }
  problems.throwErrors();
  problems.endQuarantine(table.lines);
  const facts: FileFacts = {
    ...known,
    kind,
    ...totalsFrom(into, before),
    cadenceMs,
    inferred: describe(table, values, total, order, when),
  };
  return { readings: into, facts, warnings: problems.warnings, left: problems.quarantined };
}

/**
 * Reads all files of a meter into its canonical parts. `timezone` is for naive times, `subject` is what findings depend on
 * beside them; `kept` says which parts' bytes are given (all). Throws `ProblemError` with every bad row of the first file that has one; the problems name no site.
 */
export async function readMeter(
  meter: Meter,
  timezone: string | undefined,
  form: CanonicalForm,
  displayPath: (absolute: string) => string,
  subject: Subject = unknownSubject,
  kept?: KeptParts,
): Promise<ReadMeter> {
  const zone = timezone === undefined ? undefined : openZone(timezone);
  const files = meter.data.map((path) => displayPath(path));
  if (timezone !== undefined && zone === undefined) {
    const message = `"${timezone}" is not a time zone; set timezone to an IANA name such as America/Chicago`;
    throw new ProblemError([
      {
        severity: 'error',
        code: 'meter.timezone-unknown',
        message,
        ...(files[0] === undefined ? {} : { file: files[0] }),
      },
    ]);
  }
  const inTherms = meter.type === 'gas' && form.gasUnit === 'therm';
  const context: MeterContext = {
    zone,
    fromKwh: inTherms ? thermsFromKwh : (kwh) => kwh,
    unit: inTherms ? 'therm' : 'kWh',
  };
  let readings: Readings | undefined;
  const counts = emptyCounts();
  const findings: Problem[] = [];
  const read: FileFacts[] = [];
  const left: QuarantinedRow[] = [];
  for (const [file, path] of meter.data.entries()) {
    const one = await readFile(path, files[file] ?? path, file, readings, meter, context, counts);
    readings = one.readings;
    findings.push(...one.warnings);
    left.push(...one.left.map((row) => ({ ...row, file })));
    read.push(one.facts);
  }
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
  if (readings === undefined) {
    return { kind: 'intervals', parts: [], findings: [], dated: [], inferred: [], files: [], left };
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
  return {
    kind: ordered.kind,
    parts: writeParts(ordered, form, zone, kept),
    findings,
    dated,
    inferred,
    files: read,
    left,
  };
}
