import { formatDate, isWritableEnergy, roundEnergy } from '../../domain/canonical.ts';
import type { Zone } from '../../domain/zone.ts';
import { isPower, toKwh } from '../../domain/units.ts';
import { dayMs, minuteMs } from '../time/cadence.ts';
import { decideInclusive, type WrittenBills } from './bill-ends.ts';
import type { MeterTable } from './meter-table.ts';
import type { Readings } from './readings.ts';
import type { DateOrder } from '../time/stamp.ts';
import type { StampColumn } from '../time/stamp-column.ts';
import type { SettledFile } from './settled-file.ts';

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

/**
 * Appends a file's bills to `readings`, ends made exclusive; where the file does not say what its ends mean, as if they were
 * (`settleBillEnds` does the rest). Gives the bills as written, and how many rows have one.
 */
export function addBills(
  readings: Readings,
  { file, table, values, order, context, options, problems }: SettledFile,
): { readonly written: WrittenBills; readonly rows: number } {
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
  const inclusive = table.endsExclusive === true ? false : decideInclusive(dates, untils, lines, problems);
  const sign = options.sign === 'invert' ? -1 : 1;
  let rows = 0;
  for (const at of rowNumbers) {
    const number = values.numbers.at(at);
    if (Number.isNaN(number) || problems.leavesOut(lines.at(at))) continue;
    const energy = roundEnergy(sign * context.fromKwh(toKwh(number, values.unit, 0)));
    const [start, end, line] = [dates[at] ?? 0, (untils[at] ?? 0) + (inclusive === true ? dayMs : 0), lines.at(at)];
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
  return { written: { starts: dates, ends: untils, inclusive, line: lines.at(0) }, rows };
}
