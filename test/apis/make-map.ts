import type { RegionMapAnswer, Polygon } from '../../src/apis/region-map-answer.ts';

/** A map as the API answers it; a region may have no `fullName`. */
export function mapOf(
  regions: { readonly [region: string]: readonly Polygon[] },
  meta: { readonly [field: string]: string } = { last_updated: '2026-01-01T00:00:00+00:00', signal_type: 'co2_moer' },
): RegionMapAnswer {
  return {
    type: 'FeatureCollection',
    features: Object.entries(regions).map(([region, coordinates]) => ({
      type: 'Feature',
      properties: { region, region_full_name: `${region} by name ` },
      geometry: { type: 'MultiPolygon', coordinates },
    })),
    meta,
  };
}

/** A ring around a box of degrees, counter-clockwise and closed. */
export function box(west: number, south: number, east: number, north: number): number[][] {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

/** `columns` x `rows` boxes of one degree, side by side from 100 W, 30 N on; a hole in each that is another region. */
export function gridMap(columns: number, rows: number, lastUpdated = '2026-01-01T00:00:00+00:00'): RegionMapAnswer {
  const regions: Record<string, Polygon[]> = {};
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const [x, y] = [-100 + column, 30 + row];
      const hole = box(x + 0.4, y + 0.4, x + 0.6, y + 0.6);
      regions[`R_${String(column)}_${String(row)}`] = [[box(x, y, x + 1, y + 1), hole.toReversed()]];
      regions[`H_${String(column)}_${String(row)}`] = [[hole]];
    }
  }
  return mapOf(regions, { last_updated: lastUpdated, signal_type: 'co2_moer' });
}
