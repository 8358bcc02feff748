import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import { dayMs, intervalMs } from '../time/cadence.ts';
import { decideDateOrder } from '../time/date-order.ts';
import type { MeterTable } from '../series/meter-table.ts';
import { PackedNumbers } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
import { stampOfInstant } from '../time/stamp.ts';
import { StampColumn } from '../time/stamp-column.ts';
import { intervalsOfDay, type IntervalNumber, type Numbered, readIntervalNumber } from './numbered-times.ts';
import { type PlacedDay, placeDay } from './wide-day.ts';
import type { Slot } from './wide-header.ts';

/** Rows with numbers in place of times, and what is known of all of them. */
interface Numbers {
  readonly of: readonly (IntervalNumber | undefined)[];
  readonly first: 0 | 1;
  readonly usual: number;
}

/** What the numbers of the whole file count from, and how many a day has. */
function decideNumbers(
  cells: readonly string[],
  table: MeterTable,
  numbered: Numbered,
  options: ReadingOptions,
  problems: ProblemList,
): Numbers {
  const of = cells.map((cell, row) => {
    const number = readIntervalNumber(cell);
    if (number === undefined) {
      problems.badRow(
        'meter.time-unreadable',
        `"${cell.trim().slice(0, 60)}" is not the number of an interval, as "${numbered.name}" has them; correct it`,
        { line: table.lines.at(row), data: { cell: cell.slice(0, 200) } },
      );
    }
    return number;
  });
  const numbers = of.flatMap((one) => (one === undefined ? [] : [one.number]));
  const [least, most] = [Math.min(...new Set(numbers)), Math.max(...new Set(numbers))];
  const given = options.interval === undefined ? undefined : intervalMs(options.interval);
  const usual =
    given !== undefined && dayMs % given === 0 ? dayMs / given : intervalsOfDay(numbered, most + (least === 0 ? 1 : 0));
  if (usual === undefined) {
    return problems.stop(
      'meter.interval-unknown',
      `"${numbered.name}" numbers intervals up to ${String(most)}, which does not say how many a day has; set interval (for example PT30M)`,
    );
  }
  const first = least === 0 ? 0 : (numbered.first ?? (numbered.kind === 'period' || most >= usual ? 1 : undefined));
  if (first === undefined) {
    return problems.stop(
      'meter.stamp-ambiguous',
      `"${numbered.name}" has hours from ${String(least)} to ${String(most)}, neither 0 nor ${String(usual)}: they may be counted from 0, each named by its start (stamp: start), or from 1, named by its end (stamp: end); set stamp`,
    );
  }
  return { of, first, usual };
}

/** The slots of a day's rows, in which a row's place is its column. A number that comes twice is autumn's second pass. */
function slotsOf(
  rows: readonly number[],
  { of, first }: Numbers,
  doubles: (index: number) => boolean,
): readonly Slot[] {
  const [earliest, latest] = [of[rows[0] ?? 0]?.number ?? 0, of[rows.at(-1) ?? 0]?.number ?? 0];
  const seen = new Set<number>();
  const slots = (latest < earliest ? rows.toReversed() : rows).flatMap((row): Slot[] => {
    const written = of[row];
    if (written === undefined) return [];
    const index = written.number - first;
    const again = written.again || (seen.has(index) && doubles(index));
    seen.add(index);
    return [{ column: row, index, again }];
  });
  return slots;
}

/**
 * Puts rows whose times are numbers of the day's intervals in their place in time. On a day of 25 hours the numbers count on
 * (25, 50), or one is marked or doubled; on one of 23 they count on (23, 46) or leave the skipped hour out. `cells` are the
 * numbers as written, by row; `offsetMinutes` is that of a header which names one.
 */
export function placeNumbered(
  table: MeterTable,
  cells: readonly string[],
  numbered: Numbered,
  options: ReadingOptions,
  zone: Zone | undefined,
  offsetMinutes: number | undefined,
  problems: ProblemList,
): MeterTable {
  if (table.length === 0) return table;
  const order = decideDateOrder(table.starts, undefined, 'days');
  if (typeof order === 'object') return problems.stop(order.code, order.message);
  if (zone === undefined && offsetMinutes === undefined) {
    problems.stop(
      'meter.timezone-missing',
      'the times have no offset, and neither the site nor the meter has a time zone; set timezone (for example America/Chicago)',
    );
  }
  const numbers = decideNumbers(cells, table, numbered, options, problems);
  const { usual } = numbers;
  const stepMs = dayMs / usual;
  const days = new Map<number, number[]>();
  for (let row = 0; row < table.length; row += 1) {
    const wall = table.starts.wall(row, order);
    days.set(wall, [...(days.get(wall) ?? []), row]);
  }
  const instants = new Map<number, number>();
  let onceLine: number | undefined;
  for (const [wall, rows] of days) {
    const doubles = (index: number): boolean =>
      offsetMinutes === undefined && (zone?.instantsOf(wall + index * stepMs).length ?? 1) > 1;
    const slots = slotsOf(rows, numbers, doubles);
    const day = {
      offsetMinutes,
      numbers: slots.map(({ column }) => {
        const [point, comma] = [table.points.at(column), table.commas.at(column)];
        return Number.isNaN(point) && Number.isNaN(comma) ? undefined : { point, comma };
      }),
    };
    const placed: PlacedDay = placeDay(day, wall, { slots, stepMs, usual, kind: 'count' }, zone);
    for (const { slot, instant } of placed.readings) instants.set(slot.column, instant);
    if (placed.once && slots.some(({ index }) => doubles(index))) onceLine ??= table.lines.at(rows[0] ?? 0);
    for (const { slot, code, message } of placed.faults) {
      const cell = (cells[slot.column] ?? '').trim();
      problems.badRow(code, `the value of "${numbered.name}" ${cell} ${message}`, {
        line: table.lines.at(slot.column),
        data: { cell },
      });
    }
  }
  if (onceLine !== undefined) {
    const message =
      'the clocks went back on this day, and the file has the hour only once: it is taken as the first pass, the second is missing';
    problems.warning('meter.dst-hour-once', message, { line: onceLine });
  }
  const clock = offsetMinutes === undefined && zone !== undefined ? [`days of ${zone.name}`] : [];
  return { ...rowsAt(table, instants, stepMs), inferred: [...table.inferred, ...clock] };
}

/** The rows of a table that have an instant, at it, with the same length each. */
function rowsAt(table: MeterTable, instants: ReadonlyMap<number, number>, stepMs: number): MeterTable {
  const [starts, ends] = [new StampColumn(), new StampColumn()];
  const [points, commas] = [new PackedNumbers(), new PackedNumbers()];
  const [lines, qualities] = [new PackedNumbers(), new PackedNumbers()];
  const kept: number[] = [];
  for (let row = 0; row < table.length; row += 1) {
    const instant = instants.get(row);
    if (instant === undefined || Number.isNaN(instant)) continue;
    starts.push(stampOfInstant(instant));
    ends.push(stampOfInstant(instant + stepMs));
    points.push(table.points.at(row));
    commas.push(table.commas.at(row));
    lines.push(table.lines.at(row));
    qualities.push(table.qualityNumbers.at(row));
    kept.push(row);
  }
  return {
    ...table,
    starts,
    ends,
    length: kept.length,
    points,
    commas,
    lines,
    qualities: { at: (row) => table.qualities.at(kept[row] ?? 0) },
    qualityNumbers: qualities,
    skipped: new Map(),
    stampSays: 'start',
    endsAreTimes: false,
  };
}
