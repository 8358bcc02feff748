import type { Columns } from './choose-columns.ts';
import { monthNamed } from './month-names.ts';
import { recogniseColumn } from './header-names.ts';

/** How a column of months becomes the first day of each month and of the next. */
export interface Months {
  readonly said: string;
  /** Column that holds the first day after `change`. */
  readonly start: number;
  /** Puts both days into the cells of one row: the second one behind the last. */
  readonly change: (cells: string[]) => void;
}

interface Month {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
}

const two = (number: number): string => String(number).padStart(2, '0');
const isMonth = (month: number): boolean => month >= 1 && month <= 12;

/** A month with its year: `2024-01`, `2024/1`, `01/2024`, `Jan 2024`, `January 2024`, `Jan-24`, `2024 Jan`; undefined for another cell. */
function readMonth(cell: string): Month | undefined {
  const text = cell.replace(/[\u00a0\u202f]/g, ' ').trim();
  const yearFirst = /^((?:19|20)\d{2})[-/. ](\d{1,2})$/.exec(text);
  const yearLast = /^(\d{1,2})[-/. ]((?:19|20)\d{2})$/.exec(text);
  const named =
    /^(\p{L}{3,})\.?,?[-/ ']*((?:19|20)?\d{2})$/u.exec(text) ?? /^((?:19|20)\d{2})[-/ ]*(\p{L}{3,})\.?$/u.exec(text);
  if (named !== null) {
    const [name, digits] = /^\d/.test(named[1] ?? '') ? [named[2], named[1]] : [named[1], named[2]];
    const month = monthNamed(name ?? '');
    return month === undefined ? undefined : { month, year: Number(digits) + ((digits ?? '').length === 2 ? 2000 : 0) };
  }
  const [year, month] = yearFirst === null ? [yearLast?.[2], yearLast?.[1]] : [yearFirst[1], yearFirst[2]];
  return year !== undefined && isMonth(Number(month)) ? { year: Number(year), month: Number(month) } : undefined;
}

/** The same without a year, beside a column of years: `1`, `Jan`. */
function readMonthAlone(cell: string, year: string): Month | undefined {
  if (!/^\s*(?:19|20)\d{2}\s*$/.test(year)) return undefined;
  const month = /^\s*\d{1,2}\s*$/.test(cell) ? Number(cell) : monthNamed(cell.trim().replace(/\.$/, ''));
  return month !== undefined && isMonth(month) ? { year: Number(year), month } : undefined;
}

/** The first day of a month, written in full, in a column of months: `2024-01-01`, `1/1/2024` with the day first or last in all rows. */
function readFirstDay(cell: string, dayAt: 0 | 1): Month | undefined {
  const iso = /^\s*((?:19|20)\d{2})[-/](\d{1,2})[-/]0?1(?:[T ]0?0:00(?::00)?)?\s*$/.exec(cell);
  if (iso !== null) return { year: Number(iso[1]), month: Number(iso[2]) };
  const found = /^\s*(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d{2})(?: 0?0:00(?::00)?)?\s*$/.exec(cell);
  if (found === null || Number(found[1 + dayAt]) !== 1) return undefined;
  return { year: Number(found[3]), month: Number(found[2 - dayAt]) };
}

/**
 * Two-digit numbers beside names of months are years where they stay the same within a year: `Jan-24`, `Feb-24`. Days of a
 * month would differ from row to row.
 */
function areYears(cells: readonly string[], months: readonly (Month | undefined)[]): boolean {
  if (cells.some((cell) => /\d{4}/.test(cell))) return true;
  const years = new Set(months.map((month) => month?.year));
  return years.size <= 1 + Math.ceil(months.length / 6);
}

/** Undefined unless every row has one month in place of a date, and no end. */
export function findMonths(
  header: readonly string[],
  columns: Columns,
  sample: readonly (readonly string[])[],
): Months | undefined {
  const { start, time, end, endTime } = columns;
  if (end !== undefined || endTime !== undefined || time !== undefined) return undefined;
  const rows = sample.filter((cells) => (cells[start] ?? '').trim() !== '');
  const years = header.findIndex((name) => /^\s*(?:year|jahr|année|annee|año|anno|jaar|år)\s*$/i.test(name));
  const named = recogniseColumn(header[start] ?? '').role === 'month';
  const readers: ((cells: readonly string[]) => Month | undefined)[] = [(cells) => readMonth(cells[start] ?? '')];
  if (years !== -1 && years !== start) readers.push((cells) => readMonthAlone(cells[start] ?? '', cells[years] ?? ''));
  if (named) {
    readers.push((cells) => readFirstDay(cells[start] ?? '', 1));
    readers.push((cells) => readFirstDay(cells[start] ?? '', 0));
  }
  const fits = (read: (cells: readonly string[]) => Month | undefined): boolean => {
    let others = 0;
    for (const cells of rows) {
      if (read(cells) === undefined) others += 1;
      // A total may stand below the months.
      if (others > 2) return false;
    }
    return others * 2 < rows.length;
  };
  const read = readers.find((one) => fits(one));
  if (read === undefined) return undefined;
  const cells = rows.map((row) => row[start] ?? '');
  if (
    read === readers[0] &&
    !areYears(
      cells,
      rows.map((row) => read(row)),
    )
  )
    return undefined;
  const width = header.length;
  const change = (row: string[]): void => {
    const month = read(row);
    while (row.length < width) row.push('');
    if (month === undefined) {
      row.push(row[start] ?? '');
      return;
    }
    row[start] = `${String(month.year)}-${two(month.month)}-01`;
    const [nextYear, nextMonth] = month.month === 12 ? [month.year + 1, 1] : [month.year, month.month + 1];
    row.push(`${String(nextYear)}-${two(nextMonth)}-01`);
  };
  return { said: 'a calendar month a row', start, change };
}
