import type { RegionShape } from './region-shape.ts';
import { regionShapes } from './region-shapes.ts';
import { type Polygon, contains } from './ring.ts';
import { type Signal, signals } from './signals.ts';

/** A grid region as one signal knows it. */
export interface Region {
  readonly region: string;
  readonly fullName: string;
  /** The balancing area it is a part of, where it is. */
  readonly parent: string | undefined;
  /** The shape that gives its values their form. */
  readonly shape: RegionShape;
  readonly polygons: readonly Polygon[];
  readonly periodSeconds: 300 | 3600;
}

/** Balancing areas that `co2_aoer` knows as a whole where `co2_moer` knows their parts (watttime contract, fact 8). */
const areaNames: { readonly [area: string]: string } = {
  CAISO: 'California ISO',
  ERCOT: 'Electric Reliability Council of Texas',
  MISO: 'Midcontinent ISO',
  SPP: 'Southwest Power Pool',
  PJM: 'PJM Interconnection',
  NYISO: 'New York ISO',
  ISONE: 'ISO New England',
  IESO: 'Independent Electricity System Operator Ontario',
  NEM: 'National Electricity Market',
  AK: 'Alaska',
  CENACE: 'Mexico',
  NO: 'Norway',
  SE: 'Sweden',
  DK: 'Denmark',
  IT: 'Italy',
  JP: 'Japan',
};

const known: { readonly [signal in Signal]: ReadonlyMap<string, Region> } = {
  co2_moer: new Map(regionShapes.map((shape) => [shape.region, asPart(shape)])),
  co2_aoer: groupAreas(),
  health_damage: new Map(
    regionShapes.filter(({ isInUnitedStates }) => isInUnitedStates).map((shape) => [shape.region, asPart(shape)]),
  ),
};

/** The regions a signal knows. */
export function regionsOf(signal: Signal): readonly Region[] {
  return [...known[signal].values()];
}

/** The region of that name, as the signal knows it. */
export function regionNamed(signal: Signal, name: string): Region | undefined {
  return known[signal].get(name);
}

/** The signals that know a region of that name. */
export function signalsKnowing(name: string): readonly Signal[] {
  return signals.filter((signal) => known[signal].has(name));
}

/**
 * The region that serves a point, as the signal knows it; undefined outside coverage. A border that two regions share
 * belongs to one of them. The map draws the same polygons.
 */
export function regionAt(signal: Signal, latitude: number, longitude: number): Region | undefined {
  // The two names of the antimeridian are one place.
  const east = longitude === 180 ? -180 : longitude;
  return regionsOf(signal).find(({ polygons }) => polygons.some((polygon) => contains(polygon, east, latitude)));
}

function areaOf({ region }: RegionShape): string | undefined {
  const area = region.split('_')[0] ?? region;
  return areaNames[area] === undefined ? undefined : area;
}

function asPart(shape: RegionShape): Region {
  const { region, fullName, polygons, periodSeconds } = shape;
  return { region, fullName, parent: areaOf(shape), shape, polygons, periodSeconds };
}

function groupAreas(): ReadonlyMap<string, Region> {
  const areas = new Map<string, Region>();
  for (const shape of regionShapes) {
    const area = areaOf(shape);
    const before = area === undefined ? undefined : areas.get(area);
    const part = { ...asPart(shape), parent: undefined };
    if (area === undefined) areas.set(shape.region, part);
    else if (before !== undefined) areas.set(area, { ...before, polygons: [...before.polygons, ...shape.polygons] });
    else areas.set(area, { ...part, region: area, fullName: areaNames[area] ?? area });
  }
  return areas;
}
