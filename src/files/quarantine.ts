import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WattliftError } from '../domain/errors.ts';
import { type OpenText, openText } from './open-text.ts';
import type { BadRow } from './problem-list.ts';

/** A row that was left out: where it stands, by the meter's files in their order, and why. */
export interface QuarantinedRow extends BadRow {
  /** Index into the meter's files. */
  readonly file: number;
}

/** A meter's file as it is opened and as it is shown. */
export interface QuarantinedFile {
  readonly path: string;
  readonly shown: string;
  readonly encoding: string | undefined;
}

/** A record may go over lines inside quotes; no more than these are copied. */
const mostLines = 20;

/** Where a meter's rows are kept. Names that do not fit a file, or could mean another meter, carry a hash. */
export function quarantinePath(folder: string, site: string, meter: string): string {
  const plain = /^[\w.-]+$/.test(site) && /^[\w.]+$/.test(meter);
  const hash = createHash('sha256')
    .update(JSON.stringify([site, meter]))
    .digest('hex')
    .slice(0, 8);
  const name = `${site}-${meter}`.replaceAll(/[^\w.-]/g, '_').slice(0, 150);
  return join(folder, plain ? `${name}.csv` : `${name}-${hash}.csv`);
}

/** Is there a file of this meter's rows? */
export async function isQuarantined(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Writes the rows that were left out of a meter, as they stand in its files, and removes the file where there are none any
 * more. The same rows give the same bytes; it appears whole or not at all. Throws `WattliftError` `quarantine.unwritable`,
 * and what opening the meter's files throws.
 */
export async function writeQuarantine(
  path: string,
  rows: readonly QuarantinedRow[],
  files: readonly QuarantinedFile[],
): Promise<void> {
  const lines = ['file,line,record,code,why,row'];
  for (const [at, file] of files.entries()) {
    const here = rows.filter((row) => row.file === at);
    if (here.length === 0) continue;
    const raw = await readLines(file, new Set(here.map(({ line }) => line)));
    for (const { line, record, code, message } of here) {
      lines.push([file.shown, line, record ?? '', code, message, raw.get(line) ?? ''].map(toCell).join(','));
    }
  }
  const aside = `${path}.part`;
  try {
    if (rows.length === 0) {
      await rm(path, { force: true });
      return;
    }
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(aside, `${lines.join('\n')}\n`);
    await rename(aside, path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new WattliftError(
      'quarantine.unwritable',
      `the rows left out cannot be written to ${path} (${why}); make room there or give this user the right to write, and run again`,
      { cause: error },
    );
  }
}

const toCell = (value: string | number): string =>
  /[",\n\r]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

/** The physical lines with these numbers, each with those after it that its quotes reach over. */
async function readLines(file: QuarantinedFile, wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const text = await openText(file.path, file.shown, file.encoding);
  try {
    return await linesOf(text, wanted);
  } finally {
    await text.close();
  }
}

async function linesOf(text: OpenText, wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const last = Math.max(...wanted);
  let [number, rest] = [1, ''];
  let open: { line: number; lines: string[] } | undefined;
  const take = (line: string): void => {
    if (open === undefined && wanted.has(number)) open = { line: number, lines: [] };
    if (open !== undefined) {
      open.lines.push(line);
      const whole = open.lines.join('\n');
      if (whole.split('"').length % 2 === 1 || open.lines.length >= mostLines) {
        found.set(open.line, whole);
        open = undefined;
      }
    }
    number += 1;
  };
  const lineEnd = text.head.includes('\n') ? /\r?\n/ : /\r/;
  for await (const piece of text.chunks()) {
    const lines = (rest + piece).split(lineEnd);
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (number > last + mostLines && open === undefined) break;
  }
  if (rest !== '') take(rest.replace(/\r$/, ''));
  if (open !== undefined) found.set(open.line, open.lines.join('\n'));
  return found;
}
