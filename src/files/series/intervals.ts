import { isWritableEnergy, roundEnergy } from '../../domain/canonical.ts';
import { isPower, toKwh } from '../../domain/units.ts';
import type { Zone } from '../../domain/zone.ts';
import { describeLength, hourMs } from '../time/cadence.ts';
import type { IntervalTimes } from '../time/interval-times.ts';
import { intervalTimes } from '../time/interval-times.ts';
import type { MeterTable } from './meter-table.ts';
import type { NumberColumn } from './packed-numbers.ts';
import { eachRun, PackedNumbers } from './packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import type { Readings } from './readings.ts';
import { areMillionths } from './tally.ts';
import type { DateOrder } from '../time/stamp.ts';
import type { Values } from '../values/values.ts';
import type { SettledFile } from './settled-file.ts';

/** What was found out about an interval file, for `check --explain`. */
export interface IntervalFacts {
  readonly cadenceMs: number;
  readonly stamp: 'start' | 'end';
  readonly rows: number;
}

/** Appends a file's intervals to `readings`, energies in the canonical unit. Bad rows become problems. */
export function addIntervals(
  readings: Readings,
  { file, table, values, order, context, options, problems }: SettledFile,
  givenMs: number | undefined,
): IntervalFacts {
  const times = intervalTimes(table, order, context.zone, options, givenMs, problems);
  const power = isPower(values.unit);
  const sign = options.sign === 'invert' ? -1 : 1;
  let rows = 0;
  const asWritten = values.unit === 'kWh' && sign === 1 && context.unit === 'kWh';
  if (asWritten && !problems.leavesOutSome && adoptAll(readings, file, table, values, times)) rows = table.length;
  for (let at = rows; at < table.length; at += 1) {
    const number = values.numbers.at(at);
    if (Number.isNaN(number)) continue;
    const [start, lengthMs, line] = [times.starts.at(at), times.lengths.at(at), table.lines.at(at)];
    if (problems.leavesOut(line)) continue;
    if (Number.isNaN(start) || Number.isNaN(lengthMs)) {
      if (context.zone !== undefined && table.starts.offsetMs(at) === undefined)
        reportMissingHour(table, at, order, context.zone, problems);
      continue;
    }
    const energy = roundEnergy(sign * context.fromKwh(toKwh(number, values.unit, lengthMs)));
    if (!isWritableEnergy(energy)) {
      problems.badRow(
        'meter.value-out-of-range',
        `${String(number)} ${values.unit} in one interval is no reading; correct it`,
        { line },
      );
      continue;
    }
    readings.pushPacked(start, lengthMs, energy, table.qualityNumbers.at(at), file, line);
    rows += 1;
  }
  reportCadence(table, times, times.cadenceMs, power && options.interval === undefined, problems);
  const [once] = times.once;
  if (once !== undefined) {
    problems.warning(
      'meter.dst-hour-once',
      `the clocks went back in this hour, and the file has it only once: it is taken as the first pass, the second is missing${adviceOnce(table, once, order, context.zone)}`,
      { line: table.lines.at(once) },
    );
  }
  return { cadenceMs: times.cadenceMs, stamp: times.stamp, rows };
}

/** Up to here a double holds millionths with room to spare, so that rounding to them cannot move one. */
const mostAdoptedKwh = 1e8;

/** Takes all rows as they are where there is nothing to convert, to round or to leave out: most files of clean exports. */
function adoptAll(
  readings: Readings,
  file: number,
  table: MeterTable,
  { numbers: energies }: Values,
  times: IntervalTimes,
): boolean {
  const { starts, lengths } = times;
  const { qualityNumbers: qualities, lines } = table;
  if (!(starts instanceof PackedNumbers && lengths instanceof PackedNumbers && energies instanceof PackedNumbers))
    return false;
  if (!isWhole(starts) || !isWhole(lengths)) return false;
  // Millionths of a kWh are what is written: rounding would change nothing.
  if (!areMillionths(energies.pieces(), mostAdoptedKwh)) return false;
  return readings.adopt({ starts, lengths, energies, qualities, lines }, file);
}

function isWhole(column: NumberColumn): boolean {
  let whole = true;
  eachRun(column, (first) => {
    whole &&= !Number.isNaN(first);
  });
  return whole;
}

function reportMissingHour(table: MeterTable, at: number, order: DateOrder, zone: Zone, problems: ProblemList): void {
  const line = table.lines.at(at);
  const wall = table.starts.wall(at, order);
  const text = table.skipped.get(at) ?? new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
  const what =
    zone.instantsOf(wall).length === 0 ? `"${text}"` : `the hour before "${text}", in which this interval begins,`;
  const fixed = fixedZone(zone.transitionNear(wall)?.beforeMs);
  const advice =
    fixed === undefined ? '' : `; if the meter stays on standard time all year, set timezone: ${fixed} on the meter`;
  const message = `${what} does not exist in ${zone.name}: the clocks went forward over it; check timezone and stamp, or remove the value${advice}`;
  problems.badRow('meter.time-nonexistent', message, { line });
}

/** Between spring's change and autumn's. */
const longestSummerMs = 300 * 24 * hourMs;

/** What else an hour that is not doubled may mean, where no spring of the file has shown which clock it keeps. */
function adviceOnce(table: MeterTable, at: number, order: DateOrder, zone: Zone | undefined): string {
  if (zone === undefined) return '';
  const wall = table.starts.wall(at, order);
  const first = Math.min(table.starts.wall(0, order), table.starts.wall(table.length - 1, order));
  const isSummer = first - (zone.instantsOf(first)[0] ?? Number.NaN) === zone.transitionNear(wall)?.beforeMs;
  const fixed = fixedZone(zone.transitionNear(wall)?.afterMs);
  if (fixed === undefined || !isSummer || wall - first > longestSummerMs) return '';
  return `; if the meter stays on standard time all year, every summer hour is an hour off: set timezone: ${fixed} on the meter`;
}

/** The zone that is always so far ahead of UTC; undefined where none is, since these have whole hours. */
function fixedZone(offsetMs = Number.NaN): string | undefined {
  const hours = offsetMs / hourMs;
  if (!Number.isInteger(hours)) return undefined;
  // The names of these zones have the sign reversed: Etc/GMT+6 is six hours behind UTC.
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours < 0 ? '+' : '-'}${String(Math.abs(hours))}`;
}

/** A change of cadence is worth a word; for power it is an error, since energy is power times a length that is in doubt. */
function reportCadence(
  table: MeterTable,
  { shorter, longer }: Pick<IntervalTimes, 'shorter' | 'longer'>,
  cadenceMs: number,
  power: boolean,
  problems: ProblemList,
): void {
  // Longer parts are told where they begin and end, with the findings: here only power is in doubt.
  const other = shorter ?? (power ? longer : undefined);
  if (other === undefined) return;
  const { line } = other;
  const rows = `${String(other.rows)} of ${String(table.length)} rows are ${shorter === undefined ? 'further apart' : 'closer together'} than the usual ${describeLength(cadenceMs)}`;
  if (power)
    problems.error(
      'meter.cadence-change',
      `${rows}, and power needs to know each row's length; give the rows an end, split the file, or set interval`,
      { line },
    );
  else
    problems.warning('meter.cadence-change', `${rows}; each is taken to last until the next`, {
      line,
      data: { rows: other.rows },
    });
}
