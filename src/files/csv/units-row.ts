import type { ReadingOptions } from '../../domain/site.ts';
import { isRefusedUnit, unitNamed } from '../../domain/units.ts';
import { zoneLabelOf } from '../../domain/zone-labels.ts';
import { columnNamed } from './given-columns.ts';
import { isBlank, isRemark } from './csv-header.ts';
import type { CsvRecord } from './csv-records.ts';
import { readNumber } from '../values/number-cell.ts';
import { holdsDate } from './stamp-forms.ts';

/** Longer cells are prose. */
const longestCell = 30;

/** A row below the header that says in which unit each column is. */
export interface UnitsRow {
  /** Among the records, from 0. */
  readonly at: number;
  readonly line: number;
  /** The header's names, each with the unit below it: `Usage (kWh)`. */
  readonly names: readonly string[];
  /** The header's names, with zones alone: what columns are known by. */
  readonly cells: readonly string[];
}

const bare = (cell: string): string =>
  cell
    .replace(/[\u00a0\u202f]/g, ' ')
    .trim()
    .replace(/^[([](.*)[)\]]$/, '$1')
    .trim();
const isUnit = (cell: string): boolean => unitNamed(bare(cell)) !== undefined || isRefusedUnit(bare(cell));
const isNumber = (cell: string): boolean => {
  const number = readNumber(cell);
  return number !== undefined && (!Number.isNaN(number.point) || !Number.isNaN(number.comma));
};

/** The row of units right below the row `at`; undefined where there is none. */
export function findUnitsRow(rows: readonly CsvRecord[], at: number): UnitsRow | undefined {
  const header = rows[at]?.cells ?? [];
  const below = rows.findIndex((row, place) => place > at && !isBlank(row.cells) && !isRemark(row.cells));
  const row = rows[below];
  if (row === undefined || row.cells.length > header.length || !row.cells.some((cell) => isUnit(cell)))
    return undefined;
  const isText = (cell: string): boolean =>
    cell.length <= longestCell && !isNumber(cell) && !holdsDate(cell, undefined);
  if (!row.cells.every((cell) => isText(cell))) return undefined;
  const joined = (test: (cell: string) => boolean): readonly string[] =>
    header.map((name, column) => {
      const cell = row.cells[column] ?? '';
      return cell.trim() !== '' && test(cell) ? `${name.trim()} (${bare(cell)})`.trim() : name;
    });
  const isZone = (cell: string): boolean => zoneLabelOf(bare(cell)) !== undefined;
  return {
    at: below,
    line: row.line,
    names: joined((cell) => isUnit(cell) || isZone(cell)),
    cells: joined((cell) => isZone(cell)),
  };
}

/** The options with columns by number, as far as a header has their names. */
export function columnsByNumber(header: readonly string[], options: ReadingOptions): ReadingOptions {
  const numbered = (name: string | number): string | number => {
    const at = typeof name === 'string' ? columnNamed(header, name) : undefined;
    return at === undefined ? name : at + 1;
  };
  const { columns } = options;
  if (columns === undefined) return options;
  const entries = Object.entries(columns).map(([key, name]) => [
    key,
    name === undefined ? undefined : typeof name === 'object' ? name.map((one) => numbered(one)) : numbered(name),
  ]);
  return { ...options, columns: Object.fromEntries(entries) };
}
