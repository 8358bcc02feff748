import { roundEnergy } from '../../domain/canonical.ts';
import type { Problem } from '../../domain/problem.ts';
import { dayMs } from '../time/cadence.ts';
import { type OrderedReadings, type Reading, Readings } from './readings.ts';

/** CalTRACK 2.2.3.4: estimated bills are combined with the next one read, up to 70 days. */
const longestCombinedDays = 70;

const isGuess = ({ quality }: Reading): boolean => quality === 'estimated' || quality === 'substituted';

function warn(file: string, line: number, message: string, data: NonNullable<Problem['data']>): Problem {
  return { severity: 'warning', code: 'meter.bill-estimated', message, file, line, data };
}

/** Where a bill stands, beside another: its line, with its file where that is another one. */
function describePlace(bill: Reading, beside: Reading, files: readonly string[]): string {
  return `${String(bill.line)}${bill.file === beside.file ? '' : ` of ${files[bill.file] ?? ''}`}`;
}

/** What is said of a run of estimated bills that becomes one with the bill `closing`: the guesses are made good there. */
function describeJoined(run: readonly Reading[], closing: Reading, files: readonly string[]): Problem {
  const first = run[0] ?? closing;
  const days = (closing.end - first.start) / dayMs;
  const places = run.map((bill) => describePlace(bill, first, files));
  const named = `${places.length === 1 ? 'the estimated bill on line' : 'the estimated bills on lines'} ${places.join(', ')}`;
  const long =
    days > longestCombinedDays
      ? `; ${String(days)} days are more than the ${String(longestCombinedDays)} that CalTRACK 2.2.3.4 allows: get the real reading`
      : '';
  const message = `${named} and the bill read after, on line ${describePlace(closing, first, files)}, become one of ${String(days)} days: an estimate is made good by the next reading${long}`;
  const bills = [...run, closing];
  const several = new Set(bills.map(({ file }) => file)).size > 1;
  return warn(files[first.file] ?? '', first.line, message, {
    lines: run.map(({ line }) => line),
    into: closing.line,
    days,
    ...(several ? { files: bills.map(({ file }) => files[file] ?? '') } : {}),
  });
}

function describeLeft(run: readonly Reading[], first: Reading, files: readonly string[]): Problem {
  const message = `${run.length === 1 ? 'this bill is' : `${String(run.length)} bills from here on are`} estimated, and no bill that was read follows on the day it ends: the estimate stands as it is; add the bill that comes after`;
  return warn(files[first.file] ?? '', first.line, message, { lines: run.map(({ line }) => line) });
}

/**
 * A meter's bills in order of time, each estimated one joined to the next that was read, in whichever file it is (contract
 * meter-files, "Billing"; CalTRACK 2.2.3.4). One without a bill right after it stays as it is, with a warning. Bills that
 * overlap another are left alone, and so are those of `counts`, files of a meter's counts, whose bills share a guess.
 */
export function joinEstimatedBills(
  bills: OrderedReadings,
  files: readonly string[],
  counts: ReadonlySet<number>,
): { readonly bills: OrderedReadings; readonly findings: readonly Problem[] } {
  if (bills.kind !== 'bills' || bills.measured) return { bills, findings: [] };
  const joined = new Readings('bills');
  const findings: Problem[] = [];
  let run: Reading[] = [];
  const leave = (): void => {
    const [first] = run;
    if (first !== undefined) findings.push(describeLeft(run, first, files));
    for (const bill of run) joined.push(bill);
    run = [];
  };
  for (let at = 0; at < bills.length; at += 1) {
    const bill = billAt(bills, at);
    const [first] = run;
    const last = run.at(-1);
    if (last !== undefined && last.end !== bill.start) leave();
    if (isGuess(bill) && !counts.has(bill.file)) run.push(bill);
    else if (run.length > 0 && first !== undefined) {
      findings.push(describeJoined(run, bill, files));
      const energy = roundEnergy(run.reduce((sum, guess) => sum + guess.energy, bill.energy));
      joined.push({ ...bill, start: first.start, energy });
      run = [];
    } else joined.push(bill);
  }
  leave();
  return { bills: joined.inOrder(undefined), findings };
}

function billAt(bills: OrderedReadings, at: number): Reading {
  return {
    start: bills.start(at),
    end: bills.end(at),
    energy: bills.energy(at),
    quality: bills.quality(at),
    file: bills.file(at),
    line: bills.line(at),
  };
}
