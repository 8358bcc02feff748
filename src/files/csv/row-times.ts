import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { NamedZones } from '../time/named-zones.ts';
import type { Columns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { findHalfDays } from './half-days.ts';
import { findMonths } from './months.ts';
import { mostHold } from './most-cells.ts';
import { findNamedOffset } from './named-offset.ts';
import { chooseClockForm, chooseForm, hasGluedEnds, splitRange } from './stamp-forms.ts';
import { findZoneCells } from './zone-cells.ts';

/** How the times of a file's rows are turned into what is read. */
export interface RowTimes {
  readonly header: readonly string[];
  readonly columns: Columns;
  /** Undefined where rows can be read as they are. */
  readonly adapt: ((row: CsvRecord) => CsvRecord) | undefined;
  /** True where the ends that rows get are the first moment after. */
  readonly endsExclusive: boolean;
  readonly zones: NamedZones | undefined;
  readonly said: readonly string[];
}

/** Changes the cells of one row. */
type Change = (cells: string[]) => void;

/** Finds out the forms of the time columns from the first rows, each step from the cells as the one before it leaves them. */
export function planTimes(
  header: readonly string[],
  columns: Columns,
  rows: readonly CsvRecord[],
  options: ReadingOptions,
  zone: Zone | undefined,
): RowTimes {
  const sample = rows.map((row) => [...row.cells]);
  const changes: Change[] = [];
  const said: string[] = [];
  const take = (change: Change, what: readonly string[]): void => {
    changes.push(change);
    said.push(...what);
    for (const cells of sample) change(cells);
  };
  const cellsOf = (column: number): readonly string[] => sample.map((cells) => cells[column] ?? '');
  const width = header.length;
  const adapt = (row: CsvRecord): CsvRecord => {
    const cells = [...row.cells];
    for (const change of changes) change(cells);
    return { ...row, cells };
  };

  const months = findMonths(header, columns, sample);
  if (months !== undefined) {
    take(months.change, [months.said]);
    const ended = { ...columns, start: months.start, end: width, stampSays: undefined };
    return {
      header: [...header, 'end of the month'],
      columns: ended,
      adapt,
      endsExclusive: true,
      zones: undefined,
      said,
    };
  }

  const halves = findHalfDays(header, columns, sample);
  if (halves !== undefined) take(halves.change, [halves.said]);

  const clocks = columns.time !== undefined;
  const rangeColumn = columns.time ?? columns.start;
  const filled = cellsOf(rangeColumn).filter((cell) => cell.trim() !== '');
  const gluedEnds = hasGluedEnds(filled);
  const ranged = (cell: string) => splitRange(cell, options.dateOrder, gluedEnds);
  const isRange =
    columns.end === undefined &&
    columns.endTime === undefined &&
    mostHold(filled, (cell) => ranged(cell) !== undefined);
  const ends = { end: clocks ? undefined : width, endTime: clocks ? width : undefined, stampSays: undefined };
  const stamps: Columns = isRange ? { ...columns, ...ends } : columns;
  if (isRange) {
    const split: Change = (cells) => {
      const parts = ranged(cells[rangeColumn] ?? '');
      while (cells.length < width) cells.push('');
      cells.length = width;
      cells.push(parts?.[1] ?? '');
      cells[rangeColumn] = parts?.[0] ?? cells[rangeColumn] ?? '';
    };
    take(split, ['both ends of the interval in one field']);
  }

  const { start, time, end, endTime } = stamps;
  const places = [start, time, end, endTime].filter((column) => column !== undefined);
  const zones = findZoneCells(header, places, sample, zone);
  if (zones !== undefined) take(zones.strip, []);

  for (const column of places) {
    const clock = clocks ? column === time || column === endTime : column === endTime && end !== undefined;
    const form = clock ? chooseClockForm(cellsOf(column)) : chooseForm(cellsOf(column), options.dateOrder);
    if (form === undefined) continue;
    const rewrite: Change = (cells) => {
      const cell = cells[column];
      if (cell !== undefined) cells[column] = form.rewrite(cell);
    };
    take(rewrite, said.includes(form.name) ? [] : [form.name]);
  }

  const offset = findNamedOffset(header, stamps, rows);
  if (offset !== undefined) take(offset.apply, [offset.said]);
  // Not tried on the sample: the names met there would count as the file's.
  if (zones !== undefined) changes.push(zones.apply);
  return {
    header: isRange ? [...header, `end of ${(header[rangeColumn] ?? '').trim()}`] : header,
    columns: stamps,
    adapt: changes.length === 0 ? undefined : adapt,
    endsExclusive: false,
    zones: zones?.named,
    said,
  };
}
