import { z } from 'zod';
import type { History, MoerPoint, Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { checkSeries, instant, readWarnings, seriesMeta } from './watttime-answers.ts';

const point = z.object({
  point_time: instant,
  value: z.number().nullish(),
  imputed_data_used: z.boolean().nullish(),
});

type AnsweredPoint = z.infer<typeof point>;

const dayMs = 86_400_000;

/**
 * The points of an answer. Those in the form the API writes (`2025-01-01T00:05:00+00:00`, a number) are read by hand, since
 * there are nine thousand in an answer and a schema takes five times as long as parsing their JSON; all others go through the
 * schema, so that what is taken and what is refused, with its path, is the schema's word alone.
 */
const points = z.custom<readonly unknown[]>(Array.isArray, 'expected an array').transform((items, context) => {
  const readTime = createInstantReader();
  const read: AnsweredPoint[] = [];
  for (const [index, item] of items.entries()) {
    const plain = readPlain(item, readTime);
    if (plain !== undefined) {
      read.push(plain);
      continue;
    }
    const parsed = point.safeParse(item);
    if (parsed.success) {
      read.push(parsed.data);
      continue;
    }
    const [issue] = parsed.error.issues;
    context.addIssue({ code: 'custom', path: [index, ...(issue?.path ?? [])], message: issue?.message ?? 'invalid' });
    return z.NEVER;
  }
  return read;
});

function readPlain(item: unknown, readTime: (text: string) => number): AnsweredPoint | undefined {
  if (typeof item !== 'object' || item === null || !('point_time' in item) || !('value' in item)) return undefined;
  const { point_time: text, value } = item;
  const imputed = 'imputed_data_used' in item ? item.imputed_data_used : undefined;
  if (typeof text !== 'string' || typeof value !== 'number') return undefined;
  if (imputed !== undefined && typeof imputed !== 'boolean') return undefined;
  const time = readTime(text);
  return Number.isNaN(time) ? undefined : { point_time: time, value, imputed_data_used: imputed };
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

/** `GET /v3/historical`. */
const historicalAnswer = z.object({ data: points, meta: seriesMeta });

export type HistoricalAnswer = z.infer<typeof historicalAnswer>;

/** `GET /v3/historical`, for what was asked. */
export function historicalAnswerFor(series: Series): z.ZodType<HistoricalAnswer> {
  return historicalAnswer.superRefine(checkSeries(series));
}

/**
 * The points with `start <= time < end`, by time, each time once (the last answer for a time wins), with the model's date
 * on every one (fact 5). A point without a value is no reading and is left out; 0 is one. `askedModel` is the model that
 * was asked for, when one was: an answer of another is told among the warnings.
 */
export function readHistory({ data, meta }: HistoricalAnswer, span: Span, askedModel: string | undefined): History {
  const model = meta.model?.date ?? undefined;
  const points: MoerPoint[] = [];
  for (const { point_time: time, value, imputed_data_used: imputed } of data) {
    if (time < span.start || time >= span.end || value === undefined || value === null) continue;
    // One shape for all: undefined is what an absent field is read as.
    points.push({ time, value, model, imputed: imputed ?? undefined });
  }
  return {
    points: inOrder(points),
    periodSeconds: meta.data_point_period_seconds,
    ...(model !== undefined && { model }),
    ...(meta.units && { units: meta.units }),
    warnings: readWarnings(meta, askedModel),
  };
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
