import { formatDate } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { dayMs } from '../time/cadence.ts';
import { operationWall, shownExamples, showStart, startOfDay, warn, type DatedProblem, type Series } from './series.ts';

/** Days of a bill that takes part: CalTRACK 2.2.3.4 and 2.2.3.5; the longest monthly and two-monthly one. */
const [shortest, longestMonthly, longestTwoMonthly] = [25, 35, 70];

/** A year of bills on each side of operation is wanted (wattcarbon contract, "What onboarders get wrong"). */
const wantedMonthly = 12;

interface Bills {
  readonly twoMonthly: boolean;
  readonly wanted: number;
  daysOf(at: number): number;
  isUsable(at: number): boolean;
}

/** Bills are two-monthly where most of them are longer than a monthly one may be. */
function lookAtBills({ readings }: Series): Bills {
  const daysOf = (at: number): number => Math.round((readings.end(at) - readings.start(at)) / dayMs);
  let long = 0;
  for (let at = 0; at < readings.length; at += 1) if (daysOf(at) > longestMonthly) long += 1;
  const twoMonthly = 2 * long > readings.length;
  const longest = twoMonthly ? longestTwoMonthly : longestMonthly;
  return {
    twoMonthly,
    wanted: twoMonthly ? wantedMonthly / 2 : wantedMonthly,
    daysOf,
    isUsable: (at) => daysOf(at) >= shortest && daysOf(at) <= longest,
  };
}

/** Bills that are dropped from the analysis for their length (CalTRACK 2.2.3.4, 2.2.3.5). */
export function findOddBills(series: Series): readonly Problem[] {
  const { readings } = series;
  const bills = lookAtBills(series);
  const examples: number[] = [];
  let count = 0;
  for (let at = 0; at < readings.length; at += 1) {
    if (bills.isUsable(at)) continue;
    count += 1;
    if (examples.length < shownExamples) examples.push(at);
  }
  const [first] = examples;
  if (first === undefined) return [];
  const longest = bills.twoMonthly ? longestTwoMonthly : longestMonthly;
  const message = `${String(count)} of ${String(readings.length)} bills are shorter than ${String(shortest)} or longer than ${String(longest)} days and are left out of the analysis, the first, of ${String(bills.daysOf(first))} days, on ${showStart(series, first)} (CalTRACK 2.2.3.4, 2.2.3.5)`;
  const shown = examples.map((at) => ({
    start: showStart(series, at),
    days: bills.daysOf(at),
    line: readings.line(at),
  }));
  return [warn(series, first, 'meter.bill-length', message, { rows: count, examples: shown })];
}

/**
 * Bills on both sides of operation: a year of them before and after, none across it (wattcarbon contract). What is wanted
 * after operation is not missed before its time has come.
 */
export function findBillSides(series: Series): readonly DatedProblem[] {
  const { readings, zone, subject } = series;
  const operation = operationWall(series);
  if (operation === undefined || readings.length === 0) return [];
  const bills = lookAtBills(series);
  const date = subject.operationDate ?? formatDate(operation);
  const found: DatedProblem[] = [];
  const sides = { before: 0, after: 0, usableBefore: 0, usableAfter: 0 };
  for (let at = 0; at < readings.length; at += 1) {
    const usable = bills.isUsable(at) ? 1 : 0;
    if (readings.end(at) <= operation) {
      sides.before += 1;
      sides.usableBefore += usable;
    } else if (readings.start(at) >= operation) {
      sides.after += 1;
      sides.usableAfter += usable;
    } else {
      const message = `the bill from ${formatDate(readings.start(at))} to ${formatDate(readings.end(at))} spans ${date}, when operation began, and belongs to neither side: leave it out (wattcarbon contract, bills)`;
      found.push(warn(series, at, 'meter.bill-straddles', message, { operationDate: date }));
    }
  }
  const dueAt = (days: number): number => startOfDay(zone, operation + days * dayMs);
  if (sides.before === 0 || sides.after === 0) {
    const side = sides.before === 0 ? 'before' : 'after';
    const message = `no bill lies ${side} operation began on ${date}: is commencedOperationDate right? It parts the baseline from what is measured (wattcarbon contract)`;
    const problem = warn(series, 0, 'meter.bills-one-sided', message, { operationDate: date, ...sides });
    found.push(side === 'before' ? problem : { ...problem, holds: { from: dueAt(2 * longestTwoMonthly) } });
  }
  const wanted = `${String(bills.wanted)} are wanted (${bills.twoMonthly ? 'two-monthly' : 'monthly'} bills of a year; wattcarbon contract)`;
  const data = { operationDate: date, wanted: bills.wanted };
  if (sides.before > 0 && sides.usableBefore < bills.wanted) {
    const message = `${String(sides.usableBefore)} bills of usable length lie before operation began on ${date}; ${wanted}`;
    found.push(warn(series, 0, 'meter.bills-before', message, { ...data, bills: sides.usableBefore }));
  }
  if (sides.after > 0 && sides.usableAfter < bills.wanted) {
    const message = `${String(sides.usableAfter)} bills of usable length lie after operation began on ${date}; ${wanted}`;
    const problem = warn(series, 0, 'meter.bills-after', message, { ...data, bills: sides.usableAfter });
    found.push({ ...problem, holds: { from: dueAt(365 + longestTwoMonthly) } });
  }
  return found;
}
