import { openOutFile } from './out-file.ts';
import type { Terminal } from './terminal.ts';

export interface OutFlags {
  readonly out?: string;
}

/** Takes text, a piece at a time. */
export type Write = (text: string) => Promise<void>;

/** Lets `fill` write to stdout, or to the file `--out` names, which appears whole or not at all. Throws as `openOutFile` does. */
export async function writeOut<T>(
  { out }: OutFlags,
  terminal: Terminal,
  fill: (write: Write) => Promise<T>,
): Promise<T> {
  if (out !== undefined) return (await openOutFile(out, [], terminal)).write(fill);
  return fill(async (text) => {
    terminal.stdout.write(text);
    await terminal.stdout.drained();
  });
}

/** Writes one JSON document, on one line. */
export async function writeDocument(document: unknown, flags: OutFlags, terminal: Terminal): Promise<void> {
  await writeOut(flags, terminal, async (write) => write(`${JSON.stringify(document)}\n`));
}

/** An instant in the documents and tables: UTC, without milliseconds where there are none. */
export function showInstant(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** A row of CSV; undefined is an empty cell. */
export function toCsvRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map((cell) => quoteCell(String(cell ?? ''))).join(',')}\n`;
}

function quoteCell(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
