import type { Problem } from '../domain/problem.ts';

/** How many errors of one file, and of all files of a meter together, are kept; the rest are counted. */
export const keptErrors = 50;

/** The code of the problem that counts the errors which are not kept. */
const moreProblems = 'file.more-problems';

/** The `data` of that problem. */
type NotShown = {
  readonly notShown: number;
  /** The same by code, in the order they were met. */
  readonly codes: { readonly [code: string]: number };
};

/** What is said of errors that are counted and not kept. */
function notShownData(counts: ReadonlyMap<string, number>): NotShown {
  return { notShown: [...counts.values()].reduce((sum, count) => sum + count, 0), codes: Object.fromEntries(counts) };
}

/** The problem that says what is not shown of a file; `counts` has it by code. */
export function notShown(file: string, message: string, counts: ReadonlyMap<string, number>): Problem {
  return { severity: 'error', code: moreProblems, message, file, data: notShownData(counts) };
}

/** The counts that a problem holds which says what is not shown; undefined for another problem. */
function countsIn({ code, data }: Problem): readonly (readonly [string, number])[] | undefined {
  if (code !== moreProblems || data === null || typeof data !== 'object' || !('codes' in data)) return undefined;
  return Object.entries(data.codes ?? {}).flatMap(([of, count]) => (typeof count === 'number' ? [[of, count]] : []));
}

/**
 * The errors of a meter's bad files, each with its errors in order, in as many as are kept of one file: of every file the
 * first, then the second ... The rest is counted by code, so that a year of daily exports does not fill a screen 365 times.
 */
export function keepErrors(files: readonly (readonly Problem[])[]): readonly Problem[] {
  const [only] = files;
  if (only !== undefined && files.length === 1) return only;
  const counts = new Map<string, number>();
  const leaveOut = (code: string, count: number): void => {
    counts.set(code, (counts.get(code) ?? 0) + count);
  };
  const shown = files.map((problems) => problems.filter((problem) => countsIn(problem) === undefined));
  const most = evenly(
    shown.map(({ length }) => length),
    keptErrors,
  );
  let partly = 0;
  for (const [at, problems] of files.entries()) {
    const left = (shown[at] ?? []).slice(most[at] ?? 0);
    for (const { code } of left) leaveOut(code, 1);
    const uncounted = problems.flatMap((problem) => countsIn(problem) ?? []);
    for (const [code, count] of uncounted) leaveOut(code, count);
    if (left.length > 0 || uncounted.length > 0) partly += 1;
  }
  const kept = shown.flatMap((problems, at) => problems.slice(0, most[at] ?? 0));
  if (counts.size === 0) return kept;
  const data = { ...notShownData(counts), files: partly };
  const codes = Object.entries(data.codes).map(([code, count]) => `${String(count)} ${code}`);
  const message = `${String(data.notShown)} more problems in ${String(partly)} files of this meter are not shown (${codes.join(', ')}); ${String(kept.length)} are, of ${String(files.length)} bad files`;
  const file = files.find((_, at) => (shown[at]?.length ?? 0) > (most[at] ?? 0))?.[0]?.file;
  return [...kept, { severity: 'error', code: moreProblems, message, ...(file === undefined ? {} : { file }), data }];
}

/** Shares out `most` among those that have something to give, one each in turn. */
function evenly(lengths: readonly number[], most: number): readonly number[] {
  const shares = lengths.map(() => 0);
  let left = most;
  while (left > 0) {
    const before = left;
    for (const [at, length] of lengths.entries()) {
      if (left === 0 || (shares[at] ?? 0) >= length) continue;
      shares[at] = (shares[at] ?? 0) + 1;
      left -= 1;
    }
    if (left === before) break;
  }
  return shares;
}
