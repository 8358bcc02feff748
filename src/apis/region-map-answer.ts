import { z } from 'zod';

/** Positions `[longitude, latitude, ...]`, closed or not. */
export type Ring = readonly (readonly number[])[];
/** An exterior ring and its holes. */
export type Polygon = readonly Ring[];

const name = z.string().trim().min(1);

const polygon = z.looseObject({
  type: z.literal('Polygon'),
  coordinates: z.custom<Polygon>(isPolygon, 'expected rings of [longitude, latitude] in degrees'),
});

const multiPolygon = z.looseObject({
  type: z.literal('MultiPolygon'),
  coordinates: z.custom<readonly Polygon[]>(isMultiPolygon, 'expected polygons of [longitude, latitude] in degrees'),
});

const geometrySchema = z.discriminatedUnion('type', [polygon, multiPolygon]);
type Geometry = z.infer<typeof geometrySchema>;

/**
 * `GET /v3/maps`: a FeatureCollection with a polygon or several for each region. Coordinates are checked where they stand
 * and not copied: a map has a million of them. Further fields are kept. One without any area is refused, since it would put every site outside.
 */
const regionMapAnswer = z.looseObject({
  type: z.literal('FeatureCollection'),
  meta: z.looseObject({ last_updated: z.string().nullish(), signal_type: z.string().trim().nullish() }).nullish(),
  features: z
    .array(
      z.looseObject({
        type: z.literal('Feature').catch('Feature'),
        properties: z.looseObject({ region: name, region_full_name: z.string().trim().nullish() }),
        geometry: geometrySchema.nullish(),
      }),
    )
    .refine((features) => features.some((feature) => polygonsOf(feature).length > 0), 'expected at least one region'),
});

export type RegionMapAnswer = z.infer<typeof regionMapAnswer>;

/** The same for one signal: a map that names another one belongs to another question. */
export function regionMapAnswerFor(signal: string): z.ZodType<RegionMapAnswer> {
  return regionMapAnswer.refine(({ meta }) => !meta?.signal_type || meta.signal_type === signal, {
    path: ['meta', 'signal_type'],
    message: `asked for ${signal}, the answer names another signal`,
  });
}

/** The polygons of one region; none when it has no geometry. */
export function polygonsOf({ geometry }: { readonly geometry?: Geometry | null | undefined }): readonly Polygon[] {
  if (!geometry) return [];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.filter((rings) => rings.length > 0);
}

function isMultiPolygon(value: unknown): value is readonly Polygon[] {
  return Array.isArray(value) && value.every(isPolygon);
}

function isPolygon(value: unknown): value is Polygon {
  return (
    Array.isArray(value) && value.every((ring) => Array.isArray(ring) && ring.length >= 3 && ring.every(isPosition))
  );
}

/** Longitudes past 180 are how some draw across the antimeridian; a latitude past 90 shows that the two are swapped. */
function isPosition(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [longitude, latitude]: unknown[] = value;
  return (
    typeof longitude === 'number' &&
    Math.abs(longitude) <= 540 &&
    typeof latitude === 'number' &&
    Math.abs(latitude) <= 90
  );
}
