import type { CanonicalForm, FileFacts, MeterData } from '../domain/meter-data.ts';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import { thermsFromKwh } from '../domain/units.ts';
import { openZone } from '../domain/zone.ts';
import { addBills, holdsBills } from './bills.ts';
import { describeLength, intervalMs } from './cadence.ts';
import { decideDateOrder } from './date-order.ts';
import { addIntervals } from './intervals.ts';
import { totalsFrom } from './file-facts.ts';
import { orderByTime } from './merge.ts';
import type { MeterTable } from './meter-table.ts';
import { readTable } from './read-table.ts';
import { noticeQuality } from './notice.ts';
import type { WrittenPart } from './parts.ts';
import { writeParts } from './parts.ts';
import { ProblemList } from './problem-list.ts';
import type { MeterContext } from './readings.ts';
import { Readings } from './readings.ts';
import type { DateOrder } from './stamp.ts';
import type { Values } from './values.ts';
import { decideValues } from './values.ts';

/** A meter's files as they are to be uploaded, bytes included. */
export interface ReadMeter extends Omit<MeterData, 'parts'> {
  readonly parts: readonly WrittenPart[];
}

/** Refuses, before a file is opened, what the manifest asks for and this reader does not do. */
function refuseOptions(meter: Meter, problems: ProblemList): void {
  if (meter.layout !== undefined && meter.layout !== 'long') {
    problems.stop(
      'meter.layout-unsupported',
      `layout "${meter.layout}" is not read yet; only "long", one row an interval, is`,
    );
  }
  if (meter.encoding !== undefined && !/^utf-?8$/i.test(meter.encoding)) {
    problems.stop('meter.encoding-unsupported', `encoding "${meter.encoding}" is not read yet; save the file as UTF-8`);
  }
  if (meter.values === 'register') {
    problems.stop('meter.register-unsupported', 'values: register is not read yet; export the energy of each interval');
  }
  if (meter.interval !== undefined && intervalMs(meter.interval) === undefined) {
    problems.stop(
      'meter.interval-invalid',
      `interval "${meter.interval}" is not a length from a second to a day; write PT15M, PT1H or P1D`,
    );
  }
}

function describe(table: MeterTable, values: Values, order: DateOrder, when: string): readonly string[] {
  const open = table.starts.open || table.ends?.open === true;
  return [
    table.encoding.toUpperCase(),
    ...table.inferred,
    ...(open ? [`dates are ${order === 'dmy' ? 'day/month' : 'month/day'}`] : []),
    `${values.unit} (from ${values.unitFrom})`,
    `decimal "${values.decimal}"`,
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
): Promise<{ readings: Readings; facts: FileFacts; warnings: readonly Problem[] }> {
  const problems = new ProblemList(display);
  refuseOptions(meter, problems);
  const table = await readTable(path, display, meter, context.zone, problems);
  problems.throwErrors();
  if (table.lines.length === 0)
    problems.stop('meter.no-rows', 'the file has a header, but no rows; export it again, or correct select');
  const values = decideValues(table, meter, problems);
  const order = decideDateOrder(table.starts, table.ends);
  if (typeof order === 'object') return problems.stop(order.code, order.message);
  const kind = holdsBills(table, order) ? 'bills' : 'intervals';
  if (readings !== undefined && readings.kind !== kind) {
    problems.stop(
      'meter.kinds-mixed',
      `this file holds ${kind}, the files before it ${readings.kind}; make them two meters`,
    );
  }
  const into = readings ?? new Readings(kind);
  const before = into.length;
  const naive = table.starts.offsetMs(0) === undefined;
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
  const facts: FileFacts = {
    file: display,
    kind,
    layout: table.layout,
    ...totalsFrom(into, before),
    unit: values.unit,
    timezone: naive ? (context.zone?.name ?? null) : null,
    cadenceMs,
    sumUnit: context.unit,
    inferred: describe(table, values, order, when),
  };
  return { readings: into, facts, warnings: problems.warnings };
}

/**
 * Reads all files of a meter into its canonical parts. `timezone` is for naive times. Throws `ProblemError` with every bad
 * row of the first file that has one; the problems name no site.
 */
export async function readMeter(
  meter: Meter,
  timezone: string | undefined,
  form: CanonicalForm,
  displayPath: (absolute: string) => string,
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
  const findings: Problem[] = [];
  const read: FileFacts[] = [];
  for (const [file, path] of meter.data.entries()) {
    const one = await readFile(path, files[file] ?? path, file, readings, meter, context);
    readings = one.readings;
    findings.push(...one.warnings);
    read.push(one.facts);
  }
  if (readings === undefined) return { kind: 'intervals', parts: [], findings: [], inferred: [], files: [] };
  if (readings.length === 0) {
    const message = 'every value is empty; choose another column with columns.value, or leave the meter without data';
    throw new ProblemError([{ severity: 'error', code: 'meter.no-values', message, file: files[0] ?? '' }]);
  }
  const { ordered, findings: repeats } = orderByTime(readings, files);
  findings.push(...repeats, ...noticeQuality({ readings: ordered, files }));
  const inferred = read.map((facts) => `${facts.file}: ${facts.inferred.join(', ')}`);
  return { kind: ordered.kind, parts: writeParts(ordered, form, zone), findings, inferred, files: read };
}
