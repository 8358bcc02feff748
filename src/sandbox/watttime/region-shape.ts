import { divide, unite } from './cells.ts';
import type { Polygon, Position, Ring } from './ring.ts';

/** A grid region. The first part of its name says which balancing area `co2_aoer` puts it in. */
export interface RegionShape {
  readonly region: string;
  readonly fullName: string;
  readonly polygons: readonly Polygon[];
  readonly periodSeconds: 300 | 3600;
  /** Health damage is known for the United States only. */
  readonly isInUnitedStates: boolean;
  /** Marginal emissions: the yearly mean in lbs per MWh, and how far the sun pulls noon below it. */
  readonly mean: number;
  readonly solar: number;
  /** Hours that noon of the place is after noon UTC, for the shape of the day. */
  readonly noonUtc: number;
  readonly isSouthern: boolean;
}

/** Draws a region by its exterior rings. */
export function draw(
  region: string,
  fullName: string,
  mean: number,
  solar: number,
  ...rings: readonly Ring[]
): RegionShape {
  return describe({
    region,
    fullName,
    mean,
    solar,
    polygons: rings.map((ring): Polygon => [ring]),
    periodSeconds: 300,
  });
}

/** A region by the towns in it; its cells are those of its towns. */
export type TownRegion = readonly [region: string, fullName: string, ...towns: readonly Position[]];

/** Land that is divided among towns. A region may have towns in several lands. */
export interface Land {
  /** Convex and counter-clockwise. */
  readonly envelope: Ring;
  readonly periodSeconds: 300 | 3600;
  readonly regions: readonly TownRegion[];
}

/** The regions of the lands, each made of the cells of its towns. The period is that of the land where it is named first. */
export function divideLands(lands: readonly Land[]): readonly RegionShape[] {
  const shapes = new Map<string, RegionShape>();
  for (const { envelope, regions, periodSeconds } of lands) {
    const cells = divide(
      envelope,
      regions.flatMap(([, , ...towns]) => towns),
    );
    let next = 0;
    for (const [region, fullName, ...towns] of regions) {
      const polygons = unite(cells.slice(next, next + towns.length));
      next += towns.length;
      const known = shapes.get(region);
      shapes.set(
        region,
        known
          ? { ...known, polygons: [...known.polygons, ...polygons] }
          : describe({ region, fullName, polygons, periodSeconds, ...inventValues(region) }),
      );
    }
  }
  return [...shapes.values()];
}

function describe(known: Omit<RegionShape, 'noonUtc' | 'isSouthern' | 'isInUnitedStates'>): RegionShape {
  const [longitude, latitude] = known.polygons[0]?.[0][0] ?? [0, 0];
  return { ...known, isInUnitedStates: false, noonUtc: 12 - longitude / 15, isSouthern: latitude < 0 };
}

/** A mean and a share of sun that differ from region to region: they are made up, like all values. */
function inventValues(region: string): { readonly mean: number; readonly solar: number } {
  const sum = Array.from(region).reduce((total, character) => (total * 31 + (character.codePointAt(0) ?? 0)) % 9973, 7);
  return { mean: 500 + (sum % 90) * 10, solar: 80 + (sum % 37) * 10 };
}
