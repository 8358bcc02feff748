import type { LonLat } from '../domain/sphere.ts';
import type { Polygon, Ring } from './region-map-answer.ts';

/** Degrees, all inclusive. */
interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** The first and the last corner of a run of edges, by number. */
type CornerSpan = readonly [first: number, last: number];

/** Polygons as plain numbers: 16 bytes a corner, where nested arrays take about 80. */
export interface PackedPolygons {
  /** By polygon: the number its owner was given. */
  readonly owners: readonly number[];
  readonly boxes: readonly Box[];
  readonly edges: {
    /** Does a line from the point to the east cross these edges an odd number of times? An edge holds its lower end only. */
    crossEast(span: CornerSpan, x: number, y: number): boolean;
    /** Does the test hold for one of these edges that touch the box? */
    some(span: CornerSpan, box: Box, test: (from: LonLat, to: LonLat) => boolean): boolean;
  };
  /** Runs of at most 16 edges of one ring. */
  readonly stretches: {
    readonly length: number;
    polygon(stretch: number): number;
    span(stretch: number): CornerSpan;
    box(stretch: number): Box;
  };
}

/** Few enough that a box fits closely, many enough that the index stays small. */
const edgesInStretch = 16;

/** Packs polygons, rings closed and drawn without a leap at the antimeridian. */
export function packPolygons(polygons: readonly { readonly owner: number; readonly rings: Polygon }[]): PackedPolygons {
  // A ring may need one more corner to be closed.
  const room = polygons.reduce((sum, { rings }) => rings.reduce((inner, ring) => inner + ring.length + 1, sum), 0);
  const xs = new Float64Array(room);
  const ys = new Float64Array(room);
  let corners = 0;
  const firsts: number[] = [];
  const lasts: number[] = [];
  const ofStretch: number[] = [];

  const x = (corner: number): number => xs[corner] ?? Number.NaN;
  const y = (corner: number): number => ys[corner] ?? Number.NaN;
  const boxOf = (first: number, last: number): Box => {
    const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
    for (let corner = first; corner <= last; corner++) {
      box.minX = Math.min(box.minX, x(corner));
      box.maxX = Math.max(box.maxX, x(corner));
      box.minY = Math.min(box.minY, y(corner));
      box.maxY = Math.max(box.maxY, y(corner));
    }
    return box;
  };

  const boxes = polygons.map(({ rings }, polygon) => {
    const start = corners;
    for (const ring of rings) {
      const first = corners;
      const drawn = withoutLeaps(ring);
      const turn = first === start ? 0 : turnInto(boxOf(start, first - 1), drawn[0]?.[0] ?? 0);
      for (const [lon, lat] of drawn) {
        xs[corners] = lon + turn;
        ys[corners] = lat;
        corners += 1;
      }
      for (let from = first; from < corners - 1; from += edgesInStretch) {
        firsts.push(from);
        lasts.push(Math.min(from + edgesInStretch, corners - 1));
        ofStretch.push(polygon);
      }
    }
    return boxOf(start, corners - 1);
  });

  return {
    owners: polygons.map(({ owner }) => owner),
    boxes,
    edges: {
      crossEast: ([first, last], px, py) => {
        let odd = false;
        for (let b = first + 1; b <= last; b++) {
          const a = b - 1;
          if (y(a) > py === y(b) > py) continue;
          if (px < ((x(b) - x(a)) * (py - y(a))) / (y(b) - y(a)) + x(a)) odd = !odd;
        }
        return odd;
      },
      some: ([first, last], { minX, minY, maxX, maxY }, test) => {
        for (let b = first + 1; b <= last; b++) {
          const a = b - 1;
          if (Math.max(x(a), x(b)) < minX || Math.min(x(a), x(b)) > maxX) continue;
          if (Math.max(y(a), y(b)) < minY || Math.min(y(a), y(b)) > maxY) continue;
          if (test([x(a), y(a)], [x(b), y(b)])) return true;
        }
        return false;
      },
    },
    stretches: {
      length: firsts.length,
      polygon: (stretch) => ofStretch[stretch] ?? 0,
      span: (stretch) => [firsts[stretch] ?? 0, lasts[stretch] ?? 0],
      box: (stretch) => boxOf(firsts[stretch] ?? 0, lasts[stretch] ?? 0),
    },
  };
}

/**
 * The ring, closed, each corner within half the world of the one before: 179 to -179 is two degrees to the east, not 358
 * to the west. A ring that then does not come back to its beginning goes around a pole, and is taken as it is written.
 */
function withoutLeaps(ring: Ring): readonly LonLat[] {
  const corners = ring.map(([lon = Number.NaN, lat = Number.NaN]): LonLat => [lon, lat]);
  const [start] = corners;
  const end = corners.at(-1);
  if (start && end && (start[0] !== end[0] || start[1] !== end[1])) corners.push(start);
  let shift = 0;
  const drawn = corners.map(([lon, lat], n): LonLat => {
    const before = corners[n - 1]?.[0] ?? lon;
    if (lon - before > 180) shift -= 360;
    else if (lon - before < -180) shift += 360;
    return [lon + shift, lat];
  });
  return shift === 0 ? drawn : corners;
}

/** What brings a hole beside its exterior ring, when that one goes on past the antimeridian: whole turns of the world. */
function turnInto({ minX, maxX }: Box, x: number): number {
  if (x < minX) return 360 * Math.ceil((minX - x) / 360);
  return x > maxX ? -360 * Math.ceil((x - maxX) / 360) : 0;
}
