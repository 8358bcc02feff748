/** A place on the map, GeoJSON's order. */
export type Position = readonly [longitude: number, latitude: number];

/** A ring of corners, closed by itself: the last is not the first again. */
export type Ring = readonly Position[];

/** An exterior ring, counter-clockwise, and the holes in it, clockwise (RFC 7946, 3.1.6). */
export type Polygon = readonly [exterior: Ring, ...holes: Ring[]];

/** The box between two meridians and two parallels, counter-clockwise. */
export function box(west: number, south: number, east: number, north: number): Ring {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

/** Twice the area in square degrees: positive counter-clockwise, negative clockwise. */
export function turnOf(ring: Ring): number {
  let [previousX, previousY] = ring.at(-1) ?? [0, 0];
  let sum = 0;
  for (const [x, y] of ring) {
    sum += previousX * y - x * previousY;
    previousX = x;
    previousY = y;
  }
  return sum;
}

/**
 * Whether a point lies in a polygon, outside its holes. Even-odd rule, with each edge half open and reckoned from its lower
 * end, so that neighbours never both contain a point.
 */
export function contains(polygon: Polygon, x: number, y: number): boolean {
  let inside = false;
  for (const ring of polygon) {
    let previous = ring.at(-1);
    for (const corner of ring) {
      if (previous !== undefined && corner[1] > y !== previous[1] > y) {
        const [low, high] = corner[1] < previous[1] ? [corner, previous] : [previous, corner];
        if (x < ((high[0] - low[0]) * (y - low[1])) / (high[1] - low[1]) + low[0]) inside = !inside;
      }
      previous = corner;
    }
  }
  return inside;
}
