import { type Answer, answerJsonText } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { accessOf } from './access.ts';
import { createTimeWriter, writeTenths } from './point-text.ts';
import { publish } from './publishing.ts';
import { refuse } from './refusals.ts';
import {
  type SeriesWanted,
  demandParameters,
  describeSeries,
  readInstant,
  readSeries,
  readSpan,
} from './series-request.ts';
import type { WattTimeSettings } from './settings.ts';

/** The longest span of a request: `end - start`, both inclusive (watttime contract, "Endpoints"). */
const longest = { longestMs: 32 * 86_400_000, named: '32 days' };

/** Which points, and what is said of each. */
interface PointsWanted extends SeriesWanted {
  /** UTC milliseconds, both inclusive. */
  readonly start: number;
  readonly end: number;
  readonly imputed: boolean;
  /** Only points that got their value at this instant or later, each with that instant. */
  readonly updatedSince: number | undefined;
}

/** GET /v3/historical. What is not published yet, or lies before the data of the model, is silently left out. */
export function createHistorical(settings: WattTimeSettings): (call: Call) => Answer {
  return (call) => {
    const { query } = call;
    const refusal = demandParameters(query, ['region', 'signal_type', 'start', 'end'], settings);
    if (refusal) return refusal;
    const span = readSpan(query, longest, settings);
    if ('status' in span) return span;
    const access = accessOf(call.user, settings.plan);
    const series = readSeries(call, { settings, access, forecast: false });
    if ('status' in series) return series;
    const imputed = query.get('include_imputed_marker') ?? 'false';
    if (!/^(true|false|1|0)$/i.test(imputed)) {
      return refuse(422, 'Unprocessable Entity', 'include_imputed_marker must be true or false.', settings.errorText);
    }
    const updatedSince = query.has('updated_since') ? readInstant(query, 'updated_since', settings) : undefined;
    if (typeof updatedSince === 'object') return updatedSince;
    const wanted = { ...series, ...span, imputed: /^(true|1)$/i.test(imputed), updatedSince };
    const meta = JSON.stringify(describeSeries(series, settings));
    return answerJsonText(200, `{"data":[${writePoints(wanted, call.now, settings)}],"meta":${meta}}`);
  };
}

/** The points as JSON objects with commas between. */
function writePoints(wanted: PointsWanted, now: number, settings: WattTimeSettings): string {
  const { region, model, imputed, updatedSince } = wanted;
  const published = publish(wanted, now, settings);
  const periodMs = region.periodSeconds * 1000;
  const writeTime = createTimeWriter(settings.dates, region.periodSeconds);
  const first = Math.ceil(Math.max(wanted.start, model.dataStart) / periodMs) * periodMs;
  const last = Math.min(wanted.end, published.until);
  const mayLack = settings.holes.length > 0;
  const writeUpdated = createTimeWriter(settings.dates, 300);
  let text = '';
  for (let time = first; time <= last; time += periodMs) {
    if (mayLack && !published.has(time)) continue;
    const updatedAt = updatedSince === undefined ? 0 : published.updatedAt(time);
    if (updatedSince !== undefined && updatedAt < updatedSince) continue;
    const value = writeTenths(published.tenthsAt(time));
    const updated = updatedSince === undefined ? '' : `,"last_updated":"${writeUpdated(updatedAt)}"`;
    const marker = imputed ? `,"imputed_data_used":${String(published.imputedAt(time))}` : '';
    text += `${text === '' ? '' : ','}{"point_time":"${writeTime(time)}","value":${value}${updated}${marker}}`;
  }
  return text;
}
