import { z } from 'zod';
import type { History, MoerPoint, Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { PlainPoints } from './history-bytes.ts';
import { checkSeries, instant, readWarnings, seriesMeta } from './watttime-answers.ts';

const answeredPoint = z.object({
  point_time: instant,
  value: z.number().nullish(),
  imputed_data_used: z.boolean().nullish(),
});

/** The points stay as they are: they are read one by one. */
const answer = z.object({
  data: z.custom<readonly unknown[] | PlainPoints>(
    (data) => Array.isArray(data) || data instanceof PlainPoints,
    'expected an array',
  ),
  meta: seriesMeta,
});

/**
 * `GET /v3/historical`, for what was asked: the points with `start <= time < end`, by time, each time once (the last answer
 * for a time wins), with the model's date on every one (fact 5). A point without a value is no reading and is left out; 0 is
 * one. `askedModel` is the model that was asked for, when one was: an answer of another is told among the warnings.
 *
 * Points in the form the API writes come as numbers (`parseHistory`), since there are nine thousand in an answer and a schema
 * takes five times as long as parsing their JSON; all others go through the schema, so that what is taken and what is refused,
 * with its path, is the schema's word alone.
 */
export function historyAnswerFor(series: Series, span: Span, askedModel: string | undefined): z.ZodType<History> {
  return answer.superRefine(checkSeries(series)).transform(({ data, meta }, context): History => {
    const model = meta.model?.date ?? undefined;
    const points: MoerPoint[] = data instanceof PlainPoints ? pointsOf(data, span, model) : [];
    for (const [index, item] of data instanceof PlainPoints ? [] : data.entries()) {
      const read = readWithSchema(item, model);
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

/** Those that lie in the span. */
function pointsOf({ length, times, values, imputed }: PlainPoints, span: Span, model: string | undefined): MoerPoint[] {
  const points: MoerPoint[] = [];
  for (let at = 0; at < length; at += 1) {
    const [time = 0, value = 0, mark] = [times[at], values[at], imputed[at]];
    if (time < span.start || time >= span.end) continue;
    points.push({ time, value, model, imputed: mark === -1 ? undefined : mark === 1 });
  }
  return points;
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
