import type { SentReading } from './reading-likeness.ts';

/** A row of ours that an API complained of, and which of its cells, where its words tell. */
export interface RefusedRow {
  readonly row: SentReading;
  readonly cell: 'start' | 'energy' | undefined;
}

/**
 * Which row of a file a refusal speaks of. APIs count in three ways: physical lines with the header as the first, indexes
 * of rows from 0, and rows from 1. Of those it may be, the one whose cells the words quote is taken; else the first.
 */
export function findRefusedRow(said: string, rows: readonly SentReading[]): RefusedRow | undefined {
  const index = numberIn(said, /\brows?[.[](\d+)/i);
  const line = numberIn(said, /\bline[ .:]*(\d+)/i) ?? numberIn(said, /\b(?:file|csv|body)\.(\d+)\b/i);
  const nth = numberIn(said, /\brow[ #:]*(\d+)/i);
  const places = [index, line === undefined ? undefined : line - 2, nth === undefined ? undefined : nth - 1];
  const candidates = places.flatMap((at) => (at === undefined ? [] : (rows[at] ?? [])));
  const quoted = candidates.find((row) => cellOf(said, row) !== undefined);
  const row = quoted ?? candidates[0];
  return row === undefined ? undefined : { row, cell: cellOf(said, row) };
}

function cellOf(said: string, { startText, energyText }: SentReading): RefusedRow['cell'] {
  if (said.includes(startText) || said.includes(startText.slice(0, 16))) return 'start';
  const number = energyText.replaceAll(/[.+*?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\d.:-])${number}(?!\d|\.\d|[:-])`).test(said) ? 'energy' : undefined;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
