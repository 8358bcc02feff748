import { readNumber } from '../values/number-cell.ts';
import type { Columns } from './choose-columns.ts';
import { saysTotal } from './control-total.ts';
import { recogniseColumn } from './header-names.ts';

/** So many columns of numbers beside a date are the intervals of a day. */
export const leastIntervals = 23;

const isNumber = (cell: string): boolean => {
  const number = readNumber(cell);
  return number !== undefined && (!Number.isNaN(number.point) || !Number.isNaN(number.comma));
};

/** The columns of numbers whose names are known for nothing else: no total, no money, no column of another kind. */
export function unnamedNumbers(header: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return [...header.keys()].filter((column) => {
    const name = header[column] ?? '';
    const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
    const isKnown = recogniseColumn(name).role !== undefined || saysTotal(name) || /[$€£]|cost|price/i.test(name);
    return !isKnown && cells.length > 0 && cells.every((cell) => isNumber(cell));
  });
}

/** Why a column of values beside many others may be the total of their day; undefined where there are not so many. */
export function findUnreadIntervals(
  header: readonly string[],
  { value, start }: Columns,
  rows: readonly (readonly string[])[],
): { readonly code: string; readonly message: string } | undefined {
  const others = unnamedNumbers(header, rows).filter((column) => column !== value && column !== start);
  if (others.length < leastIntervals) return undefined;
  const quoted = (column: number | undefined): string => JSON.stringify((header[column ?? 0] ?? '').trim());
  const message = `${quoted(value)} may be the total of its day, and the ${String(others.length)} columns from ${quoted(others[0])} to ${quoted(others.at(-1))} the day's intervals, whose names say no times; set layout: wide to read them in their order from midnight, or columns.value: ${quoted(value)} for that column alone`;
  return { code: 'meter.value-ambiguous', message };
}
