import type { Zone } from '../domain/zone.ts';
import { resolveWalls } from './doubled-hours.ts';
import type { MeterTable } from './meter-table.ts';
import type { NumberColumn } from './packed-numbers.ts';
import { PackedNumbers } from './packed-numbers.ts';
import type { ProblemList } from './problem-list.ts';
import type { DateOrder } from './stamp.ts';
import type { StampColumn } from './stamp-column.ts';

/** A column's stamps as instants. */
export interface ResolvedColumn {
  /** NaN where the wall never showed the time (spring's missing hour) and where it stays unclear. */
  readonly instants: NumberColumn;
  /** Rows in a doubled hour that the file's order does not tell apart. */
  readonly unclear: readonly number[];
  /** First row of each doubled hour that the file has only once although it goes on after it. */
  readonly once: readonly number[];
}

/** The walls of a column. */
export function wallsOf(column: StampColumn, order: DateOrder): NumberColumn {
  const walls = new PackedNumbers();
  for (let at = 0; at < column.length; at += 1) walls.push(column.wall(at, order));
  return walls;
}

/** The naive rows around each autumn change, in the file's order: all that tells one pass of its hour from the other. */
function rowsAroundAutumn(
  column: StampColumn,
  walls: NumberColumn,
  zone: Zone,
): ReadonlyMap<number, readonly number[]> {
  const around = new Map<number, number[]>();
  for (let at = 0; at < walls.length; at += 1) {
    const change = column.offsetMs(at) === undefined ? autumnAround(walls.at(at), zone) : undefined;
    if (change === undefined) continue;
    const rows = around.get(change);
    if (rows === undefined) around.set(change, [at]);
    else rows.push(at);
  }
  return around;
}

/** Finds the change by which clocks go back around a wall time, looking it up once a day. */
function autumnAround(wall: number, zone: Zone): number | undefined {
  const change = zone.changeAround(wall);
  return change !== undefined && change.afterMs < change.beforeMs ? change.at : undefined;
}

/** Instants of a column, what was printed with an offset by that, the rest by the zone. */
export function resolveColumn(
  column: StampColumn,
  walls: NumberColumn,
  zone: Zone | undefined,
  problems: ProblemList,
): ResolvedColumn {
  const doubled = new Map<number, number>();
  const unclear: number[] = [];
  const once: number[] = [];
  for (const rows of zone === undefined ? [] : rowsAroundAutumn(column, walls, zone).values()) {
    if (zone === undefined) break;
    const resolved = resolveWalls(
      rows.map((at) => walls.at(at)),
      zone,
    );
    for (const [index, at] of rows.entries()) doubled.set(at, resolved.instants[index] ?? Number.NaN);
    const back = (found: readonly number[]): readonly number[] =>
      found.map((row) => rows[row] ?? 0).filter((at) => !column.isDateOnly(at));
    unclear.push(...back(resolved.unclear));
    once.push(...back(resolved.once));
  }
  const instants = new PackedNumbers();
  for (let at = 0; at < walls.length; at += 1) {
    const wall = walls.at(at);
    const offsetMs = column.offsetMs(at);
    if (offsetMs !== undefined) instants.push(wall - offsetMs);
    else if (zone === undefined) {
      return problems.stop(
        'meter.timezone-missing',
        'the times have no offset, and neither the site nor the meter has a time zone; set timezone (for example America/Chicago)',
      );
    } else {
      const steadyMs = zone.steadyOffsetMs(wall);
      if (steadyMs !== undefined) instants.push(wall - steadyMs);
      else if (column.isDateOnly(at)) instants.push(zone.startOfDay(wall));
      else instants.push(doubled.get(at) ?? zone.instantsOf(wall)[0] ?? Number.NaN);
    }
  }
  return { instants, unclear, once };
}

/** The instant of a naive end: the first after its start, with a spring midnight or hour that is not there moved to the change. */
export function endInstant(wall: number, start: number, zone: Zone): number {
  const steadyMs = zone.steadyOffsetMs(wall);
  if (steadyMs !== undefined) return wall - steadyMs;
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
    { line: table.lines.at(first) },
  );
}
