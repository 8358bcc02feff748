import type { ReadingOptions } from '../../domain/site.ts';
import type { Columns } from './choose-columns.ts';
import { columnNamed } from './given-columns.ts';
import type { ProblemList } from '../problem-list.ts';

/** True for a row without content. */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');
/** True for a `#` comment and for a ruler of `====`. */
export const isRemark = (cells: readonly string[]): boolean =>
  (cells[0] ?? '').trimStart().startsWith('#') || cells.every((cell) => /^\s*(?:[=_*-]{3,})?\s*$/.test(cell));

/** The row that names the columns; no line where the manifest says that there is none. */
export interface Header {
  readonly cells: readonly string[];
  readonly line: number | undefined;
  readonly columns: Columns;
}

/** A test of a cell by what `select` says: the value itself, in which a `*` stands for any text. */
export function selection(value: string): (cell: string) => boolean {
  const wanted = value.trim();
  if (!wanted.includes('*')) return (cell) => cell.trim() === wanted;
  const parts = wanted.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`, 's');
  return (cell) => pattern.test(cell.trim());
}

/** The columns that `select` names, each with the test of its rows' cells. Stops where there is no such column. */
export function selectedColumns(
  header: Header,
  options: ReadingOptions,
  problems: ProblemList,
): readonly (readonly [column: number, fits: (cell: string) => boolean])[] {
  return Object.entries(options.select ?? {}).map(([name, value]) => {
    const column = columnNamed(header.cells, name);
    if (column !== undefined) return [column, selection(value)];
    const message = `select names the column "${name}", which the file does not have`;
    return problems.stop('meter.column-not-found', message, header.line === undefined ? {} : { line: header.line });
  });
}

/** What became of a row: a reading or a bad row (`read`), nothing (`skipped`), or it has no date and may be a footer. */
export type Taken = 'read' | 'skipped' | 'undated';
