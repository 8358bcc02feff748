import { formatInstant } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Span } from '../../domain/span.ts';
import { dayMs } from '../time/cadence.ts';
import type { DailyCoverage } from './daily-coverage.ts';
import { shownExamples, warn, type Series } from './series.ts';

/** Days with data that an event needs before it (wattcarbon contract, demand response). */
const neededDays = 28;

const shown = (events: readonly Span[]): readonly { readonly start: string; readonly end: string }[] =>
  events.slice(0, shownExamples).map(({ start, end }) => ({ start: formatInstant(start), end: formatInstant(end) }));

/** Events with fewer than 28 days of data before them, from which their baseline would be made. */
export function findShortEventBaselines(series: Series, coverage: DailyCoverage): readonly Problem[] {
  const { zone, subject } = series;
  const short: Span[] = [];
  let wall = coverage.firstWall;
  let days = 0;
  for (const event of subject.events) {
    const local = event.start + (zone?.offsetMsAt(event.start) ?? 0);
    const eventWall = Math.floor(local / dayMs) * dayMs;
    const last = Math.min(eventWall, coverage.firstWall + coverage.days * dayMs);
    for (; wall < last; wall += dayMs) if (coverage.hasData(wall)) days += 1;
    if (days < neededDays) short.push(event);
  }
  const [first] = short;
  if (first === undefined) return [];
  const message = `${String(short.length)} of ${String(subject.events.length)} events have less than ${String(neededDays)} days of data before them, the first is that of ${formatInstant(first.start)}: give earlier data (wattcarbon contract, demand response)`;
  return [warn(series, 0, 'events.baseline-short', message, { events: short.length, examples: shown(short) })];
}

/** Events of which some part has no reading: before the first, after the last, or in a gap. */
export function findUnmeasuredEvents(series: Series): readonly Problem[] {
  const { readings, subject } = series;
  const outside: Span[] = [];
  let at = 0;
  for (const event of subject.events) {
    while (at < readings.length && readings.end(at) <= event.start) at += 1;
    let reached = event.start;
    for (let row = at; row < readings.length && reached < event.end; row += 1) {
      if (readings.start(row) > reached) break;
      reached = Math.max(reached, readings.end(row));
    }
    if (reached < event.end) outside.push(event);
  }
  const [first] = outside;
  if (first === undefined) return [];
  const message = `${String(outside.length)} of ${String(subject.events.length)} events are not wholly inside the meter's data, the first is that of ${formatInstant(first.start)} to ${formatInstant(first.end)}: give data of that time, or correct the event (wattcarbon contract, demand response)`;
  return [warn(series, 0, 'events.outside-data', message, { events: outside.length, examples: shown(outside) })];
}

/** Bills cannot show what happened in an afternoon. */
export function findBillsForEvents(series: Series): readonly Problem[] {
  const message =
    'the events last hours and these are bills, which cannot show them: give the intervals of the meter (wattcarbon contract, demand response)';
  return [warn(series, 0, 'meter.bills-for-events', message, { bills: series.readings.length })];
}
