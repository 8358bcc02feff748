import { ProblemError } from '../../domain/errors.ts';
import type { Quality } from '../../domain/meter-data.ts';
import type { Problem } from '../../domain/problem.ts';
import type { ReadingOptions } from '../../domain/site.ts';
import { dayMs, describeLength, hourMs } from '../time/cadence.ts';
import type { MeterContext } from '../series/readings.ts';
import { keptErrors, notShown } from '../kept-errors.ts';
import { Readings } from '../series/readings.ts';
import { cadenceOf, type Counts, describeCount, describeMoment, energyBetween } from './registers.ts';
import { resetShare } from './register-look.ts';
import { rolledOver } from './rollover.ts';

/** Counts this far apart become bills, not intervals. */
const shortestBillMs = 2 * dayMs;

type Finding = Omit<Problem, 'severity' | 'file' | 'line'>;

/** The counts in order of time, each moment once. Two different counts of one moment are an error. */
function orderCounts(counts: Counts, files: readonly string[]): { rows: readonly number[]; findings: Problem[] } {
  const sorted = [...counts.instants.keys()].sort(
    (a, b) => (counts.instants[a] ?? 0) - (counts.instants[b] ?? 0) || a - b,
  );
  const rows: number[] = [];
  const errors: Problem[] = [];
  let [dropped, firstDropped, differing] = [0, -1, 0];
  for (const at of sorted) {
    const last = rows.at(-1);
    if (last === undefined || counts.instants[last] !== counts.instants[at]) {
      rows.push(at);
      continue;
    }
    const [before, here] = [counts.kwh[last] ?? Number.NaN, counts.kwh[at] ?? Number.NaN];
    // A blank beside a count of the same moment says nothing against it.
    if (Number.isNaN(before)) rows[rows.length - 1] = at;
    else if (before === here) {
      dropped += 1;
      if (firstDropped === -1) firstDropped = at;
    } else if (!Number.isNaN(here)) {
      differing += 1;
      if (differing > keptErrors) continue;
      const message = `the meter stands at ${String(counts.written[at])} here and at ${describeCount(counts, last, files, at)} at the same moment: two meters in one file? Use select, or remove one`;
      errors.push(place(counts, at, files, 'error', { code: 'meter.duplicate-differs', message }));
    }
  }
  const [first, ...rest] = errors;
  if (first !== undefined) {
    const more = differing - errors.length;
    const message = `${String(more)} more moments have two different counts`;
    const code = 'meter.duplicate-differs';
    if (more > 0) rest.push(notShown(first.file ?? '', message, new Map([[code, more]])));
    throw new ProblemError([first, ...rest]);
  }
  const message = `${String(dropped)} rows repeat an earlier one with the same count; each is used once`;
  const finding = { code: 'meter.duplicate-dropped', message, data: { rows: dropped } };
  return { rows, findings: dropped === 0 ? [] : [place(counts, firstDropped, files, 'warning', finding)] };
}

function place(counts: Counts, at: number, files: readonly string[], severity: Problem['severity'], finding: Finding) {
  return { severity, ...finding, file: files[counts.files[at] ?? 0] ?? '', line: counts.lines[at] ?? 0 };
}

const countOfDay =
  'it begins again near zero each time, as a count of the day does, and says nothing of the time until then; export the energy of each interval, or a count that is never set back';
const noCount =
  'no count of a meter does; set values: interval if these are energies, and give a meter that also runs backwards as two counts, import and export';

/** Refuses what falls about as often as it rises: no meter is replaced every other hour. */
function refuseContrary(counts: Counts, read: readonly number[], files: readonly string[], direction: number): void {
  let [rises, falls, resets, firstFall] = [0, 0, 0, -1];
  for (let index = 1; index < read.length; index += 1) {
    const count = direction * (counts.kwh[read[index] ?? 0] ?? 0);
    const previous = direction * (counts.kwh[read[index - 1] ?? 0] ?? 0);
    const step = count - previous;
    if (step > 0) rises += 1;
    if (step < 0) falls += 1;
    if (step < 0 && count <= resetShare * previous) resets += 1;
    if (step < 0 && firstFall === -1) firstFall = index;
  }
  if (falls <= 2 || falls * 20 <= rises + falls) return;
  const [at, before] = [read[firstFall] ?? 0, read[firstFall - 1] ?? 0];
  const message = `the count falls in ${String(falls)} of ${String(rises + falls)} steps, first from ${describeCount(counts, before, files, at)} to ${describeCount(counts, at, files)}: ${resets === falls ? countOfDay : noCount}`;
  throw new ProblemError([place(counts, at, files, 'error', { code: 'meter.register-falls', message })]);
}

/** The size of the steps by which to judge what a rollover would make of a fall. */
function largestRise(counts: Counts, read: readonly number[], direction: number): number {
  let largest = 0;
  for (let index = 1; index < read.length; index += 1) {
    const step = direction * ((counts.written[read[index] ?? 0] ?? 0) - (counts.written[read[index - 1] ?? 0] ?? 0));
    largest = Math.max(largest, step);
  }
  return largest;
}

/**
 * The energy between consecutive counts, added to the readings of the meter's `others` files: bills where the counts are
 * days apart, else intervals. What a fall
 * and a gap became is said in the findings. Throws `ProblemError` where the counts are none.
 */
export function readingsOfCounts(
  counts: Counts,
  files: readonly string[],
  context: MeterContext,
  options: ReadingOptions,
  others: Readings | undefined,
): { readonly readings: Readings; readonly cadenceMs: number; readonly findings: readonly Problem[] } {
  const { rows, findings } = orderCounts(counts, files);
  const cadenceMs = cadenceOf(counts, rows) ?? 0;
  const kind = cadenceMs >= shortestBillMs ? 'bills' : 'intervals';
  const [first] = rows;
  if (others !== undefined && others.kind !== kind && first !== undefined) {
    const message = `these counts become ${kind}, the other files of the meter hold ${others.kind}; make them two meters`;
    throw new ProblemError([place(counts, first, files, 'error', { code: 'meter.kinds-mixed', message })]);
  }
  const readings = others ?? new Readings(kind);
  const read = rows.filter((at) => !Number.isNaN(counts.kwh[at]));
  // A count of export may be written below zero: it then falls all the way, and its differences stay below zero.
  const direction = read.every((at) => (counts.kwh[at] ?? 0) <= 0) ? -1 : 1;
  refuseContrary(counts, read, files, direction);
  const largest = largestRise(counts, read, direction);
  const blanksBefore = new Map<number, boolean>();
  for (const [index, at] of rows.entries()) blanksBefore.set(at, Number.isNaN(counts.kwh[rows[index - 1] ?? -1]));
  const gaps = { count: 0, ms: 0, first: -1, before: -1 };
  const stepMs = (index: number): number =>
    (counts.instants[read[index] ?? 0] ?? Number.NaN) - (counts.instants[read[index - 1] ?? 0] ?? Number.NaN);

  for (let index = 1; index < read.length; index += 1) {
    const [at, before] = [read[index] ?? 0, read[index - 1] ?? 0];
    const lengthMs = stepMs(index);
    // A day has up to 25 hours; a longer step among its like is another cadence, alone or over blank rows it is a gap.
    const slackMs = cadenceMs >= dayMs - hourMs ? hourMs : 0;
    const alone = stepMs(index - 1) !== lengthMs && stepMs(index + 1) !== lengthMs;
    const blank = blanksBefore.get(at) === true;
    if (lengthMs > cadenceMs + slackMs && (blank || (alone && kind === 'intervals'))) {
      if (gaps.count === 0) Object.assign(gaps, { first: at, before });
      gaps.count += 1;
      gaps.ms += lengthMs;
      continue;
    }
    let kwh = (counts.kwh[at] ?? 0) - (counts.kwh[before] ?? 0);
    if (direction * kwh < 0) {
      const [from, to] = [direction * (counts.written[before] ?? 0), direction * (counts.written[at] ?? 0)];
      const over = rolledOver(from, to, largest);
      const what = `the count falls from ${describeCount(counts, before, files, at)} to ${describeCount(counts, at, files)}`;
      if (over === undefined) {
        const message = `${what}: the meter was replaced or set back, and the energy from ${describeMoment(counts, before, kind)} to ${describeMoment(counts, at, kind)} is not known; that interval is missing`;
        findings.push(place(counts, at, files, 'warning', { code: 'meter.register-replaced', message }));
        continue;
      }
      const message = `${what}: it passed ${String(over)} and began again at zero; the energy between is ${String(Number((over - from + to).toPrecision(9)))} in its unit`;
      findings.push(place(counts, at, files, 'warning', { code: 'meter.register-rollover', message }));
      kwh += direction * over * unitOf(counts, before, at);
    }
    const moments = kind === 'bills' ? counts.dates : counts.instants;
    readings.push({
      start: moments[before] ?? 0,
      end: moments[at] ?? 0,
      energy: energyBetween(kwh, context, options),
      quality: worse(counts.qualities[before] ?? 'measured', counts.qualities[at] ?? 'measured'),
      file: counts.files[at] ?? 0,
      line: counts.lines[at] ?? 0,
    });
  }
  if (gaps.count > 0) {
    const from = describeMoment(counts, gaps.before, kind);
    const until = describeMoment(counts, gaps.first, kind);
    const message = `${String(gaps.count)} times the count was not read for longer than the usual ${describeLength(cadenceMs)}, ${describeLength(gaps.ms)} in all, first from ${from} to ${until}: the energy of such a time cannot be placed within it, and is missing`;
    const data = { gaps: gaps.count, missingMs: gaps.ms };
    findings.push(place(counts, gaps.first, files, 'warning', { code: 'meter.register-gap', message, data }));
  }
  return { readings, cadenceMs, findings };
}

/** A difference is no better than the worse of its two counts. */
function worse(a: Quality, b: Quality): Quality {
  const ranking = ['estimated', 'substituted', 'measured', 'validated'] as const;
  return ranking.find((quality) => quality === a || quality === b) ?? 'measured';
}

/** How many kWh one of the count's own unit is. */
function unitOf(counts: Counts, a: number, b: number): number {
  const at = (counts.written[a] ?? 0) === 0 ? b : a;
  return (counts.kwh[at] ?? 0) / (counts.written[at] ?? 1);
}
