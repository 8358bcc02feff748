import { z } from 'zod';
import type { History, MoerPoint, Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { checkSeries, instant, readWarnings, seriesMeta } from './watttime-answers.ts';

const answeredPoint = z.object({
  point_time: instant,
  value: z.number().nullish(),
  imputed_data_used: z.boolean().nullish(),
});

/** The points stay as they are: they are read one by one. */
const answer = z.object({ data: z.custom<readonly unknown[]>(Array.isArray, 'expected an array'), meta: seriesMeta });

const dayMs = 86_400_000;

/**
 * `GET /v3/historical`, for what was asked: the points with `start <= time < end`, by time, each time once (the last answer
 * for a time wins), with the model's date on every one (fact 5). A point without a value is no reading and is left out; 0 is
 * one. `askedModel` is the model that was asked for, when one was: an answer of another is told among the warnings.
 *
 * Points in the form the API writes (`2025-01-01T00:05:00+00:00`, a number) are read by hand, since there are nine thousand in
 * an answer and a schema takes five times as long as parsing their JSON; all others go through the schema, so that what is
 * taken and what is refused, with its path, is the schema's word alone.
 */
export function historyAnswerFor(series: Series, span: Span, askedModel: string | undefined): z.ZodType<History> {
  return answer.superRefine(checkSeries(series)).transform(({ data, meta }, context): History => {
    const model = meta.model?.date ?? undefined;
    const readTime = createInstantReader();
    const points: MoerPoint[] = [];
    for (const [index, item] of data.entries()) {
      const read = readPlain(item, readTime, model) ?? readWithSchema(item, model);
      if (read !== 'empty' && 'message' in read) {
        context.addIssue({ code: 'custom', path: ['data', index, ...read.path], message: read.message });
        return z.NEVER;
      }
      if (read !== 'empty' && read.time >= span.start && read.time < span.end) points.push(read);
    }
    return {
      points: inOrder(points),
      periodSeconds: meta.data_point_period_seconds,
      ...(model !== undefined && { model }),
      ...(meta.units && { units: meta.units }),
      warnings: readWarnings(meta, askedModel),
    };
  });
}

/** Undefined for a point in another form than the API's own. */
function readPlain(
  item: unknown,
  readTime: (text: string) => number,
  model: string | undefined,
): MoerPoint | undefined {
  if (typeof item !== 'object' || item === null || !('point_time' in item) || !('value' in item)) return undefined;
  const { point_time: text, value } = item;
  const imputed = 'imputed_data_used' in item ? item.imputed_data_used : undefined;
  if (typeof text !== 'string' || typeof value !== 'number') return undefined;
  if (imputed !== undefined && typeof imputed !== 'boolean') return undefined;
  const time = readTime(text);
  return Number.isNaN(time) ? undefined : { time, value, model, imputed };
}

function readWithSchema(
  item: unknown,
  model: string | undefined,
): MoerPoint | 'empty' | { readonly path: readonly PropertyKey[]; readonly message: string } {
  const { success, data, error } = answeredPoint.safeParse(item);
  if (!success) {
    const [issue] = error.issues;
    return { path: issue?.path ?? [], message: issue?.message ?? 'invalid' };
  }
  const { point_time: time, value, imputed_data_used: imputed } = data;
  return value === undefined || value === null ? 'empty' : { time, value, model, imputed: imputed ?? undefined };
}

/** Reads times as the API writes them, the day once for all its points; NaN for every other form. */
function createInstantReader(): (text: string) => number {
  let day = '';
  let midnight = Number.NaN;
  return (text) => {
    if (text.length !== 25 || !text.endsWith('+00:00') || text[13] !== ':' || text[16] !== ':') return Number.NaN;
    if (text[10] !== 'T' && text[10] !== ' ') return Number.NaN;
    if (text.slice(0, 10) !== day) {
      day = text.slice(0, 10);
      midnight = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    }
    const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
    const inDay = ((hours * 60 + minutes) * 60 + seconds) * 1000;
    return hours < 24 && minutes < 60 && seconds < 60 && inDay < dayMs ? midnight + inDay : Number.NaN;
  };
}

/** NaN where they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** As they are, when each is later than the one before. */
function inOrder(points: readonly MoerPoint[]): readonly MoerPoint[] {
  let last = -Infinity;
  for (const { time } of points) {
    if (time <= last) {
      const byTime = new Map(points.map((one) => [one.time, one]));
      return [...byTime.values()].sort((a, b) => a.time - b.time);
    }
    last = time;
  }
  return points;
}
