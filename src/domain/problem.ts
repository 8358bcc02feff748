import type { Json } from './json.ts';

/** Errors stop something (see `docs/problems.md` for what); warnings only speak. */
export type Severity = 'error' | 'warning';

/** Where a problem is: a file as the operator wrote it, and 1-based line and column. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Bad input as data. `code` is dotted, stable and has an entry in `docs/problems.md`. */
export interface Problem extends Partial<Position> {
  readonly severity: Severity;
  readonly code: string;
  /** One sentence: the offending text, what is wrong, what to do. */
  readonly message: string;
  /** 1-based record number of a CSV, when it differs from what the line says. */
  readonly record?: number;
  readonly site?: string;
  readonly data?: Json;
}

/** The text form: `pipeline.yaml:41:17 error site.timezone-unknown  "US/Estern" is not ...`. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const record =
    problem.record === undefined || problem.record === problem.line ? '' : ` (record ${String(problem.record)})`;
  return `${place}${place && ' '}${problem.severity} ${problem.code}  ${problem.message}${record}`;
}
