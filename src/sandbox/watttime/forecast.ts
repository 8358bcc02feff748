import { type Answer, answerJsonText } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { accessOf } from './access.ts';
import { createTimeWriter, writeTenths } from './point-text.ts';
import { refuse } from './refusals.ts';
import { type SeriesWanted, demandParameters, describeSeries, readSeries, readSpan } from './series-request.ts';
import type { WattTimeSettings } from './settings.ts';
import { createValues, hashText, mix } from './values.ts';

const hourMs = 3_600_000;
/** The longest span of `generated_at` in a request (watttime contract, "Endpoints"). */
const longest = { longestMs: 24 * hourMs, named: '24 hours' };

/** GET /v3/forecast: the newest forecast. It is made at every point of the series' own grid, and can be had at once. */
export function createForecast(settings: WattTimeSettings): (call: Call) => Answer {
  return (call) => {
    const wanted = readWanted(call, ['region', 'signal_type'], settings);
    if ('status' in wanted) return wanted;
    const periodMs = wanted.region.periodSeconds * 1000;
    const generatedAt = Math.floor(call.now / periodMs) * periodMs;
    const write = createForecastWriter(wanted, generatedAt, settings);
    const meta = {
      ...describeForecasts(wanted, settings),
      generated_at: createTimeWriter(settings.dates, wanted.region.periodSeconds)(generatedAt),
    };
    return answerJsonText(200, `{"data":[${write(generatedAt)}],"meta":${JSON.stringify(meta)}}`);
  };
}

/** GET /v3/forecast/historical: the forecasts made from `start` to `end`, both inclusive. */
export function createForecastHistory(settings: WattTimeSettings): (call: Call) => Answer {
  return (call) => {
    const wanted = readWanted(call, ['region', 'signal_type', 'start', 'end'], settings);
    if ('status' in wanted) return wanted;
    const span = readSpan(call.query, longest, settings);
    if ('status' in span) return span;
    const { periodSeconds } = wanted.region;
    const periodMs = periodSeconds * 1000;
    const writeTime = createTimeWriter(settings.dates, periodSeconds);
    const first = Math.ceil(Math.max(span.start, wanted.model.dataStart) / periodMs) * periodMs;
    const write = createForecastWriter(wanted, first, settings);
    const forecasts: string[] = [];
    for (let time = first; time <= Math.min(span.end, call.now); time += periodMs) {
      forecasts.push(`{"generated_at":"${writeTime(time)}","forecast":[${write(time)}]}`);
    }
    const meta = JSON.stringify(describeForecasts(wanted, settings));
    return answerJsonText(200, `{"data":[${forecasts.join(',')}],"meta":${meta}}`);
  };
}

interface ForecastWanted extends SeriesWanted {
  readonly horizonHours: number;
}

function readWanted(call: Call, names: readonly string[], settings: WattTimeSettings): ForecastWanted | Answer {
  const refusal = demandParameters(call.query, names, settings);
  if (refusal) return refusal;
  const horizon = call.query.get('horizon_hours') ?? '24';
  if (!/^\d{1,3}$/.test(horizon) || Number(horizon) > 72) {
    return refuse(422, 'Unprocessable Entity', 'horizon_hours must be an integer from 0 to 72.', settings.errorText);
  }
  const access = accessOf(call.user, settings.plan);
  const series = readSeries(call, { settings, access, forecast: true });
  return 'status' in series ? series : { ...series, horizonHours: Number(horizon) };
}

function describeForecasts(wanted: SeriesWanted, settings: WattTimeSettings): object {
  return { ...describeSeries(wanted, settings), generated_at_period_seconds: wanted.region.periodSeconds };
}

/**
 * Writes the points of the forecast made at a time, that time's own first: what will come, with an error that grows with
 * the distance. The forecasts of a day share most of their points, so what does not depend on the forecast is kept.
 * `origin` is the first time a forecast is made.
 */
function createForecastWriter(
  { region, signal, model, horizonHours }: ForecastWanted,
  origin: number,
  settings: WattTimeSettings,
): (generatedAt: number) => string {
  const periodMs = region.periodSeconds * 1000;
  const count = Math.max(1, (horizonHours * hourMs) / periodMs);
  const { tenthsAt } = createValues(signal, model, region);
  const writeTime = createTimeWriter(settings.dates, region.periodSeconds);
  const seed = hashText(`${signal}/${model.date}/${region.region}/forecast`);
  const points: { readonly tenths: number; readonly text: string }[] = [];
  return (generatedAt) => {
    const made = mix(seed, generatedAt / 60_000);
    const first = (generatedAt - origin) / periodMs;
    let text = '';
    for (let step = 0; step < count; step += 1) {
      const time = generatedAt + step * periodMs;
      const point = (points[first + step] ??= {
        tenths: tenthsAt(time),
        text: `{"point_time":"${writeTime(time)}","value":`,
      });
      const error = (mix(made, step) / 0xffffffff - 0.5) * 0.3 * Math.min(1, (step * periodMs) / (24 * hourMs));
      text += `${step === 0 ? '' : ','}${point.text}${writeTenths(Math.round(point.tenths * (1 + error)))}}`;
    }
    return text;
  };
}
