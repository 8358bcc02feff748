/** Mean radius of the Earth, metres. The ellipsoid differs from this sphere by at most 0.6 %. */
const radiusMetres = 6_371_008.8;
const radians = Math.PI / 180;
/** Where halving an edge stops: the answer of `isEdgeWithin` is exact but for this. */
const toleranceMetres = 0.1;

/** Longitude and latitude in degrees, in GeoJSON's order. The longitude may lie beyond 180, around the world. */
export type LonLat = readonly [longitude: number, latitude: number];

/** Great-circle distance on the sphere, in metres; right for near points, at the poles and across the antimeridian. */
export function metresBetween([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const northing = Math.sin(((lat2 - lat1) * radians) / 2);
  const easting = Math.sin(((lon2 - lon1) * radians) / 2);
  const square = northing ** 2 + Math.cos(lat1 * radians) * Math.cos(lat2 * radians) * easting ** 2;
  return 2 * radiusMetres * Math.asin(Math.min(1, Math.sqrt(square)));
}

/**
 * Half the sides, in degrees, of the smallest box of longitudes and latitudes that holds all within `metres` of a point
 * at this latitude. The longitude's half is 180 where a pole is that near.
 */
export function boxAround(latitude: number, metres: number): { readonly longitude: number; readonly latitude: number } {
  const angle = metres / radiusMetres;
  const half = angle / radians;
  if (Math.abs(latitude) + half >= 90) return { longitude: 180, latitude: half };
  return { longitude: Math.asin(Math.sin(angle) / Math.cos(latitude * radians)) / radians, latitude: half };
}

/**
 * Does the edge come within `metres` of the point, to a tenth of a metre? An edge is straight in degrees, as GeoJSON has it
 * (RFC 7946, 3.1.1), not a great circle: over ten degrees the two part by kilometres. So it is halved until the distance of
 * a half's middle decides: no point of a half is farther from its middle than the half is long.
 */
export function isEdgeWithin(point: LonLat, from: LonLat, to: LonLat, metres: number): boolean {
  const middle: LonLat = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const distance = metresBetween(point, middle);
  if (distance <= metres) return true;
  const reach = longestHalf(from, to);
  if (distance - reach > metres || reach < toleranceMetres) return false;
  return isEdgeWithin(point, from, middle, metres) || isEdgeWithin(point, middle, to, metres);
}

/** At least the length of half the edge, in metres: parallels are taken as long as the longest that it touches. */
function longestHalf([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const nearestEquator = lat1 * lat2 <= 0 ? 0 : Math.min(Math.abs(lat1), Math.abs(lat2));
  const northing = (lat2 - lat1) / 2;
  const easting = ((lon2 - lon1) / 2) * Math.cos(nearestEquator * radians);
  return radiusMetres * radians * Math.hypot(northing, easting);
}
