import { z } from 'zod';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.ts';
import { type ManualClock, type Reply, ask, logIn, openSandbox } from './open-sandbox.ts';

/** WattTime as a logged-in user sees it. */
export interface WattTimeUser {
  readonly sandbox: Sandbox & { readonly clock: ManualClock };
  /** GET of a path below `/v3/`. */
  readonly get: (path: string, parameters?: { readonly [name: string]: string }) => Promise<Reply>;
}

/** A sandbox with these settings of its WattTime side, on a manual clock at noon of 2026-02-01, and a user in it. */
export async function openWattTime(
  settings: SandboxOptions['watttime'] = {},
  { user = 'ada', ...options }: Partial<SandboxOptions> & { readonly user?: string } = {},
): Promise<WattTimeUser> {
  const sandbox = await openSandbox({ watttime: settings, ...options });
  const headers = await logIn(sandbox, user);
  return {
    sandbox,
    get: (path, parameters = {}) =>
      ask(`${sandbox.watttimeUrl}/v3/${path}?${new URLSearchParams(parameters).toString()}`, { headers }),
  };
}

/** What every request for history in these tests says, but for the span. */
export const california = { region: 'CAISO_NORTH', signal_type: 'co2_moer' };

/** The first ten minutes of 2025: three points. */
export const tenMinutes = { start: '2025-01-01T00:00:00Z', end: '2025-01-01T00:10:00Z' };

const point = z.strictObject({
  point_time: z.string(),
  value: z.number().nonnegative(),
  last_updated: z.string().exactOptional(),
  imputed_data_used: z.boolean().exactOptional(),
});

const series = z.strictObject({
  data: z.array(point),
  meta: z.strictObject({
    data_point_period_seconds: z.union([z.literal(300), z.literal(3600)]),
    region: z.string(),
    warnings: z.array(z.strictObject({ type: z.string(), message: z.string() })),
    signal_type: z.string(),
    model: z.strictObject({ type: z.string().exactOptional(), date: z.string() }).exactOptional(),
    units: z.string(),
    generated_at: z.string().exactOptional(),
    generated_at_period_seconds: z.number().exactOptional(),
  }),
});

/** An answer of history or of a forecast; nothing may be in it that the contract does not know. */
export function readSeries({ text }: Reply): z.output<typeof series> {
  return series.parse(JSON.parse(text));
}

const forecasts = z.strictObject({
  data: z.array(z.strictObject({ generated_at: z.string(), forecast: z.array(point) })),
  meta: series.shape.meta.omit({ generated_at: true }),
});

/** An answer of historical forecasts. */
export function readForecasts({ text }: Reply): z.output<typeof forecasts> {
  return forecasts.parse(JSON.parse(text));
}

const model = z.strictObject({
  model: z.iso.date(),
  data_start: z.iso.date(),
  train_start: z.iso.date(),
  train_end: z.iso.date(),
  type: z.enum(['proxy', 'binned_regression', 'heatrate', 'average']).exactOptional(),
});

const access = z.strictObject({
  signal_types: z.array(
    z.strictObject({
      signal_type: z.string(),
      regions: z.array(
        z.strictObject({
          region: z.string(),
          region_full_name: z.string(),
          parent: z.string().exactOptional(),
          data_point_period_seconds: z.union([z.literal(300), z.literal(3600)]),
          endpoints: z.array(
            z.strictObject({ endpoint: z.enum(['v3/forecast', 'v3/historical']), models: z.array(model) }),
          ),
        }),
      ),
    }),
  ),
});

/** An answer of my-access. */
export function readAccess({ text }: Reply): z.output<typeof access> {
  return access.parse(JSON.parse(text));
}

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

const map = z.strictObject({
  type: z.literal('FeatureCollection'),
  features: z.array(
    z.strictObject({
      type: z.literal('Feature'),
      properties: z.strictObject({ region: z.string(), region_full_name: z.string() }),
      geometry: z.strictObject({
        type: z.literal('MultiPolygon'),
        coordinates: z.array(z.array(z.array(position).min(4)).min(1)).min(1),
      }),
    }),
  ),
  meta: z.strictObject({ last_updated: z.string(), signal_type: z.string() }),
});

/** An answer of maps: GeoJSON with the properties of the contract and no other. */
export function readMap({ text }: Reply): z.output<typeof map> {
  return map.parse(JSON.parse(text));
}
