import { readAmount } from './control-total.ts';
import type { CsvRecord } from './csv-records.ts';
import { decideDateOrder, firstOpenDate } from '../time/date-order.ts';
import { isUndated } from './footer.ts';
import type { Header, Taken } from './csv-header.ts';
import { isBlank, isRemark, selectedColumns } from './csv-header.ts';
import { TableBuilder } from '../series/meter-table.ts';
import type { WrittenNumber } from '../values/number-cell.ts';
import { offsetMinutesNamed } from './named-offset.ts';
import { readNumber } from '../values/number-cell.ts';
import { readStamp, stampOfInstant } from '../time/stamp.ts';
import { StampColumn } from '../time/stamp-column.ts';
import { placeDay } from './wide-day.ts';
import type { Slot, WideHeader } from './wide-header.ts';
import type { Source } from './source.ts';

/** One row as written. */
export interface WideDay {
  readonly row: CsvRecord;
  /** By slot; undefined where there is no reading. */
  readonly numbers: readonly (WrittenNumber | undefined)[];
  readonly total: WrittenNumber | undefined;
  readonly offsetMinutes: number | undefined;
}

/** Collects rows that hold a day each. Their intervals become rows of the table at the end, when dates are known. One a file. */
export class WideRows {
  readonly table = new TableBuilder();
  readonly #days: WideDay[] = [];
  readonly #dates = new StampColumn();
  readonly #meters = new Set<string>();
  readonly #header: Header;
  readonly #wide: WideHeader;
  readonly #source: Source;
  /** Of a header that names one: `Date (UTC)`. */
  readonly #namedOffset: number | undefined;
  readonly #selected: ReturnType<typeof selectedColumns>;

  constructor(header: Header, wide: WideHeader, source: Source) {
    this.#header = header;
    this.#wide = wide;
    this.#source = source;
    this.#namedOffset = offsetMinutesNamed(header.cells[wide.columns.start] ?? '');
    this.#selected = selectedColumns(header, source.options, source.problems);
  }

  add(row: CsvRecord, last = false): Taken {
    const { cells } = row;
    if (isBlank(cells) || isRemark(cells)) return 'skipped';
    if (this.#selected.some(([column, fits]) => !fits(cells[column] ?? ''))) return 'skipped';
    const { start } = this.#wide.columns;
    const stamp = readStamp(cells[start] ?? '', this.#source.options.dateOrder);
    if (stamp?.date === undefined || (stamp.timeMs ?? 0) !== 0) {
      if (!last && isUndated(cells, start)) return 'undated';
      this.#bad(row, start, 'meter.time-unreadable', 'is not the date of a day; write it as 2025-01-31, or correct it');
      return 'read';
    }
    const width = this.#header.cells.length;
    if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '')) {
      const message = `the row has ${String(cells.length)} cells where the header has ${String(width)}; quote the cell with the comma, or set delimiter`;
      this.#source.problems.badRow('meter.row-too-long', message, { line: row.line, record: row.record });
      return 'read';
    }
    const numbers: (WrittenNumber | undefined)[] = [];
    for (const slot of this.#wide.slots) {
      const number = this.#number(row, slot.column);
      if (number === 'bad') return 'read';
      numbers.push(number);
    }
    this.#noteMeter(row);
    this.#dates.push({ ...stamp, date: stamp.date, timeMs: undefined, offsetMinutes: undefined, zulu: false });
    const total = this.#wide.total === undefined ? undefined : readAmount(cells[this.#wide.total] ?? '')?.number;
    this.#days.push({ row, numbers, total, offsetMinutes: stamp.offsetMinutes ?? this.#namedOffset });
    return 'read';
  }

  /** Turns the days into the table's rows. */
  settle(): void {
    const zone = this.#source.zone;
    if (this.#days.length === 0) return;
    const order = decideDateOrder(this.#dates, undefined, 'days');
    if (typeof order === 'object') {
      const line = this.#days[firstOpenDate(this.#dates)[0] ?? 0]?.row.line;
      return this.#source.problems.stop(order.code, order.message, line === undefined ? {} : { line });
    }
    const naive = this.#days.find((day) => day.offsetMinutes === undefined);
    if (zone === undefined && naive !== undefined) {
      this.#source.problems.stop(
        'meter.timezone-missing',
        'the times have no offset, and neither the site nor the meter has a time zone; set timezone (for example America/Chicago)',
        { line: naive.row.line },
      );
    }
    const { stepMs, columns } = this.#wide;
    const once: number[] = [];
    for (const [at, day] of this.#days.entries()) {
      const wall = this.#dates.wall(at, order);
      const placed = placeDay(day, wall, this.#wide, zone);
      for (const fault of placed.faults) this.#bad(day.row, fault.slot.column, fault.code, fault.message);
      if (placed.once) once.push(day.row.line);
      const unit = day.row.cells[columns.unit ?? -1];
      for (const { instant, number } of placed.readings) {
        this.table.push({
          start: stampOfInstant(instant),
          end: stampOfInstant(instant + stepMs),
          number,
          unit,
          line: day.row.line,
        });
      }
    }
    const [line] = once;
    if (line !== undefined) {
      const message =
        'the clocks went back in this hour, and the file has it only once: it is taken as the first pass, the second is missing';
      this.#source.problems.warning('meter.dst-hour-once', message, { line });
    }
    this.#checkTotals();
  }

  /** Compares each day's total with its intervals. One warning a file. */
  #checkTotals(): void {
    const differing = this.#days.filter(({ numbers, total }) => {
      if (total === undefined) return false;
      return (['point', 'comma'] as const).every((mark) => {
        if (Number.isNaN(total[mark])) return true;
        const sum = numbers.reduce((all, number) => all + (number?.[mark] ?? 0), 0);
        const decimals = String(total[mark]).split('.')[1]?.length ?? 0;
        return Math.abs(sum - total[mark]) > 0.51 * 10 ** -decimals + 0.006 * Math.sqrt(numbers.length);
      });
    });
    const [first] = differing;
    if (first === undefined) return;
    const name = (this.#header.cells[this.#wide.total ?? -1] ?? '').trim();
    this.#source.problems.warning(
      'meter.control-total',
      `"${name}" is not the sum of its row on ${String(differing.length)} of ${String(this.#days.length)} days`,
      { line: first.row.line, data: { days: differing.length } },
    );
  }

  #number(row: CsvRecord, column: number): WrittenNumber | undefined | 'bad' {
    const cell = row.cells[column] ?? '';
    const number = readNumber(cell);
    if (number === undefined) return undefined;
    const { decimal } = this.#source.options;
    const [point, comma] = [decimal === ',' ? Number.NaN : number.point, decimal === '.' ? Number.NaN : number.comma];
    if (Number.isNaN(point) && Number.isNaN(comma)) {
      this.#bad(
        row,
        column,
        'meter.value-unreadable',
        'is not a number; correct it, or leave the cell empty where there is no reading',
      );
      return 'bad';
    }
    if (decimal === undefined) this.table.decimals.add(number, cell.trim(), row.line);
    return { point, comma };
  }

  #noteMeter(row: CsvRecord): void {
    const column = this.#wide.columns.meter;
    const text = (row.cells[column ?? -1] ?? '').trim();
    if (text !== '') this.#meters.add(text);
    if (this.#meters.size < 2) return;
    const name = (this.#header.cells[column ?? -1] ?? '').trim();
    const message = `column "${name}" has the meters ${[...this.#meters].map((meter) => `"${meter}"`).join(' and ')}; choose one with select: { "${name}": ... }`;
    this.#source.problems.stop('meter.several-meters', message, { line: row.line, record: row.record });
  }

  #bad(row: CsvRecord, column: number, code: string, message: string): void {
    const cell = (row.cells[column] ?? '').trim().slice(0, 60);
    const position = row.cells.slice(0, column).reduce((sum, before) => sum + before.length + 1, 1);
    this.#source.problems.badRow(code, `"${cell}" ${message}`, {
      line: row.line,
      record: row.record,
      ...(this.#source.plain() && column < row.cells.length ? { column: position } : {}),
      data: { cell, column: (this.#header.cells[column] ?? '').trim() },
    });
  }
}

/** A cell that cannot be a reading. */
export interface SlotFault {
  readonly slot: Slot;
  readonly code: string;
  readonly message: string;
}
