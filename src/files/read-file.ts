import type { FileFacts } from '../domain/meter-data.ts';
import { onOneLine, type Problem } from '../domain/problem.ts';
import type { Meter } from '../domain/site.ts';
import { addBills, holdsBills } from './series/bills.ts';
import type { WrittenBills } from './series/bill-ends.ts';
import { describeLength, intervalMs } from './time/cadence.ts';
import { checkControlTotal } from './csv/control-total.ts';
import { decideDateOrder, firstOpenDate } from './time/date-order.ts';
import { totalsFrom } from './file-facts.ts';
import { addIntervals } from './series/intervals.ts';
import type { MeterTable } from './series/meter-table.ts';
import { type BadRow, ProblemList } from './problem-list.ts';
import type { RecordNumbers } from './record-numbers.ts';
import { readTable } from './read-table.ts';
import type { MeterContext } from './series/readings.ts';
import type { SettledFile } from './series/settled-file.ts';
import { Readings } from './series/readings.ts';
import { addCounts, type Counts } from './values/registers.ts';
import type { DateOrder } from './time/stamp.ts';
import type { Values } from './values/values.ts';
import { decideValues } from './values/values.ts';

const counted = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;

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
  ].map(onOneLine);
}

function describeEnds({ inclusive }: WrittenBills): string {
  // What the other files have to say of it is told when they are read.
  return inclusive === undefined ? '' : `, end dates ${inclusive ? 'inclusive' : 'exclusive'}`;
}

/**
 * Reads one file into `readings`, or starts them by its kind; a file of counts adds to `counts`. Gives the readings and what
 * was inferred. Throws `ProblemError` with all that is wrong with the file; `readings` are then of no more use.
 */
export async function readFile(
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
  firstLine: number | undefined;
  bills: WrittenBills | undefined;
  records: RecordNumbers;
}> {
  const problems = new ProblemList(display, meter.onBadRow);
  problems.standAt(1);
  const table = await readTable(path, display, meter, context.zone, problems);
  problems.throwErrors();
  const firstRow = table.length === 0 ? undefined : table.lines.at(0);
  problems.standAt(table.headerLine ?? firstRow ?? 1);
  problems.refuseMostlyBad(table.lines);
  if (table.lines.length === 0)
    problems.stop('meter.no-rows', 'the file has a header, but no rows; export it again, or correct select');
  const order = decideDateOrder(table.starts, table.ends);
  const values = decideValues(table, typeof order === 'object' ? 'mdy' : order, meter, problems);
  const total = checkControlTotal(table, values, problems);
  problems.standAt(firstRow);
  if (typeof order === 'object') {
    const rows = [table.starts, table.ends].flatMap((column) => (column === undefined ? [] : firstOpenDate(column)));
    return problems.stop(order.code, order.message, { line: table.lines.at(Math.min(...rows, table.length - 1)) });
  }
  const naive = table.starts.offsetMs(0) === undefined;
  const known = {
    file: display,
    layout: table.layout,
    unit: values.unit,
    timezone: naive ? (context.zone?.name ?? null) : null,
    sumUnit: context.unit,
  };
  const settled: SettledFile = { file, table, values, order, context, options: meter, problems };
  if (values.register) {
    const { rows } = addCounts(counts, settled);
    problems.throwErrors();
    const inferred = describe(
      table,
      values,
      total,
      order,
      `${counted(rows, 'count')} of a meter: the energy is what lies between`,
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
    return { readings, facts, firstLine: firstRow, bills: undefined, ...whatWasFound(problems) };
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
  let bills: WrittenBills | undefined;
  if (kind === 'bills') {
    const facts = addBills(into, settled);
    bills = facts.written;
    when = `${counted(facts.rows, 'bill')}${describeEnds(bills)}`;
  } else {
    const given = meter.interval === undefined ? undefined : intervalMs(meter.interval);
    const facts = addIntervals(into, settled, given);
    cadenceMs = facts.cadenceMs;
    const local = naive ? `, local time of ${context.zone?.name ?? ''}` : '';
    when = `${counted(facts.rows, 'interval')} of ${describeLength(cadenceMs)}, stamped at their ${facts.stamp}${local}`;
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
  return { readings: into, facts, firstLine: firstRow, bills, ...whatWasFound(problems) };
}

function whatWasFound({ warnings, quarantined, records }: ProblemList) {
  return { warnings, left: quarantined, records };
}
