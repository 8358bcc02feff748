import Flatbush from 'flatbush';
import type { Coordinates } from '../domain/site.ts';
import { boxAround, isEdgeWithin } from '../domain/sphere.ts';
import { packPolygons } from './packed-polygons.ts';
import { polygonsOf, type RegionMapAnswer } from './region-map-answer.ts';

/** A grid region by its name, and by the name people know it by. */
export interface NamedRegion {
  readonly region: string;
  readonly fullName: string;
}

/** Where a point is on the map. */
export interface Place {
  /** Regions that hold the point: one, none outside coverage, several where the map overlaps itself. */
  readonly inside: readonly NamedRegion[];
  /** Regions with a border within a kilometre of it. */
  readonly bordering: readonly NamedRegion[];
}

/** The regions of one signal, in memory with a spatial index. */
export interface RegionMap {
  locate(at: Coordinates): Place;
}

/** A point this near to a border is not decided by the map: its lines are simplified, and the API has the last word. */
const borderMetres = 1000;

/**
 * Builds the index: boxes of polygons, and boxes of stretches of at most 16 edges. A point is inside where a line from it
 * to the east crosses the edges of a polygon, holes included, an odd number of times; only stretches on that line are
 * looked at, so that a coast of a hundred thousand edges costs a few hundred. How such a count rounds on the very border
 * does not matter, since what is near a border is never decided here.
 */
export function indexRegionMap(answer: RegionMapAnswer): RegionMap {
  const regions: NamedRegion[] = [];
  const packed = packPolygons(
    answer.features.flatMap((feature) => {
      const { region, region_full_name: fullName } = feature.properties;
      regions.push({ region, fullName: fullName || region });
      return polygonsOf(feature).map((rings) => ({ owner: regions.length - 1, rings }));
    }),
  );
  const { owners, boxes, edges, stretches } = packed;
  const polygonIndex = new Flatbush(owners.length);
  for (const { minX, minY, maxX, maxY } of boxes) polygonIndex.add(minX, minY, maxX, maxY);
  polygonIndex.finish();
  const stretchIndex = new Flatbush(stretches.length);
  for (let stretch = 0; stretch < stretches.length; stretch++) {
    const { minX, minY, maxX, maxY } = stretches.box(stretch);
    stretchIndex.add(minX, minY, maxX, maxY);
  }
  stretchIndex.finish();

  const addInside = (x: number, y: number, inside: Set<number>): void => {
    const odd = new Map(polygonIndex.search(x, y, x, y).map((polygon) => [polygon, false]));
    if (odd.size === 0) return;
    stretchIndex.search(x, y, polygonIndex.maxX, y, (stretch) => {
      const polygon = stretches.polygon(stretch);
      const before = odd.get(polygon);
      if (before !== undefined && edges.crossEast(stretches.span(stretch), x, y)) odd.set(polygon, !before);
      return false;
    });
    for (const [polygon, isOdd] of odd) if (isOdd) inside.add(owners[polygon] ?? 0);
  };

  const addBordering = (x: number, y: number, bordering: Set<number>): void => {
    const half = boxAround(y, borderMetres);
    const box = {
      minX: x - half.longitude,
      minY: y - half.latitude,
      maxX: x + half.longitude,
      maxY: y + half.latitude,
    };
    stretchIndex.search(box.minX, box.minY, box.maxX, box.maxY, (stretch) => {
      const owner = owners[stretches.polygon(stretch)] ?? 0;
      if (bordering.has(owner)) return false;
      const isNear = edges.some(stretches.span(stretch), box, (from, to) =>
        isEdgeWithin([x, y], from, to, borderMetres),
      );
      if (isNear) bordering.add(owner);
      return false;
    });
  };

  const name = (found: ReadonlySet<number>): readonly NamedRegion[] =>
    [...found].sort((a, b) => a - b).flatMap((owner) => regions[owner] ?? []);

  return {
    locate: ({ latitude, longitude }) => {
      const inside = new Set<number>();
      const bordering = new Set<number>();
      // A ring drawn across the antimeridian goes on past 180 on one of its sides.
      for (const x of [longitude, longitude - 360, longitude + 360]) {
        addInside(x, latitude, inside);
        addBordering(x, latitude, bordering);
      }
      return { inside: name(inside), bordering: name(bordering) };
    },
  };
}
