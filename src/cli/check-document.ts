import type { AcceptedFinding } from '../domain/findings.ts';
import type { Quarantined } from '../domain/meter-data.ts';
import { formatProblem, type Problem } from '../domain/problem.ts';
import type { Terminal } from './terminal.ts';

/** The `--json` document of `check`; `run` and `plan` print it too when the input is wrong. */
export interface CheckDocument {
  readonly ok: boolean;
  readonly errors: number;
  readonly warnings: number;
  readonly sites: number;
  readonly problems: readonly Problem[];
  /** Findings that the manifest accepts, which are no problems. */
  readonly accepted: readonly AcceptedFinding[];
  /** Rows that could not be read and would be left out (`onBadRow: quarantine`), and the files that have them. */
  readonly quarantined: Quarantined;
}

export function toCheckDocument(
  problems: readonly Problem[],
  sites: number,
  accepted: readonly AcceptedFinding[] = [],
  quarantined: Quarantined = { rows: 0, files: 0 },
): CheckDocument {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  return { ok: errors === 0, errors, warnings, sites, problems: inReadingOrder(problems), accepted, quarantined };
}

/** Prints every problem on a line of its own and the count, or the document. */
export function printCheck(document: CheckDocument, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.stdout.write(`${JSON.stringify(document)}\n`);
    return;
  }
  for (const problem of document.problems) terminal.stdout.write(`${formatProblem(problem)}\n`);
  terminal.stdout.write(formatAccepted(document.accepted));
  const { sites, errors, warnings, quarantined } = document;
  if (quarantined.rows > 0) {
    const place = `${count(quarantined.rows, 'row')} of ${count(quarantined.files, 'file')}`;
    terminal.stdout.write(`${place} would be left out (onBadRow: quarantine)\n`);
  }
  terminal.stdout.write(`${count(sites, 'site')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`);
}

/** A line for each accepted finding, so that what was taken on stays in sight. */
export function formatAccepted(accepted: readonly AcceptedFinding[]): string {
  return accepted
    .map(({ site, meter, code, reason, message }) => {
      const place = meter === undefined ? site : `${site} ${meter}`;
      return `${place}: accepted ${code}  ${message} (${reason})\n`;
    })
    .join('');
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
