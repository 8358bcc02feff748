import type { Columns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { recogniseColumn } from './header-names.ts';
import { readStamp } from '../time/stamp.ts';

const isClock = (cell: string): boolean => {
  const stamp = readStamp(cell, undefined);
  return stamp?.timeMs !== undefined && stamp.date === undefined;
};

/** Columns of which the start turns out to hold the time of day alone, beside one of dates: `Datum;von;bis`. */
export function withDateColumn(header: readonly string[], columns: Columns, rows: readonly CsvRecord[]): Columns {
  const { start, end } = columns;
  if (columns.time !== undefined || columns.endTime !== undefined) return columns;
  const dates = [...header.keys()].filter(
    (at) => at !== start && at !== end && recogniseColumn(header[at] ?? '').role === 'date',
  );
  const [date] = dates;
  if (date === undefined || dates.length > 1) return columns;
  const hold = (column: number, test: (cell: string) => boolean): boolean => {
    const cells = rows.map((row) => row.cells[column] ?? '').filter((cell) => cell.trim() !== '');
    return cells.length > 0 && cells.filter(test).length * 10 >= cells.length * 9;
  };
  if (!hold(start, isClock) || (end !== undefined && !hold(end, isClock))) return columns;
  return { ...columns, start: date, time: start, end: undefined, endTime: end };
}

/** Columns of which start and end are the file's period, the same on every row, beside one of stamps: `Date de début;Date de fin;Horodate`. */
export function withStampColumn(header: readonly string[], columns: Columns, rows: readonly CsvRecord[]): Columns {
  const { start, end } = columns;
  const stamps = [...header.keys()].filter((at) => recogniseColumn(header[at] ?? '').role === 'stamp');
  const [stamp] = stamps;
  if (end === undefined || stamp === undefined || stamps.length > 1 || start === stamp) return columns;
  const different = (column: number): number => new Set(rows.map((row) => row.cells[column])).size;
  if (different(start) > 1 || different(end) > 1 || different(stamp) < 2) return columns;
  return { ...columns, start: stamp, time: undefined, end: undefined, endTime: undefined, stampSays: undefined };
}
