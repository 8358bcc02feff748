import { isRefusedUnit, unitNamed } from '../../domain/units.ts';
import type { Columns } from './choose-columns.ts';

/** A letter alone says too little: W is west, or the weekend, as often as watts. */
const isUnit = (cell: string): boolean =>
  cell.trim().length > 1 && (unitNamed(cell) !== undefined || isRefusedUnit(cell));

/**
 * The columns with that of units, where no name says which it is and the cells of just one column are nothing but units:
 * `Eining`, kWh on every row. `rows` are some of the file's, without its header.
 */
export function withUnitColumn(columns: Columns, rows: readonly (readonly string[])[]): Columns {
  if (columns.unit !== undefined || columns.unitInName !== undefined || columns.refusedUnit !== undefined)
    return columns;
  const width = Math.max(0, ...rows.map((row) => row.length));
  const found = [...Array.from({ length: width }).keys()].filter((at) => {
    const cells = rows.map((row) => row[at] ?? '').filter((cell) => cell.trim() !== '');
    return cells.length > 0 && cells.every((cell) => isUnit(cell));
  });
  return found.length === 1 ? { ...columns, unit: found[0] } : columns;
}
