import type { Zone } from '../../domain/zone.ts';
import { dayMs } from './cadence.ts';
import { resolveWalls } from './doubled-hours.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { NumberColumn, Run } from '../series/packed-numbers.ts';
import { PackedNumbers } from '../series/packed-numbers.ts';
import type { ProblemList } from '../problem-list.ts';
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

/** The wall times of a column. */
export function wallsOf(column: StampColumn, order: DateOrder): PackedNumbers {
  return column.walls(order);
}

/** Rows that have one offset, or none, and walls of one day with one step between them. */
interface Stretch {
  readonly at: number;
  readonly wall: number;
  readonly stepMs: number;
  readonly count: number;
  /** Undefined for naive times. */
  readonly offsetMs: number | undefined;
}

function* stretchesOf(column: StampColumn, walls: NumberColumn): Generator<Stretch, void, void> {
  const [wall, offset]: [Run, Run] = [
    { first: 0, step: 0, count: 1 },
    { first: 0, step: 0, count: 1 },
  ];
  for (let at = 0; at < walls.length;) {
    if (walls instanceof PackedNumbers) walls.runFrom(at, wall);
    else [wall.first, wall.step, wall.count] = [walls.at(at), 0, 1];
    column.offsetsFrom(at, offset);
    let count = Math.min(wall.count, offset.step === 0 ? offset.count : 1);
    const left = wall.first - Math.floor(wall.first / dayMs) * dayMs;
    if (wall.step > 0) count = Math.min(count, Math.ceil((dayMs - left) / wall.step));
    if (wall.step < 0) count = Math.min(count, Math.floor(left / -wall.step) + 1);
    yield { at, wall: wall.first, stepMs: wall.step, count, offsetMs: column.offsetMs(at) };
    at += count;
  }
}

/** The naive rows around each autumn change, in the file's order: all that tells one pass of its hour from the other. */
function rowsAroundAutumn(
  column: StampColumn,
  walls: NumberColumn,
  zone: Zone,
): ReadonlyMap<number, readonly number[]> {
  const around = new Map<number, number[]>();
  for (const { at, wall, count, offsetMs } of stretchesOf(column, walls)) {
    const change = offsetMs === undefined ? autumnAround(wall, zone) : undefined;
    if (change === undefined) continue;
    const rows = around.get(change) ?? [];
    around.set(change, rows);
    for (let row = at; row < at + count; row += 1) rows.push(row);
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
  for (const { at, wall, stepMs, count, offsetMs } of stretchesOf(column, walls)) {
    const steadyMs = offsetMs ?? zone?.steadyOffsetMs(wall);
    if (steadyMs !== undefined) instants.pushRun(wall - steadyMs, stepMs, count);
    else if (zone === undefined) {
      return problems.stop(
        'meter.timezone-missing',
        'the times have no offset, and neither the site nor the meter has a time zone; set timezone (for example America/Chicago)',
      );
    } else {
      for (let row = at; row < at + count; row += 1) {
        const shown = wall + stepMs * (row - at);
        if (column.isDateOnly(row)) instants.push(zone.startOfDay(shown));
        else instants.push(doubled.get(row) ?? zone.instantsOf(shown)[0] ?? Number.NaN);
      }
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
