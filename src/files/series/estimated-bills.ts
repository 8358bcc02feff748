import { roundEnergy } from '../../domain/canonical.ts';
import type { Quality } from '../../domain/meter-data.ts';
import { dayMs } from '../time/cadence.ts';
import type { ProblemList } from '../problem-list.ts';

/** CalTRACK 2.2.3.4: estimated bills are combined with the next one read, up to 70 days. */
const longestCombinedDays = 70;

/** A bill, its dates as wall midnights, the end exclusive; energy in the canonical unit. */
export interface Bill {
  readonly start: number;
  readonly end: number;
  readonly energy: number;
  readonly quality: Quality;
  readonly line: number;
}

const isGuess = (bill: Bill): boolean => bill.quality === 'estimated' || bill.quality === 'substituted';

/** Combines a run of estimated bills with the bill that was read after it: the guesses are made good there. */
function combine(run: readonly Bill[], closing: Bill, problems: ProblemList): Bill {
  const start = run[0]?.start ?? closing.start;
  const energy = roundEnergy(run.reduce((sum, bill) => sum + bill.energy, closing.energy));
  const days = (closing.end - start) / dayMs;
  const lines = run.map((bill) => bill.line);
  const named = `${lines.length === 1 ? 'the estimated bill on line' : 'the estimated bills on lines'} ${lines.join(', ')}`;
  const long =
    days > longestCombinedDays
      ? `; ${String(days)} days are more than the ${String(longestCombinedDays)} that CalTRACK 2.2.3.4 allows: get the real reading`
      : '';
  problems.warning(
    'meter.bill-estimated',
    `${named} and the bill read after, on line ${String(closing.line)}, become one of ${String(days)} days: an estimate is made good by the next reading${long}`,
    { line: lines[0] ?? closing.line, data: { lines, into: closing.line, days } },
  );
  return { ...closing, start, energy };
}

/**
 * The bills by date, each estimated one joined to the next that was read (contract meter-files, "Billing"; CalTRACK
 * 2.2.3.4). One without a bill right after it stays as it is, with a warning. Bills overlapping another are left alone.
 */
export function joinEstimatedBills(bills: readonly Bill[], problems: ProblemList): readonly Bill[] {
  if (!bills.some(isGuess)) return bills;
  const joined: Bill[] = [];
  let run: Bill[] = [];
  const leave = (): void => {
    const [first] = run;
    if (first !== undefined) {
      const message = `${run.length === 1 ? 'this bill is' : `${String(run.length)} bills from here on are`} estimated, and no bill that was read follows on the day it ends: the estimate stands as it is; add the bill that comes after`;
      problems.warning('meter.bill-estimated', message, {
        line: first.line,
        data: { lines: run.map((bill) => bill.line) },
      });
    }
    joined.push(...run);
    run = [];
  };
  for (const bill of bills.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = run.at(-1);
    if (last !== undefined && last.end !== bill.start) leave();
    if (isGuess(bill)) run.push(bill);
    else if (run.length > 0) {
      joined.push(combine(run, bill, problems));
      run = [];
    } else joined.push(bill);
  }
  leave();
  return joined;
}
