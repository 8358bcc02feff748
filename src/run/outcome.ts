import {
  AccessError,
  ApiError,
  InterruptedError,
  ProblemError,
  UncertainError,
  WattliftError,
} from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Slot } from '../ledger/ledger.ts';

/** How one item of work ended. `access` marks a refusal of permission, which decides the exit code. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly access: boolean;
      /** Nobody was there to be asked: it is left to the next run. */
      readonly away?: true;
      /** What is there all the same, where that is not what was there before. */
      readonly there?: unknown;
    }
  | {
      readonly kind: 'uncertain';
      readonly code: string;
      readonly message: string;
      /** Whose creation a person is to settle, where it is another's. */
      readonly waitsFor?: Slot;
    };

/**
 * Expected trouble as an outcome. Lets through what must stop the run: refused credentials (unless they are one account's of several), an interruption,
 * and anything this program did not throw on purpose.
 */
export function toFailure(error: unknown): Exclude<Outcome, { readonly kind: 'done' }> {
  const isOnlyOurs = error instanceof AccessError && error.account !== undefined;
  if (error instanceof InterruptedError || !(error instanceof WattliftError)) throw error;
  if (error instanceof AccessError && !isOnlyOurs) throw error;
  if (error instanceof UncertainError) return { kind: 'uncertain', code: error.code, message: error.message };
  return {
    kind: 'failed',
    code: error.code,
    message: error instanceof ProblemError ? describeProblems(error) : error.message,
    access: isOnlyOurs || (error instanceof ApiError && error.details.kind === 'forbidden'),
    ...(error instanceof ApiError && error.details.kind === 'away' && { away: true }),
  };
}

function describeProblems({ problems: [first, ...others] }: ProblemError): string {
  const more = others.length > 0 ? ` (and ${String(others.length)} more; see wattlift check)` : '';
  return `${first ? describeProblem(first) : ''}${more}`;
}

/** A problem as one line of a failure: where, and what. */
export function describeProblem({ file, line, column, message }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${place}${place && ' '}${message}`;
}
