import { ProblemError } from '../../domain/errors.ts';
import type { Problem } from '../../domain/problem.ts';
import { dayMs } from '../time/cadence.ts';
import type { NumberColumn } from './packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import { Readings } from './readings.ts';

/** One file's bills as they are written, dates as wall midnights. */
export interface WrittenBills {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Is the end the last day of a bill? Undefined where the file alone does not say it. */
  readonly inclusive: boolean | undefined;
  /** 1-based line of the first bill. */
  readonly line: number;
}

const isLastOfMonth = (date: number): boolean => new Date(date + dayMs).getUTCDate() === 1;

/** How often a bill begins on the day the one before it ends, and how often on the day after; `looks` says behind which bills to look. */
function countNeighbours(starts: readonly number[], ends: readonly number[], looks: (at: number) => boolean) {
  const rows = [...starts.keys()].sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  const count = { shared: 0, next: 0, firstShared: -1, firstNext: -1 };
  for (const [at, row] of rows.entries()) {
    const before = rows[at - 1];
    if (before === undefined || !looks(before)) continue;
    const between = (starts[row] ?? 0) - (ends[before] ?? 0);
    if (between === 0 && (count.shared += 1) === 1) count.firstShared = row;
    if (between === dayMs && (count.next += 1) === 1) count.firstNext = row;
  }
  return count;
}

/** The meaning that outnumbers the other five to one; undefined where there is none. */
function meaningOf({ shared, next }: { readonly shared: number; readonly next: number }): boolean | undefined {
  if (shared > 0 && shared >= 5 * next) return false;
  if (next > 0 && next >= 5 * shared) return true;
  return undefined;
}

/**
 * Whether the written end is the bill's last day, or the first day after it. Consecutive bills show it: the next begins on
 * that day, or on the day after. Where they disagree, one must outnumber the other five to one. Undefined where no two bills
 * of the file follow each other, so that other files may say it.
 */
export function decideInclusive(
  starts: readonly number[],
  ends: readonly number[],
  lines: NumberColumn,
  problems: ProblemList,
): boolean | undefined {
  const count = countNeighbours(starts, ends, () => true);
  const { shared, next } = count;
  const meaning = meaningOf(count);
  if (meaning !== undefined) return meaning;
  if (shared > 0) {
    problems.stop(
      'meter.bill-ends-contradictory',
      `${String(shared)} bills end on the day the next begins, ${String(next)} on the day before; correct the dates so that all ends mean the same`,
      {
        line: lines.at(next > shared ? count.firstShared : count.firstNext),
        data: { sameDay: shared, dayBefore: next },
      },
    );
  }
  return undefined;
}

/** What the ends of bills mean that have no other after them: whole months, or from a day of the month to the same day. */
function meaningAlone({ starts, ends }: WrittenBills): boolean | undefined {
  if (ends.every(isLastOfMonth)) return true;
  const sameDay = starts.every((start, at) => new Date(start).getUTCDate() === new Date(ends[at] ?? 0).getUTCDate());
  return sameDay ? false : undefined;
}

/**
 * Settles the ends of bills whose file does not say what they mean, by the bills that follow them in the meter's other
 * files, else by their days of the month: `written` has the bills of each file, `files` its name. Gives the readings with
 * those ends made exclusive, and which of these files mean the last day. Throws `ProblemError` where nothing says it.
 */
export function settleBillEnds(
  readings: Readings,
  written: ReadonlyMap<number, WrittenBills>,
  files: readonly string[],
): { readonly readings: Readings; readonly meanings: ReadonlyMap<number, boolean> } {
  const open = [...written].filter(([, { inclusive }]) => inclusive === undefined);
  const starts = [...written.values()].flatMap((bills) => bills.starts);
  const ends = [...written.values()].flatMap((bills) => bills.ends);
  const isOpen = [...written.values()].flatMap((bills) => bills.starts.map(() => bills.inclusive === undefined));
  const shown = open.length === 0 ? undefined : meaningOf(countNeighbours(starts, ends, (at) => isOpen[at] === true));
  const meanings = new Map<number, boolean>();
  const problems: Problem[] = [];
  for (const [file, bills] of open) {
    const inclusive = shown ?? meaningAlone(bills);
    if (inclusive === undefined) problems.push(describeOpen(files[file] ?? '', bills.line));
    else meanings.set(file, inclusive);
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new ProblemError([first, ...others]);
  if (![...meanings.values()].includes(true)) return { readings, meanings };
  const settled = new Readings('bills');
  const bills = readings.inOrder(undefined);
  for (let at = 0; at < bills.length; at += 1) {
    const [file, start, energy] = [bills.file(at), bills.start(at), bills.energy(at)];
    const end = bills.end(at) + (meanings.get(file) === true ? dayMs : 0);
    settled.push({ start, end, energy, quality: bills.quality(at), file, line: bills.line(at) });
  }
  return { readings: settled, meanings };
}

function describeOpen(file: string, line: number): Problem {
  const message =
    'no two bills follow each other, so nothing says whether the end is the last day of a bill or the day after it; add the bill before or after';
  return { severity: 'error', code: 'meter.bill-end-ambiguous', message, file, line };
}
