import type { Zone } from '../domain/zone.ts';
import { resolveWalls } from './doubled-hours.ts';
import type { MeterTable } from './meter-table.ts';
import type { ProblemList } from './problem-list.ts';
import type { DateOrder } from './stamp.ts';
import type { StampColumn } from './stamp-column.ts';

/** The walls of a column. */
export function wallsOf(column: StampColumn, order: DateOrder): readonly number[] {
  return Array.from({ length: column.length }, (_, at) => column.wall(at, order));
}

/** Instants of a column, what was printed with an offset by that, the rest by the zone. */
export function resolveColumn(
  column: StampColumn,
  walls: readonly number[],
  zone: Zone | undefined,
  problems: ProblemList,
) {
  const offsets = walls.map((_, at) => column.offsetMs(at));
  const naive = [...walls.keys()].filter((at) => offsets[at] === undefined);
  const instants = walls.map((wall, at) => wall - (offsets[at] ?? 0));
  if (naive.length === 0) return { instants, unclear: [], once: [] };
  if (zone === undefined) {
    return problems.stop(
      'meter.timezone-missing',
      'the times have no offset, and neither the site nor the meter has a time zone; set timezone (for example America/Chicago)',
    );
  }
  const resolved = resolveWalls(
    naive.map((at) => walls[at] ?? Number.NaN),
    zone,
  );
  for (const [index, at] of naive.entries()) {
    const wall = walls[at] ?? Number.NaN;
    instants[at] = column.isDateOnly(at) ? zone.startOfDay(wall) : (resolved.instants[index] ?? Number.NaN);
  }
  const back = (rows: readonly number[]): readonly number[] =>
    rows.map((row) => naive[row] ?? 0).filter((at) => !column.isDateOnly(at));
  return { instants, unclear: back(resolved.unclear), once: back(resolved.once) };
}

/** The instant of a naive end: the first after its start, with a spring midnight or hour that is not there moved to the change. */
export function endInstant(wall: number, start: number, zone: Zone): number {
  const candidates = zone.instantsOf(wall);
  if (candidates.length === 0) return zone.transitionNear(wall)?.at ?? Number.NaN;
  return candidates.find((instant) => instant > start) ?? candidates[0] ?? Number.NaN;
}

/** Ends the reading where rows in a doubled hour cannot be told apart. */
export function refuseUnclear(table: MeterTable, rows: readonly number[], problems: ProblemList): void {
  const [first] = rows;
  if (first === undefined) return;
  problems.stop(
    'meter.dst-order-unclear',
    `${String(rows.length)} rows lie in autumn's doubled hour, and their order does not tell the first pass from the second; export with an offset, or in order of time`,
    { line: table.lines[first] ?? 0 },
  );
}
