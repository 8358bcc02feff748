import { formatProblem, type Problem } from '../domain/problem.ts';
import type { Terminal } from './terminal.ts';

/** The `--json` document of `check`; `run` and `plan` print it too when the input is wrong. */
export interface CheckDocument {
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly sites: number;
  readonly problems: readonly Problem[];
}

export function toCheckDocument(problems: readonly Problem[], sites: number): CheckDocument {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { ok: errors === 0, errors, warnings: problems.length - errors, sites, problems: inReadingOrder(problems) };
}

/** Prints every problem on a line of its own and the count, or the document. */
export function printCheck(document: CheckDocument, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  for (const problem of document.problems) terminal.stdout.write(`${formatProblem(problem)}\n`);
  const { sites, errors, warnings } = document;
  terminal.stdout.write(`${count(sites, 'site')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`);
}

/** `1 site`, `2 sites`. */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Files in the order they were met, and each from top to bottom. */
function inReadingOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = new Map<string | undefined, number>();
  for (const { file } of problems) if (!files.has(file)) files.set(file, files.size);
  return problems.toSorted(
    (a, b) =>
      (files.get(a.file) ?? 0) - (files.get(b.file) ?? 0) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
