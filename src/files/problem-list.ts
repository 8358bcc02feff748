import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';

/** How many errors of one file are kept; the rest are counted. */
const keptErrors = 50;

/** Problems of one file: everything is counted, the first errors are kept, so that a million bad rows cost nothing. */
export class ProblemList {
  readonly #file: string;
  readonly #errors: Problem[] = [];
  readonly #warnings: Problem[] = [];
  #uncounted = 0;

  constructor(file: string) {
    this.#file = file;
  }

  error(code: string, message: string, more: Omit<Problem, 'severity' | 'code' | 'message' | 'file'> = {}): void {
    if (this.#errors.length < keptErrors) {
      this.#errors.push({ severity: 'error', code, message, file: this.#file, ...more });
    } else this.#uncounted += 1;
  }

  /** A fault of one row alone, which leaves the others readable. */
  badRow(code: string, message: string, more: Omit<Problem, 'severity' | 'code' | 'message' | 'file'>): void {
    this.error(code, message, more);
  }

  warning(code: string, message: string, more: Omit<Problem, 'severity' | 'code' | 'message' | 'file'> = {}): void {
    this.#warnings.push({ severity: 'warning', code, message, file: this.#file, ...more });
  }

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  /** Throws a `ProblemError` with the errors in the order of their lines, when there is one. */
  throwErrors(): void {
    const [first, ...rest] = this.#errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    if (first === undefined) return;
    if (this.#uncounted > 0) {
      rest.push({
        severity: 'error',
        code: 'file.more-problems',
        message: `${String(this.#uncounted)} more problems in this file are not shown; the first ${String(keptErrors)} are`,
        file: this.#file,
        data: { notShown: this.#uncounted },
      });
    }
    throw new ProblemError([first, ...rest]);
  }

  /** Records an error and throws with all that was found: nothing after it would make sense. */
  stop(code: string, message: string, more: Omit<Problem, 'severity' | 'code' | 'message' | 'file'> = {}): never {
    const problem: Problem = { severity: 'error', code, message, file: this.#file, ...more };
    throw new ProblemError([problem, ...this.#errors.slice(0, keptErrors - 1)]);
  }
}
