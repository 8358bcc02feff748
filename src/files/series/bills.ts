import { formatDate, isWritableEnergy, roundEnergy } from '../../domain/canonical.ts';
import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import { isPower, toKwh } from '../../domain/units.ts';
import { dayMs, minuteMs } from '../time/cadence.ts';
import type { MeterTable } from './meter-table.ts';
import type { NumberColumn } from './packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import type { MeterContext, Readings } from './readings.ts';
import type { DateOrder } from '../time/stamp.ts';
import type { StampColumn } from '../time/stamp-column.ts';
import type { Values } from '../values/values.ts';

/** A row from its start to its end spans at least this: a bill, not an interval. */
const shortestBillMs = 2 * dayMs;

/** True when most rows span days: the file holds bills (contract meter-files, "Billing"). */
export function holdsBills(table: MeterTable, order: DateOrder): boolean {
  const { starts, ends } = table;
  if (ends === undefined || ends.length === 0) return false;
  let long = 0;
  for (let at = 0; at < ends.length; at += 1) {
    if (Math.abs(ends.wall(at, order) - starts.wall(at, order)) >= shortestBillMs - minuteMs) long += 1;
  }
  return 2 * long > ends.length;
}

/** The local date of a bill's stamp, as its midnight's wall time; a `Z` is turned into the zone's date first. */
function billDate(column: StampColumn, at: number, order: DateOrder, zone: Zone | undefined): number {
  const wall = column.wall(at, order);
  const local = column.isZulu(at) && zone !== undefined ? wall + zone.offsetMsAt(wall) : wall;
  return Math.floor(local / dayMs) * dayMs;
}

const isLastOfMonth = (date: number): boolean => new Date(date + dayMs).getUTCDate() === 1;

/**
 * Whether the written end is the bill's last day, or the first day after it. Consecutive bills show it: the next begins on
 * that day, or on the day after. Where they disagree, one must outnumber the other five to one.
 */
function decideInclusive(
  starts: readonly number[],
  ends: readonly number[],
  lines: NumberColumn,
  problems: ProblemList,
): boolean {
  const rows = [...starts.keys()].sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  let [shared, next] = [0, 0];
  const firstOf = new Map<number, number>();
  for (let at = 1; at < rows.length; at += 1) {
    const between = (starts[rows[at] ?? 0] ?? 0) - (ends[rows[at - 1] ?? 0] ?? 0);
    if (between === 0) shared += 1;
    if (between === dayMs) next += 1;
    if (!firstOf.has(between)) firstOf.set(between, lines.at(rows[at] ?? 0));
  }
  if (shared > 0 && shared >= 5 * next) return false;
  if (next > 0 && next >= 5 * shared) return true;
  if (shared > 0) {
    problems.stop(
      'meter.bill-ends-contradictory',
      `${String(shared)} bills end on the day the next begins, ${String(next)} on the day before; correct the dates so that all ends mean the same`,
      {
        line: firstOf.get(next > shared ? 0 : dayMs) ?? lines.at(0),
        data: { sameDay: shared, dayBefore: next },
      },
    );
  }
  if (ends.every(isLastOfMonth)) return true;
  if (starts.every((start, at) => new Date(start).getUTCDate() === new Date(ends[at] ?? 0).getUTCDate())) return false;
  return problems.stop(
    'meter.bill-end-ambiguous',
    'no two bills follow each other, so nothing says whether the end is the last day of a bill or the day after it; add the bill before or after',
  );
}

/** Appends a file's bills to `readings`, ends made exclusive. Gives what was found out about the ends. */
export function addBills(
  readings: Readings,
  file: number,
  table: MeterTable,
  values: Values,
  order: DateOrder,
  context: MeterContext,
  options: ReadingOptions,
  problems: ProblemList,
): { readonly inclusive: boolean; readonly rows: number } {
  const { starts, ends, lines } = table;
  if (isPower(values.unit)) {
    problems.stop(
      'meter.unit-contradictory',
      `bills cannot be in ${values.unit}, a power; set unit, or choose the column of energy with columns.value`,
    );
  }
  if (ends === undefined) throw new TypeError('bills without an end column are refused before this');
  const rowNumbers = Array.from({ length: table.length }, (_, at) => at);
  const dates = rowNumbers.map((at) => billDate(starts, at, order, context.zone));
  const untils = rowNumbers.map((at) => billDate(ends, at, order, context.zone));
  for (const [at, until] of untils.entries()) {
    if (until < (dates[at] ?? 0)) {
      problems.badRow(
        'meter.end-before-start',
        `this bill ends on ${formatDate(until)}, before it starts; correct it`,
        {
          line: lines.at(at),
        },
      );
    }
  }
  problems.throwErrors();
  const inclusive = table.endsExclusive !== true && decideInclusive(dates, untils, lines, problems);
  const sign = options.sign === 'invert' ? -1 : 1;
  let rows = 0;
  for (const at of rowNumbers) {
    const number = values.numbers.at(at);
    if (Number.isNaN(number) || problems.leavesOut(lines.at(at))) continue;
    const energy = roundEnergy(sign * context.fromKwh(toKwh(number, values.unit, 0)));
    const [start, end, line] = [dates[at] ?? 0, (untils[at] ?? 0) + (inclusive ? dayMs : 0), lines.at(at)];
    if (!isWritableEnergy(energy)) {
      problems.badRow(
        'meter.value-out-of-range',
        `${String(number)} ${values.unit} in one bill is no reading; correct it`,
        { line },
      );
      continue;
    }
    if (end <= start) {
      problems.badRow(
        'meter.end-before-start',
        `this bill ends on the day it starts, ${formatDate(start)}; correct it`,
        { line },
      );
      continue;
    }
    readings.push({ start, end, energy, quality: table.qualities.at(at), file, line });
    rows += 1;
  }
  return { inclusive, rows };
}
