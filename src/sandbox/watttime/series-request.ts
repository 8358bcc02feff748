import { readTime } from '../instant.ts';
import type { Answer } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Access, mayRead } from './access.ts';
import { refuse } from './refusals.ts';
import { type Region, regionNamed } from './regions.ts';
import type { WattTimeSettings } from './settings.ts';
import { type Model, type Signal, isSignal, modelsOf, signalForms, signals } from './signals.ts';

/** A series as a request names it. */
export interface SeriesWanted {
  readonly signal: Signal;
  readonly region: Region;
  readonly model: Model;
}

/** A span of time, both ends inclusive (watttime contract, fact 1), in UTC milliseconds. */
export interface SpanWanted {
  readonly start: number;
  readonly end: number;
}

/** Reads region, signal and model, which history and both forecasts take; a refusal where the real API has one. */
export function readSeries(
  { query, now }: Call,
  { settings, access, forecast }: { settings: WattTimeSettings; access: Access; forecast: boolean },
): SeriesWanted | Answer {
  const { errorText } = settings;
  const signal = query.get('signal_type');
  if (!isSignal(signal)) {
    return refuse(422, 'Unprocessable Entity', `signal_type must be one of ${signals.join(', ')}.`, errorText);
  }
  const name = query.get('region') ?? '';
  const region = regionNamed(signal, name);
  if (region === undefined || !mayRead(access, region) || (forecast && !signalForms[signal].isForecast)) {
    const what = `${signal}${forecast ? ' forecasts' : ''} of the region ${JSON.stringify(name)}`;
    return refuse(403, 'Forbidden', `Your account does not have access to ${what}.`, errorText);
  }
  const models = modelsOf(signal, region, now, settings.newModelAt);
  const asked = query.get('model');
  const model = asked === null ? models.at(-1) : models.find(({ date }) => date === asked);
  return model === undefined
    ? refuse(400, 'Bad Request', `There is no model ${JSON.stringify(asked)} for ${signal} in ${name}.`, errorText)
    : { signal, region, model };
}

/** The refusal of a request that lacks a parameter, if it does. */
export function demandParameters(
  query: URLSearchParams,
  names: readonly string[],
  settings: WattTimeSettings,
): Answer | undefined {
  const missing = names.find((name) => !query.has(name));
  return missing === undefined
    ? undefined
    : refuse(422, 'Unprocessable Entity', `The parameter ${missing} is required.`, settings.errorText);
}

/** Reads `start` and `end`, which may be `longestMs` apart; whether exactly so far is a setting. */
export function readSpan(
  query: URLSearchParams,
  { longestMs, named }: { longestMs: number; named: string },
  settings: WattTimeSettings,
): SpanWanted | Answer {
  const [start, end] = [readInstant(query, 'start', settings), readInstant(query, 'end', settings)];
  if (typeof start !== 'number') return start;
  if (typeof end !== 'number') return end;
  if (end < start) return refuse(400, 'Bad Request', 'start must not be after end.', settings.errorText);
  if (end - start > longestMs || (end - start === longestMs && settings.longestSpan === 'exclusive')) {
    const most = settings.longestSpan === 'exclusive' ? 'less than' : 'at most';
    return refuse(400, 'Bad Request', `The span from start to end must be ${most} ${named}.`, settings.errorText);
  }
  return { start, end };
}

/** Reads a time with a zone, in UTC milliseconds. */
export function readInstant(query: URLSearchParams, name: string, { errorText }: WattTimeSettings): number | Answer {
  const written = readTime(query.get(name) ?? '');
  if (written.kind === 'instant') return written.time;
  const what = written.kind === 'naive' ? 'a timezone-aware ISO 8601 date' : 'an ISO 8601 date';
  return refuse(422, 'Unprocessable Entity', `${name} must be ${what}.`, errorText);
}

/** What `meta` says of every series. */
export function describeSeries({ signal, region, model }: SeriesWanted, settings: WattTimeSettings): object {
  return {
    data_point_period_seconds: region.periodSeconds,
    region: region.region,
    warnings: settings.warnings,
    signal_type: signal,
    ...describeModel(model, settings),
    units: signalForms[signal].units,
  };
}

/** `model` of a `meta`, as much of it as the settings let through. */
export function describeModel({ type, date }: Model, { modelMeta }: WattTimeSettings): object {
  if (modelMeta === 'absent') return {};
  return { model: modelMeta === 'date' ? { date } : { type, date } };
}
