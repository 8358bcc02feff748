import type { Quality } from '../../domain/meter-data.ts';
import type { Header, Taken } from './csv-header.ts';
import { isBlank, isRemark, selectedColumns } from './csv-header.ts';
import type { CsvRecord } from './csv-records.ts';
import { isUndated } from './footer.ts';
import { readDayNumber } from '../time/day-number.ts';
import { TableBuilder } from '../series/meter-table.ts';
import { readNumber } from '../values/number-cell.ts';
import { readQuality } from '../values/quality-cell.ts';
import { readStamp, wallOfDate, type WrittenDate, type WrittenStamp } from '../time/stamp.ts';
import type { Source } from './source.ts';

const quoted = (cell: string | undefined): string => {
  const text = (cell ?? '').trim();
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
};

/** Clocks go forward in the small hours: only there a time can be missing, and only there it is looked for. */
const skippedBeforeMs = 4 * 3_600_000;

/** Collects the rows below a header. One object a file: it is state, not a service. */
export class Rows {
  readonly table = new TableBuilder();
  readonly #meters = new Set<string>();
  readonly #unknownQualities = new Set<string>();
  readonly #header: Header;
  readonly #source: Source;
  readonly #selected: ReturnType<typeof selectedColumns>;
  /** How many cells a row must have. */
  readonly #least: number;
  /** Of the row at hand: whether it may be a footer, and whether it turned out to hold no date. */
  #mayBeFooter = false;
  #undated = false;

  constructor(header: Header, source: Source) {
    this.#header = header;
    this.#source = source;
    const { start, time = 0, end = 0, endTime = 0, value, added } = header.columns;
    this.#least = Math.max(start, time, end, endTime, value, ...added) + 1;
    this.#selected = selectedColumns(header, source.options, source.problems);
  }

  /**
   * Takes a row. One without a date, which may be a footer, is left to the caller (`undated`) unless it is `last` said of it:
   * then it is a bad row.
   */
  add(row: CsvRecord, last = false): Taken {
    const { cells } = row;
    const { columns } = this.#header;
    if (isBlank(cells) || isRemark(cells)) return 'skipped';
    if (this.#selected.some(([column, fits]) => !fits(cells[column] ?? ''))) return 'skipped';
    this.#mayBeFooter = !last;
    this.#undated = false;
    const width = this.#header.cells.length;
    if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '')) {
      const message = `the row has ${String(cells.length)} cells where the header has ${String(width)} (a decimal comma, or a comma without quotes?); quote the cell or set delimiter`;
      return this.#misshapen(row, 'meter.row-too-long', message);
    }
    if (cells.length < this.#least) {
      const message = `the row has ${String(cells.length)} cells, and the last one needed is number ${String(this.#least)}; the file may be cut off here: export it again`;
      return this.#misshapen(row, 'meter.row-too-short', message);
    }
    const start = this.#stamp(row, columns.start, columns.time);
    const end = this.#endStamp(row);
    const number = this.#value(row);
    if (start === undefined || end === undefined || number === 'bad') return this.#undated ? 'undated' : 'read';
    this.#noteSkipped(start, row);
    this.table.push({
      start,
      end: end === 'none' ? undefined : end,
      number,
      unit: cells[columns.unit ?? -1],
      quality: this.#quality(row),
      line: row.line,
    });
    this.#noteMeter(cells[columns.meter ?? -1], row);
    return 'read';
  }

  #misshapen(row: CsvRecord, code: string, message: string): Taken {
    if (this.#mayBeFooter && isUndated(row.cells, this.#header.columns.start)) return 'undated';
    this.#source.problems.badRow(code, message, { line: row.line, record: row.record });
    return 'read';
  }

  /** The quality that the row's code gives; a code that is not known is told once, at its first row. */
  #quality(row: CsvRecord): Quality | undefined {
    const column = this.#header.columns.quality;
    if (column === undefined) return undefined;
    const cell = row.cells[column] ?? '';
    const quality = readQuality(cell, this.#header.cells[column] ?? '');
    const code = cell.trim();
    if (quality !== undefined || this.#unknownQualities.has(code) || this.#unknownQualities.size >= 10) return quality;
    this.#unknownQualities.add(code);
    this.#source.problems.warning(
      'meter.quality-unknown',
      `${quoted(cell)} is no quality code this program knows; its readings are taken as measured`,
      { line: row.line, record: row.record },
    );
    return undefined;
  }

  #noteMeter(cell: string | undefined, row: CsvRecord): void {
    const text = (cell ?? '').trim();
    if (text !== '' && this.#meters.size < 2) this.#meters.add(text);
    if (this.#meters.size < 2) return;
    const name = (this.#header.cells[this.#header.columns.meter ?? -1] ?? '').trim();
    this.#source.problems.stop(
      'meter.several-meters',
      `column "${name}" has the meters ${[...this.#meters].map(quoted).join(' and ')}; choose one with select: { "${name}": ... }`,
      { line: row.line, record: row.record },
    );
  }

  #bad(row: CsvRecord, column: number, code: string, message: string): undefined {
    this.#undated ||= this.#mayBeFooter && isUndated(row.cells, this.#header.columns.start);
    if (this.#undated) return;
    // The cells before it give the position, unless some of them may have lost their quotes.
    const position = row.cells.slice(0, column).reduce((sum, cell) => sum + cell.length + 1, 1);
    this.#source.problems.badRow(code, message, {
      line: row.line,
      record: row.record,
      ...(this.#source.plain() && column < row.cells.length ? { column: position } : {}),
      data: { cell: (row.cells[column] ?? '').slice(0, 200) },
    });
  }

  #stamp(row: CsvRecord, column: number, timeColumn: number | undefined) {
    const cell = row.cells[column];
    const stamp = readStamp(cell ?? '', this.#source.options.dateOrder);
    if (stamp === undefined) {
      if (cell === undefined || cell.trim() === '')
        return this.#bad(row, column, 'meter.time-missing', 'the row has no date; complete or remove it');
      const day = readDayNumber(cell);
      if (day !== undefined)
        return this.#dayNumber(row, column, `${quoted(cell)} looks like a spreadsheet's day number (${day})`);
      return this.#bad(
        row,
        column,
        'meter.time-unreadable',
        `${quoted(cell)} is not a date and time this program reads; write it as 2025-01-31 13:00, or correct it`,
      );
    }
    const timeCell = timeColumn === undefined ? undefined : (row.cells[timeColumn] ?? '');
    const time = timeCell === undefined ? undefined : readStamp(timeCell, this.#source.options.dateOrder);
    if (timeColumn !== undefined && time?.timeMs === undefined) {
      return this.#bad(
        row,
        timeColumn,
        'meter.time-unreadable',
        `${quoted(timeCell)} is not a time of day; write it as 13:00, or correct it`,
      );
    }
    const date = time?.date ?? stamp.date;
    if (date === undefined) {
      return this.#bad(
        row,
        column,
        'meter.time-unreadable',
        `${quoted(cell)} has no date; name the column of the date with columns.date`,
      );
    }
    return { ...(time ?? stamp), date };
  }

  /** A column of day numbers is one problem, told at its first row; a single one among dates is a bad row. */
  #dayNumber(row: CsvRecord, column: number, what: string): undefined {
    const message = `${what}; format the column as a date and export again`;
    if (this.table.length > 0) return this.#bad(row, column, 'meter.time-day-number', message);
    return this.#source.problems.stop('meter.time-day-number', message, { line: row.line, record: row.record });
  }

  /** Keeps the text of a time that the zone's clocks skipped: a problem shows it as the file has it. */
  #noteSkipped(stamp: WrittenStamp & { readonly date: WrittenDate }, row: CsvRecord): void {
    const { date, timeMs, offsetMinutes } = stamp;
    const zone = this.#source.zone;
    if (zone === undefined || timeMs === undefined || timeMs >= skippedBeforeMs || offsetMinutes !== undefined) return;
    const walls = (['mdy', 'dmy'] as const).map((order) => wallOfDate(date, order) + timeMs);
    if (!walls.some((wall) => !Number.isNaN(wall) && zone.instantsOf(wall).length === 0)) return;
    const { start, time } = this.#header.columns;
    const cells = [start, time].map((column) => (row.cells[column ?? -1] ?? '').trim());
    this.table.noteSkipped(cells.join(' ').trim());
  }

  #endStamp(row: CsvRecord) {
    const { end, endTime, start } = this.#header.columns;
    if (end === undefined && endTime === undefined) return 'none' as const;
    if (end === undefined || endTime === undefined) {
      const column = end ?? endTime ?? 0;
      const alone = readStamp(row.cells[column] ?? '', this.#source.options.dateOrder);
      if (alone?.timeMs !== undefined && alone.date === undefined) return this.#stamp(row, start, column);
      return this.#stamp(row, column, undefined);
    }
    return this.#stamp(row, end, endTime);
  }

  #value(row: CsvRecord) {
    const { value, added } = this.#header.columns;
    const number = this.#numberIn(row, value);
    if (added.length === 0 || number === 'bad') return number;
    // A tariff without a number had no energy in this interval; a row without any has no reading.
    let sum = number;
    for (const column of added) {
      const more = this.#numberIn(row, column);
      if (more === 'bad') return more;
      if (more !== undefined) sum = { point: (sum?.point ?? 0) + more.point, comma: (sum?.comma ?? 0) + more.comma };
    }
    return sum;
  }

  #numberIn(row: CsvRecord, column: number) {
    const cell = row.cells[column] ?? '';
    const number = readNumber(cell);
    if (number === undefined) return undefined;
    const { decimal } = this.#source.options;
    const [point, comma] = [decimal === ',' ? Number.NaN : number.point, decimal === '.' ? Number.NaN : number.comma];
    if (Number.isNaN(point) && Number.isNaN(comma)) {
      const hint = decimal === undefined ? '' : ` with decimal: "${decimal}"`;
      this.#bad(
        row,
        column,
        'meter.value-unreadable',
        `${quoted(cell)} is not a number${hint}; correct it, or leave the cell empty where there is no reading`,
      );
      return 'bad' as const;
    }
    if (decimal === undefined) this.table.decimals.add(number, cell.trim(), row.line);
    return { point, comma };
  }
}
