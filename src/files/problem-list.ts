import { ProblemError } from '../domain/errors.ts';
import { onOneLine, type Problem, type Severity } from '../domain/problem.ts';
import { keptErrors, notShown } from './kept-errors.ts';
import { RecordNumbers } from './record-numbers.ts';
import type { NumberColumn } from './series/packed-numbers.ts';

/** How many rows of one file may be left out; more are not single bad rows. */
const mostQuarantined = 10_000;

/** Where in its file a problem is, and what else is known of it. */
type More = Omit<Problem, 'severity' | 'code' | 'message' | 'file'>;

/** A row of a file that cannot be read, and why. */
export interface BadRow {
  /** 1-based physical line. */
  readonly line: number;
  readonly record?: number | undefined;
  readonly code: string;
  readonly message: string;
}

/** Problems of one file: everything is counted, the first errors are kept, so that a million bad rows cost nothing. */
export class ProblemList {
  readonly #file: string;
  readonly #errors: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #quarantines: boolean;
  readonly #quarantined = new Map<number, BadRow>();
  /** Errors that are not kept, by code. */
  readonly #notKept = new Map<string, number>();
  /** Filled by what reads the file, so that problems found later, by their line, have their record. */
  readonly records = new RecordNumbers();

  #line: number | undefined;

  /** With `quarantine` a bad row is no error: it is to be left out, and kept apart. */
  constructor(file: string, onBadRow: 'fail' | 'quarantine' = 'fail') {
    this.#file = file;
    this.#quarantines = onBadRow === 'quarantine';
  }

  /** Where what is said from now on stands, when it is said of no line by itself: the header, the first row. 1-based. */
  standAt(line: number | undefined): void {
    this.#line = line;
  }

  error(code: string, message: string, more: More = {}): void {
    if (this.#errors.length < keptErrors) {
      this.#errors.push(this.#toProblem('error', code, message, more));
    } else this.#notKept.set(code, (this.#notKept.get(code) ?? 0) + 1);
  }

  /** A fault of one row alone, which leaves the others readable. */
  badRow(code: string, message: string, more: More): void {
    const { line, record } = more;
    if (!this.#quarantines || line === undefined) {
      this.error(code, message, more);
      return;
    }
    // A row is bad once, whatever else is wrong with it.
    if (!this.#quarantined.has(line)) {
      this.#quarantined.set(line, {
        line,
        record: record ?? this.records.of(line),
        code,
        message: onOneLine(message),
      });
    }
    if (this.#quarantined.size > mostQuarantined) this.#stopMostlyBad(`more than ${String(mostQuarantined)}`);
  }

  /** Is there a row to be left out? */
  get leavesOutSome(): boolean {
    return this.#quarantined.size > 0;
  }

  /** Is this line's row to be left out? */
  leavesOut(line: number): boolean {
    return this.#quarantined.size > 0 && this.#quarantined.has(line);
  }

  /** The rows to be left out, by line. */
  get quarantined(): readonly BadRow[] {
    return [...this.#quarantined.values()].sort((a, b) => a.line - b.line);
  }

  /** Stops when more rows would be left out than stay: such a file is misread, not spoilt in places. */
  refuseMostlyBad(lines: NumberColumn): void {
    if (this.#quarantined.size === 0) return;
    let [kept, last] = [0, Number.NaN];
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines.at(at);
      if (line !== last && !this.#quarantined.has(line)) kept += 1;
      last = line;
    }
    if (this.#quarantined.size > kept) {
      this.#stopMostlyBad(`${String(this.#quarantined.size)} of ${String(this.#quarantined.size + kept)}`);
    }
  }

  #stopMostlyBad(count: string): never {
    const [first] = this.quarantined;
    const message = `${count} rows cannot be read, too many to be left out: the file is probably not what the meter's keys say; the first is line ${String(first?.line)}: ${first?.message ?? ''}`;
    return this.stop('meter.mostly-bad', message, first === undefined ? {} : { line: first.line });
  }

  /** Ends the file: stops where most of it is bad, else warns once of all rows that are left out. */
  endQuarantine(lines: NumberColumn): void {
    this.refuseMostlyBad(lines);
    const [first] = this.quarantined;
    if (first === undefined) return;
    const rows = this.#quarantined.size;
    const message = `${String(rows)} ${rows === 1 ? 'row is' : 'rows are'} left out (onBadRow: quarantine); the first is line ${String(first.line)}, ${first.code}: ${first.message}`;
    this.warning('meter.rows-quarantined', message, { line: first.line, data: { rows } });
  }

  warning(code: string, message: string, more: More = {}): void {
    this.#warnings.push(this.#toProblem('warning', code, message, more));
  }

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  /** Throws a `ProblemError` with the errors in the order of their lines, when there is one. */
  throwErrors(): void {
    const [first, ...rest] = this.#errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    if (first === undefined) return;
    if (this.#notKept.size > 0) {
      const count = [...this.#notKept.values()].reduce((sum, one) => sum + one, 0);
      const message = `${String(count)} more problems in this file are not shown; the first ${String(keptErrors)} are`;
      rest.push(notShown(this.#file, message, this.#notKept));
    }
    throw new ProblemError([first, ...rest]);
  }

  /** Records an error and throws with all that was found: nothing after it would make sense. */
  stop(code: string, message: string, more: More = {}): never {
    throw new ProblemError([this.#toProblem('error', code, message, more), ...this.#errors.slice(0, keptErrors - 1)]);
  }

  /** Messages quote cells, which may hold anything. */
  #toProblem(severity: Severity, code: string, message: string, more: More): Problem {
    const line = more.line ?? this.#line;
    const record = line === undefined ? undefined : this.records.of(line);
    const place = { ...(line === undefined ? {} : { line }), ...(record === undefined ? {} : { record }) };
    return { severity, code, message: onOneLine(message), file: this.#file, ...place, ...more };
  }
}
