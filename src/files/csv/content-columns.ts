import type { ReadingOptions } from '../../domain/site.ts';
import type { Columns, NoColumns } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { placeGiven } from './given-columns.ts';
import { isBareData, recogniseColumn } from './header-names.ts';
import { isBlank, isRemark } from './csv-header.ts';
import { readNumber } from '../values/number-cell.ts';
import { mostHold } from './most-cells.ts';
import { holdsDate, splitRange } from './stamp-forms.ts';
import { leastIntervals } from './unread-columns.ts';

/** Rows looked at to say what a column holds. */
const lookedAt = 60;

const isNumber = (cell: string): boolean => {
  const number = readNumber(cell);
  return number !== undefined && (!Number.isNaN(number.point) || !Number.isNaN(number.comma));
};

const saysWhen = (cell: string, { dateOrder }: ReadingOptions): boolean =>
  holdsDate(cell, dateOrder) || splitRange(cell, dateOrder)?.every((half) => holdsDate(half, dateOrder)) === true;

/** A column whose number never changes and is long is an id, not a reading. */
const isId = (cells: readonly string[]): boolean =>
  new Set(cells.map((cell) => cell.trim())).size === 1 && /^\d{5,}$/.test((cells[0] ?? '').trim());

/**
 * The columns of a table by what they hold, where names say nothing or are not there: one column of times (or two, start and
 * end), one of numbers. What the manifest says of the columns comes first. Undefined where there is no such table.
 */
export function chooseByContent(
  rows: readonly CsvRecord[],
  options: ReadingOptions,
):
  | {
      readonly columns: Columns;
      readonly header: CsvRecord | undefined;
      readonly from: number;
      readonly said: readonly string[];
    }
  | NoColumns
  | undefined {
  const dated = (row: CsvRecord | undefined): boolean =>
    row !== undefined &&
    row.cells.length >= 2 &&
    row.cells.some((cell) => saysWhen(cell, options)) &&
    row.cells.some((cell) => isNumber(cell));
  const from = rows.findIndex((row, at) => dated(row) && (dated(rows[at + 1]) || at === rows.length - 1));
  if (from === -1) return undefined;
  const data = rows.slice(from, from + lookedAt).filter((row) => dated(row));
  const width = data[0]?.cells.length ?? 0;
  const above = rows.slice(0, from).findLast((row) => !isBlank(row.cells) && !isRemark(row.cells));
  const header =
    options.header !== false && above?.cells.length === width && !above.cells.some((cell) => isNumber(cell))
      ? above
      : undefined;
  const named = Array.from({ length: width }, (_, at) => recogniseColumn(header?.cells[at] ?? ''));
  const cellsOf = (at: number): readonly string[] => data.map((row) => row.cells[at] ?? '');
  const most = (cells: readonly string[], test: (cell: string) => boolean): boolean => {
    const filled = cells.filter((cell) => cell.trim() !== '');
    return mostHold(filled, test);
  };
  const all = [...Array.from({ length: width }).keys()];
  const given = placeGiven(header?.cells ?? Array.from({ length: width }, () => ''), options);
  if ('code' in given) return { found: true, ...given };
  const stamps = [given.start, given.end].filter((at) => at !== undefined);
  const times = stamps.length > 0 ? stamps : all.filter((at) => most(cellsOf(at), (cell) => saysWhen(cell, options)));
  const clocks =
    given.time !== undefined
      ? [given.time]
      : stamps.length > 0
        ? []
        : all.filter((at) => !times.includes(at) && most(cellsOf(at), (cell) => /^\d{1,2}:\d{2}/.test(cell.trim())));
  const numbers = all.filter((at) => !times.includes(at) && most(cellsOf(at), isNumber) && !isId(cellsOf(at)));
  const useful = numbers.filter(
    (at) =>
      header === undefined ||
      named[at]?.role === 'value' ||
      ((named[at]?.role === undefined || isBareData(header.cells[at] ?? '')) &&
        !/[$€£]|cost|price/i.test(header.cells[at] ?? '')),
  );
  const byName = useful.filter((at) => named[at]?.role === 'value');
  const values = given.values.length > 0 ? given.values.slice(0, 1) : byName.length > 0 ? byName : useful;
  const label = (at: number): string => {
    const name = (header?.cells[at] ?? '').trim();
    return name === '' ? `column ${String(at + 1)}` : `"${name}"`;
  };
  const labels = (columns: readonly number[]): string => columns.map((at) => label(at)).join(' and ');
  const [start, end] = times;
  const [value] = values;
  if (start === undefined || value === undefined) return undefined;
  if (values.length >= leastIntervals) {
    const message = `the ${String(values.length)} columns from ${label(values[0] ?? 0)} to ${label(values.at(-1) ?? 0)} may be the intervals of a day, and their names say no times; set layout: wide to read them in their order from midnight, or columns.value to the number of the one that counts`;
    return { found: true, code: 'meter.value-ambiguous', message };
  }
  if (values.length > 1) {
    const message = `${labels(values)} hold numbers and may each be the values; set columns.value to the number of the one that counts`;
    return { found: true, code: 'meter.value-ambiguous', message };
  }
  if (times.length > 2 || clocks.length > 2 || (end !== undefined && clocks.length > 0)) {
    return {
      found: true,
      code: 'meter.time-ambiguous',
      message: `${labels([...times, ...clocks])} may each say when; set columns.start (and columns.end)`,
    };
  }
  const unit = named[value]?.unit;
  if (header === undefined && options.unit === undefined) {
    const message = `the file has no header; ${labels([start])} holds times and ${labels([value])} numbers: set unit, and header: false if that is so`;
    return { found: true, code: 'meter.header-not-found', message };
  }
  const said = header === undefined ? [] : ['columns told by what they hold'];
  const columns: Columns = {
    start,
    time: clocks[0],
    end,
    endTime: clocks[1],
    value,
    added: given.values.slice(1),
    unit: given.unit ?? all.find((at) => named[at]?.role === 'unit'),
    meter: given.meter ?? all.find((at) => named[at]?.role === 'meter'),
    quality: given.quality,
    stampSays: given.start === undefined && given.end !== undefined ? 'end' : undefined,
    unitInName: unit,
    refusedUnit: named[value]?.refusedUnit,
    register: named[value]?.register ?? false,
  };
  return { columns, header, from, said };
}
