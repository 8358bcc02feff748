import { z } from 'zod';
import type { Forecast, Forecasts } from '../domain/forecast.ts';
import type { Series } from '../domain/moer.ts';
import { checkSeries, instant, readWarnings, seriesMeta } from './watttime-answers.ts';

/** A forecast's points: sorted, each time once; one without a value is none, 0 is one. */
const points = z
  .array(z.object({ point_time: instant, value: z.number().nullish() }))
  .transform((list): Forecast['points'] => {
    const byTime = new Map<number, number>();
    for (const { point_time: time, value } of list) if (typeof value === 'number') byTime.set(time, value);
    return [...byTime].map(([time, value]) => ({ time, value })).sort((a, b) => a.time - b.time);
  });

const forecastMeta = seriesMeta.extend({ generated_at_period_seconds: z.number().int().positive().nullish() });

const newestForecast = z.object({ data: points, meta: forecastMeta.extend({ generated_at: instant }) });

const historicForecasts = z.object({
  data: z
    .array(z.object({ generated_at: instant, forecast: points }))
    .transform((list) =>
      list.map(({ generated_at: generatedAt, forecast }): Forecast => ({ generatedAt, points: forecast })),
    ),
  meta: forecastMeta,
});

/** `GET /v3/forecast`, for what was asked. */
export function newestForecastFor(series: Series): z.ZodType<z.infer<typeof newestForecast>> {
  return newestForecast.superRefine(checkSeries(series));
}

/** `GET /v3/forecast/historical`, for what was asked. */
export function historicForecastsFor(series: Series): z.ZodType<z.infer<typeof historicForecasts>> {
  return historicForecasts.superRefine(checkSeries(series));
}

/** The forecasts by the time they were made, each once (the last answer for a time wins). */
export function readForecasts(
  forecasts: readonly Forecast[],
  meta: z.infer<typeof forecastMeta>,
  askedModel: string | undefined,
): Forecasts {
  const byTime = new Map(forecasts.map((forecast) => [forecast.generatedAt, forecast]));
  const model = meta.model?.date ?? undefined;
  return {
    forecasts: [...byTime.values()].sort((a, b) => a.generatedAt - b.generatedAt),
    periodSeconds: meta.data_point_period_seconds,
    generatedEverySeconds: meta.generated_at_period_seconds ?? meta.data_point_period_seconds,
    ...(model !== undefined && { model }),
    ...(meta.units && { units: meta.units }),
    warnings: readWarnings(meta, askedModel),
  };
}
