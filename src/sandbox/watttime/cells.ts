import { type Polygon, type Position, type Ring, contains, turnOf } from './ring.ts';

/** Corners are rounded to this many parts of a degree (11 m), so that neighbouring cells have the same ones. */
const partsOfDegree = 10_000;

/**
 * Divides a convex, counter-clockwise envelope among towns: each town's cell is what is nearer to it than to any other,
 * in degrees (a Voronoi diagram). A town may lie outside the envelope; a cell that is empty has no corners.
 */
export function divide(envelope: Ring, towns: readonly Position[]): readonly Ring[] {
  return towns.map((town) => {
    let cell = envelope;
    let reach = reachOf(cell, town);
    for (const other of towns) {
      // A town twice as far as the farthest corner takes nothing of the cell.
      if (other === town || squareOf(other, town) >= 4 * reach) continue;
      cell = keepNearer(cell, town, other);
      reach = reachOf(cell, town);
    }
    return roundCorners(cell);
  });
}

/** The union of cells of one diagram: borders between two of them vanish, and what they surround becomes a hole. */
export function unite(cells: readonly Ring[]): readonly Polygon[] {
  const rings = chainEdges(outerEdges(cells));
  const holes = rings.filter((ring) => turnOf(ring) < 0);
  return rings
    .filter((ring) => turnOf(ring) > 0)
    .map((exterior): Polygon => [exterior, ...holes.filter((hole) => isAround(exterior, hole))]);
}

/** The part of a convex ring that is at most as far from `town` as from `other`. */
function keepNearer(ring: Ring, town: Position, other: Position): Ring {
  const kept: Position[] = [];
  let previous = ring.at(-1) ?? town;
  let before = squareOf(previous, town) - squareOf(previous, other);
  for (const corner of ring) {
    const here = squareOf(corner, town) - squareOf(corner, other);
    if (before > 0 !== here > 0) kept.push(between(previous, corner, before / (before - here)));
    if (here <= 0) kept.push(corner);
    previous = corner;
    before = here;
  }
  return kept;
}

/** The square of the way to the farthest corner. */
function reachOf(ring: Ring, town: Position): number {
  return ring.reduce((reach, corner) => Math.max(reach, squareOf(corner, town)), 0);
}

function squareOf(from: Position, to: Position): number {
  return (from[0] - to[0]) ** 2 + (from[1] - to[1]) ** 2;
}

function between(from: Position, to: Position, share: number): Position {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

function roundCorners(ring: Ring): Ring {
  const rounded = ring.map(([x, y]): Position => [round(x), round(y)]);
  return rounded.filter((corner, index) => keyOf(corner) !== keyOf(rounded.at(index - 1) ?? corner));
}

function round(degrees: number): number {
  return Math.round(degrees * partsOfDegree) / partsOfDegree;
}

/** The edges that belong to one cell only, by the corner they start at. */
function outerEdges(cells: readonly Ring[]): Map<string, readonly [from: Position, to: Position]> {
  const edges = new Map<string, readonly [from: Position, to: Position]>();
  for (const ring of cells) {
    ring.forEach((to, index) => {
      const from = ring.at(index - 1) ?? to;
      if (!edges.delete(`${keyOf(to)} ${keyOf(from)}`)) edges.set(`${keyOf(from)} ${keyOf(to)}`, [from, to]);
    });
  }
  return new Map([...edges.values()].map((edge) => [keyOf(edge[0]), edge]));
}

/** No more than three cells meet at a corner, so one outer edge at most starts there and the chains never branch. */
function chainEdges(edges: Map<string, readonly [from: Position, to: Position]>): readonly Ring[] {
  const rings: Ring[] = [];
  for (const [start] of edges) {
    const ring: Position[] = [];
    for (let edge = edges.get(start); edge !== undefined; edge = edges.get(keyOf(edge[1]))) {
      edges.delete(keyOf(edge[0]));
      ring.push(edge[0]);
    }
    if (ring.length > 0) rings.push(ring);
  }
  return rings;
}

function isAround(exterior: Ring, hole: Ring): boolean {
  const [x, y] = hole[0] ?? [Number.NaN, Number.NaN];
  return contains([exterior], x, y);
}

function keyOf([x, y]: Position): string {
  return `${String(x)},${String(y)}`;
}
