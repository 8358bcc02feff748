import type { Forecast, ForecastKind, Forecasts } from '../domain/forecast.ts';
import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { shorten } from './api-words.ts';
import type { Call } from './api-client.ts';
import { historicForecastsFor, newestForecastFor, readForecasts } from './watttime-forecast-answers.ts';
import { forbiddenAdvice, type WattTimeSession } from './watttime-session.ts';
import { isoInstant, lastGridPoint } from './watttime-span.ts';

/** The two forecast endpoints. */
export interface ForecastCalls {
  /** The newest forecast. Throws as `history` does. */
  forecast(series: Series, kind: ForecastKind): Promise<Forecasts>;
  /**
   * One request for the forecasts made at `start <= time < end`, a span of at most 24 hours. An `ApiError` of kind
   * `timeout` is not retried here: halve the span.
   */
  pastForecasts(series: Series, span: Span, kind: ForecastKind): Promise<Forecasts>;
}

/** The calls for forecasts. */
export function forecastCalls({ read, secrets }: WattTimeSession): ForecastCalls {
  const advice = ({ region, signal }: Series): NonNullable<Call['advice']> => ({
    forbidden: forbiddenAdvice(
      `the plan of this account does not cover forecasts of ${signal} in ${region}: see wattlift watttime my-access, or ask WattTime for it`,
    ),
    unreadable: 'nothing of it was stored; check watttime.url and what stands in between, then ask again',
    timeout: 'ask for a shorter span or horizon, or ask again later',
  });
  const query = ({ region, signal }: Series, { horizonHours, model }: ForecastKind): Record<string, string> => ({
    region,
    signal_type: signal,
    horizon_hours: String(horizonHours),
    ...(model !== undefined && { model }),
  });
  const settle = (
    forecasts: readonly Forecast[],
    meta: Parameters<typeof readForecasts>[1],
    kind: ForecastKind,
  ): Forecasts => {
    const answer = readForecasts(forecasts, meta, kind.model);
    return { ...answer, warnings: answer.warnings.map((warning) => shorten(secrets.redact(warning))) };
  };

  return {
    forecast: async (series, kind) => {
      const call: Call = {
        doing: `fetching the forecast of ${series.signal} of ${series.region}`,
        method: 'GET',
        path: '/v3/forecast',
        query: query(series, kind),
        advice: advice(series),
      };
      const { data, meta } = await read(call, newestForecastFor(series));
      return settle([{ generatedAt: meta.generated_at, points: data }], meta, kind);
    },

    pastForecasts: async (series, span, kind) => {
      const start = isoInstant(span.start);
      const end = isoInstant(lastGridPoint(span));
      const call: Call = {
        doing: `fetching the forecasts of ${series.signal} of ${series.region} made from ${start} to ${end}`,
        method: 'GET',
        path: '/v3/forecast/historical',
        query: { ...query(series, kind), start, end },
        retry: 'but-timeouts',
        advice: advice(series),
      };
      const { data, meta } = await read(call, historicForecastsFor(series));
      const within = data.filter(({ generatedAt }) => generatedAt >= span.start && generatedAt < span.end);
      return settle(within, meta, kind);
    },
  };
}
