import type { LonLat } from '../../src/domain/sphere.ts';

type Vector = readonly [number, number, number];

function toVector([lon, lat]: LonLat): Vector {
  const [theta, phi] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  return [Math.cos(phi) * Math.cos(theta), Math.cos(phi) * Math.sin(theta), Math.sin(phi)];
}

function between(a: Vector, b: Vector): number {
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 2));
}

/**
 * Metres from a point to an edge that is straight in degrees, the slow way: by chords between points on the sphere, over
 * the edge in 2,000 steps, and again over the two steps around the nearest one until they are shorter than a millimetre.
 */
export function bruteDistance(point: LonLat, from: LonLat, to: LonLat): number {
  const here = toVector(point);
  const at = (t: number): number =>
    between(here, toVector([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]));
  let [start, end] = [0, 1];
  let best = Infinity;
  while (end - start > 1e-11) {
    const step = (end - start) / 2000;
    let nearest = 0;
    best = Infinity;
    for (let n = 0; n <= 2000; n++) {
      const distance = at(start + n * step);
      if (distance < best) [best, nearest] = [distance, n];
    }
    [start, end] = [Math.max(0, start + (nearest - 1) * step), Math.min(1, start + (nearest + 1) * step)];
  }
  return best;
}
