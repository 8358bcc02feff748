import { readTime } from '../instant.ts';
import { type Answer, answerJsonText } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { refuse } from './refusals.ts';
import { type Region, regionNamed } from './regions.ts';
import { type Model, type Signal, isSignal, signalForms, signals } from './signals.ts';
import { writePoints } from './write-points.ts';

/** The longest span of a request: `end - start`, both inclusive (watttime contract, "Endpoints"). */
const longestMs = 32 * 86_400_000;

/** What a request for history asks, checked. */
interface Wanted {
  readonly signal: Signal;
  readonly region: Region;
  readonly model: Model;
  /** UTC milliseconds, both inclusive. */
  readonly start: number;
  readonly end: number;
  readonly imputed: boolean;
}

/** GET /v3/historical. A point is published `publishingDelayMs` after its time. */
export function createHistorical(publishingDelayMs: number): (call: Call) => Answer {
  return (call) => {
    const wanted = readWanted(call.query);
    if ('status' in wanted) {
      return wanted;
    }
    const { signal, region, model, imputed } = wanted;
    const periodMs = region.periodSeconds * 1000;
    const start = Math.max(wanted.start, model.dataStart);
    const points = writePoints({
      signal,
      region,
      model,
      imputed,
      first: Math.ceil(start / periodMs) * periodMs,
      last: Math.min(wanted.end, call.now - publishingDelayMs),
    });
    const meta = {
      data_point_period_seconds: region.periodSeconds,
      region: region.region,
      warnings: [],
      signal_type: signal,
      model: { type: model.type, date: model.date },
      units: signalForms[signal].units,
    };
    return answerJsonText(200, `{"data":[${points}],"meta":${JSON.stringify(meta)}}`);
  };
}

function readWanted(query: URLSearchParams): Wanted | Answer {
  for (const parameter of ['region', 'signal_type', 'start', 'end']) {
    if (!query.has(parameter)) {
      return refuse(422, 'Unprocessable Entity', `The parameter ${parameter} is required.`);
    }
  }
  if (query.has('updated_since')) {
    return refuse(501, 'Not Implemented', 'This sandbox does not serve updated_since.');
  }
  const signal = query.get('signal_type');
  if (!isSignal(signal)) {
    return refuse(422, 'Unprocessable Entity', `signal_type must be one of ${signals.join(', ')}.`);
  }
  const span = readSpan(query);
  if ('status' in span) {
    return span;
  }
  const name = query.get('region') ?? '';
  const region = regionNamed(signal, name);
  if (region === undefined) {
    return refuse(
      403,
      'Forbidden',
      `The region ${JSON.stringify(name)} is not available to this account for ${signal}.`,
    );
  }
  const imputed = query.get('include_imputed_marker') ?? 'false';
  if (!/^(true|false|1|0)$/i.test(imputed)) {
    return refuse(422, 'Unprocessable Entity', 'include_imputed_marker must be true or false.');
  }
  const { models } = signalForms[signal];
  const asked = query.get('model');
  const model = asked === null ? models.at(-1) : models.find(({ date }) => date === asked);
  if (model === undefined) {
    return refuse(400, 'Bad Request', `There is no model ${JSON.stringify(asked)} for ${signal} in ${name}.`);
  }
  return { signal, region, model, ...span, imputed: /^(true|1)$/i.test(imputed) };
}

function readSpan(query: URLSearchParams): { readonly start: number; readonly end: number } | Answer {
  const [start, end] = [readTime(query.get('start') ?? ''), readTime(query.get('end') ?? '')];
  if (start.kind === 'naive' || end.kind === 'naive') {
    return refuse(422, 'Unprocessable Entity', 'start and end must be timezone-aware ISO 8601 dates.');
  }
  if (start.kind === 'none' || end.kind === 'none') {
    return refuse(422, 'Unprocessable Entity', 'start and end must be ISO 8601 dates.');
  }
  if (end.time < start.time) {
    return refuse(400, 'Bad Request', 'start must not be after end.');
  }
  if (end.time - start.time > longestMs) {
    return refuse(400, 'Bad Request', 'The span from start to end must be at most 32 days.');
  }
  return { start: start.time, end: end.time };
}
