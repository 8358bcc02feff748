import type { Zone } from '../../domain/zone.ts';
import { dayMs } from './cadence.ts';

/** What the naive wall times of one file are as instants. */
export interface Resolved {
  /** NaN where the wall never showed this time (spring's missing hour) and where it stays unclear. */
  readonly instants: number[];
  /** Rows in a doubled hour that the file's order does not tell apart. */
  readonly unclear: readonly number[];
  /** First row of each doubled hour that the file has only once although it goes on after it. */
  readonly once: readonly number[];
}

interface Doubled {
  readonly row: number;
  readonly wall: number;
  readonly first: number;
  readonly second: number;
}

/** Which way the file runs around a doubled hour, from the rows of the surrounding day that are not in doubt. */
function directionAround(walls: readonly number[], instants: readonly number[], near: number): 1 | -1 | undefined {
  let direction: 1 | -1 | undefined;
  let previous: number | undefined;
  for (const [at, wall] of walls.entries()) {
    if (Number.isNaN(instants[at]) || Math.abs(wall - near) > dayMs) continue;
    const step = previous === undefined ? 0 : Math.sign(wall - previous);
    if (step !== 0) {
      const way = step > 0 ? 1 : -1;
      if (direction !== undefined && direction !== way) return undefined;
      direction = way;
    }
    previous = wall;
  }
  return direction;
}

/** Gives each row the earliest instant after the one before it; undefined when the rows do not run forward that way. */
function asTwoBlocks(rows: readonly Doubled[]): readonly number[] | undefined {
  const instants: number[] = [];
  let previous = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const next = row.first > previous ? row.first : row.second;
    if (next <= previous) return undefined;
    instants.push(next);
    previous = next;
  }
  return instants;
}

/** Each time printed twice, one right after the other: the earlier first. */
function asPairs(rows: readonly Doubled[]): readonly number[] | undefined {
  if (rows.length % 2 !== 0) return undefined;
  const paired = rows.every((row, at) => rows[at % 2 === 0 ? at + 1 : at - 1]?.wall === row.wall);
  const rising = rows.every((row, at) => at < 2 || row.wall > (rows[at - 2]?.wall ?? row.wall));
  return paired && rising ? rows.map((row, at) => (at % 2 === 0 ? row.first : row.second)) : undefined;
}

/**
 * Turns wall times, in the file's order, into instants. Autumn's doubled hour is told apart by that order alone: a second
 * block, or pairs. Rows that are printed only once are taken as the first pass, and reported in `once`.
 */
export function resolveWalls(walls: readonly number[], zone: Zone): Resolved {
  const instants: number[] = [];
  const groups = new Map<number, Doubled[]>();
  for (const [row, wall] of walls.entries()) {
    const [first = Number.NaN, second] = zone.instantsOf(wall);
    instants.push(second === undefined ? first : Number.NaN);
    if (second === undefined) continue;
    const change = zone.transitionNear(wall)?.at ?? first;
    groups.set(change, [...(groups.get(change) ?? []), { row, wall, first, second }]);
  }
  const unclear: number[] = [];
  const once: number[] = [];
  for (const rows of groups.values()) {
    const [head] = rows;
    if (head === undefined) continue;
    const distinct = new Set(rows.map((row) => row.wall)).size;
    const direction = directionAround(walls, instants, head.wall) ?? (distinct === rows.length ? 1 : undefined);
    const forward =
      direction === -1
        ? rows.toReversed()
        : distinct === rows.length && direction === undefined
          ? rows.toSorted((a, b) => a.wall - b.wall)
          : rows;
    const resolved = direction === undefined ? undefined : (asTwoBlocks(forward) ?? asPairs(forward));
    if (resolved === undefined) {
      unclear.push(...rows.map((row) => row.row));
      continue;
    }
    for (const [at, row] of forward.entries()) instants[row.row] = resolved[at] ?? Number.NaN;
    const latest = Math.max(...rows.map((row) => row.second));
    const goesOn = instants.some((instant) => instant > latest && instant - latest <= dayMs);
    if (goesOn && forward.every((row, at) => resolved[at] === row.first)) once.push(head.row);
  }
  return { instants, unclear, once };
}
