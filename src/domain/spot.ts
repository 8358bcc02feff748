import type { Coordinates } from './site.ts';

/** Coordinates rounded to 4 decimals (about 10 m): sites at one spot share one region look-up. */
export function roundToSpot({ latitude, longitude }: Coordinates): Coordinates {
  return { latitude: roundTo4(latitude), longitude: roundTo4(longitude) };
}

function roundTo4(degrees: number): number {
  return Math.round(degrees * 1e4) / 1e4;
}
