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

/** Text that quotes a file, with its line breaks and other control characters written out (`\n`), so that it stays on one line. */
export function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (control) => {
    const known = new Map([
      ['\n', String.raw`\n`],
      ['\r', String.raw`\r`],
      ['\t', String.raw`\t`],
    ]).get(control);
    return known ?? String.raw`\u` + control.charCodeAt(0).toString(16).padStart(4, '0');
  });
}

/** The text form, on one line: `pipeline.yaml:41:17 error site.timezone-unknown  "US/Estern" is not ...`. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const record =
    problem.record === undefined || problem.record === problem.line ? '' : ` (record ${String(problem.record)})`;
  return onOneLine(`${place}${place && ' '}${problem.severity} ${problem.code}  ${problem.message}${record}`);
}
