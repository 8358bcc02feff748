import { z } from 'zod';
import type { Call } from './api-client.ts';
import type { Coordinates } from '../domain/site.ts';
import { regionMapAnswerFor, type RegionMapAnswer } from './region-map-answer.ts';
import { instant, regionAnswer, seriesMeta, checkSeries } from './watttime-answers.ts';
import { forbiddenAdvice, type WattTimeSession } from './watttime-session.ts';
import type { Series } from '../domain/moer.ts';

/** Which regions there are, where they are, and how clean they are now (watttime contract, "Endpoints"). */
export interface GridCalls {
  /** The grid region at a point. No coverage there is an `ApiError` of kind `absent`. */
  regionAt(signal: string, at: Coordinates): Promise<{ readonly region: string; readonly fullName: string }>;
  /** All regions of a signal as GeoJSON, names trimmed; tens of MB. */
  maps(signal: string): Promise<RegionMapAnswer>;
  /** How the present compares with the last days in a region: 0 is the cleanest, 100 the dirtiest. */
  index(series: Series): Promise<SignalIndex>;
}

/** One point of the signal index. */
export interface SignalIndex {
  /** UTC milliseconds. */
  readonly time: number;
  /** 0 to 100. */
  readonly value: number;
  readonly periodSeconds: number;
  readonly units?: string | undefined;
  readonly model?: string | undefined;
}

const indexAnswer = z.object({
  data: z.array(z.object({ point_time: instant, value: z.number() })).min(1),
  meta: seriesMeta,
});

/** The calls that concern the grid. */
export function gridCalls({ read }: WattTimeSession): GridCalls {
  return {
    regionAt: async (signal, { latitude, longitude }) => {
      const place = `${String(latitude)}, ${String(longitude)}`;
      const call: Call = {
        doing: `looking up the grid region at ${place}`,
        method: 'GET',
        path: '/v3/region-from-loc',
        query: { signal_type: signal, latitude: String(latitude), longitude: String(longitude) },
        advice: {
          // Another 404 is a wrong address, which the general advice speaks of.
          absent: ({ said = '' }) =>
            /coverage/i.test(said)
              ? `no coverage at ${place} for ${signal}: check that latitude and longitude are not swapped, or give the site a region by hand`
              : undefined,
          forbidden: forbiddenAdvice(`the plan of this account does not cover ${signal}, or not this look-up`),
        },
      };
      const { region, region_full_name: fullName } = await read(call, regionAnswer);
      return { region, fullName: fullName ?? region };
    },

    maps: async (signal) => {
      const call: Call = {
        doing: `fetching the map of all regions for ${signal}`,
        method: 'GET',
        path: '/v3/maps',
        query: { signal_type: signal },
        retry: 'but-timeouts',
        advice: {
          forbidden: forbiddenAdvice(
            'maps come with the plans ANALYST and PRO; without one, look regions up by their coordinates',
          ),
          timeout: 'a map has tens of MB: raise watttime.timeout in the manifest, or ask again later',
        },
      };
      return read(call, regionMapAnswerFor(signal));
    },

    index: async (series) => {
      const { region, signal } = series;
      const call: Call = {
        doing: `fetching the signal index of ${signal} of ${region}`,
        method: 'GET',
        path: '/v3/signal-index',
        query: { region, signal_type: signal },
        advice: { forbidden: forbiddenAdvice(`this account has no signal index of ${signal} in ${region}`) },
      };
      const { data, meta } = await read(call, indexAnswer.superRefine(checkSeries(series)));
      const [point] = data.toSorted((a, b) => b.point_time - a.point_time);
      if (point === undefined) throw new TypeError('the schema demands a point');
      return {
        time: point.point_time,
        value: point.value,
        periodSeconds: meta.data_point_period_seconds,
        ...(meta.units && { units: meta.units }),
        ...(meta.model?.date && { model: meta.model.date }),
      };
    },
  };
}
