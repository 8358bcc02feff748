import { type RegionShape, type Ring, regionShapes } from './region-shapes.ts';
import type { Signal } from './signals.ts';

/** A grid region as one signal knows it. */
export interface Region {
  readonly region: string;
  readonly fullName: string;
  /** The shape that gives its values their form. */
  readonly shape: RegionShape;
  /** 300 everywhere for now; the API also has regions of 3600. */
  readonly periodSeconds: number;
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
};

/** Regions outside North America, where `health_damage` has no data. */
const withoutHealthDamage = /^(UK|FR|DE|NEM_|IESO_)/;

/**
 * The region of `shapes` that serves a point, as the signal knows it; undefined outside coverage. A border that two regions
 * share belongs to one of them.
 */
export function regionAt(
  signal: Signal,
  latitude: number,
  longitude: number,
  shapes: readonly RegionShape[] = regionShapes,
): Region | undefined {
  const shape = shapes.find(({ rings }) => rings.some((ring) => contains(ring, longitude, latitude)));
  return shape && asKnownTo(signal, shape);
}

/** The region of that name, as the signal knows it. */
export function regionNamed(signal: Signal, name: string): Region | undefined {
  for (const shape of regionShapes) {
    const region = asKnownTo(signal, shape);
    if (region?.region === name) {
      return region;
    }
  }
  return undefined;
}

function asKnownTo(signal: Signal, shape: RegionShape): Region | undefined {
  if (signal === 'health_damage' && withoutHealthDamage.test(shape.region)) {
    return undefined;
  }
  const area = shape.region.split('_')[0] ?? shape.region;
  const areaName = signal === 'co2_aoer' ? areaNames[area] : undefined;
  return {
    region: areaName === undefined ? shape.region : area,
    fullName: areaName ?? shape.fullName,
    shape,
    periodSeconds: 300,
  };
}

/** Even-odd rule, with each edge half open, so that neighbours never both contain a point. */
function contains(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  let [previousX, previousY] = ring.at(-1) ?? [0, 0];
  for (const [cornerX, cornerY] of ring) {
    if (
      cornerY > y !== previousY > y &&
      x < ((previousX - cornerX) * (y - cornerY)) / (previousY - cornerY) + cornerX
    ) {
      inside = !inside;
    }
    previousX = cornerX;
    previousY = cornerY;
  }
  return inside;
}
