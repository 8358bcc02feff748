import type { Columns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { recogniseColumn } from './header-names.ts';
import { mostHold } from './most-cells.ts';
import { splitRange } from './stamp-forms.ts';
import { readStamp } from '../time/stamp.ts';

const isClock = (cell: string): boolean => {
  const stamp = readStamp(cell, undefined);
  return stamp?.timeMs !== undefined && stamp.date === undefined;
};

const holdsClock = (cell: string): boolean =>
  isClock(cell) || splitRange(cell, undefined)?.every((half) => isClock(half)) === true;

const filledCells = (rows: readonly CsvRecord[], column: number): readonly string[] =>
  rows.map((row) => (row.cells[column] ?? '').trim()).filter((cell) => cell !== '');

/** Columns of which the start turns out to hold the time of day alone, beside one of dates: `Datum;von;bis`. */
export function withDateColumn(header: readonly string[], columns: Columns, rows: readonly CsvRecord[]): Columns {
  const { start, end } = columns;
  if (columns.time !== undefined || columns.endTime !== undefined) return columns;
  const dates = [...header.keys()].filter(
    (at) => at !== start && at !== end && recogniseColumn(header[at] ?? '').role === 'date',
  );
  const [date] = dates;
  if (date === undefined || dates.length > 1) return columns;
  const ends = end === undefined ? [start] : [start, end];
  if (!ends.every((column) => mostHold(filledCells(rows, column), isClock))) return columns;
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

/** Columns with that of the time of day, where its name says nothing and the dates beside it come again row by row: `Data;Godzina`. */
export function withClockColumn(header: readonly string[], columns: Columns, rows: readonly CsvRecord[]): Columns {
  const { start, time, end, endTime } = columns;
  if (time !== undefined || end !== undefined || endTime !== undefined) return columns;
  const dates = filledCells(rows, start);
  const areDates = dates.every((cell) => readStamp(cell, undefined)?.timeMs === undefined);
  if (!areDates || new Set(dates).size * 3 > dates.length) return columns;
  const clocks = [...header.keys()].filter(
    (at) =>
      at !== start &&
      recogniseColumn(header[at] ?? '').role === undefined &&
      mostHold(filledCells(rows, at), holdsClock),
  );
  return clocks.length === 1 ? { ...columns, time: clocks[0] } : columns;
}
