import { z } from 'zod';
import type { History, MoerPoint, MoerPoints, Series } from '../domain/moer.ts';
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
    const facts = {
      periodSeconds: meta.data_point_period_seconds,
      ...(model !== undefined && { model }),
      ...(meta.units && { units: meta.units }),
      warnings: readWarnings(meta, askedModel),
    };
    if (data instanceof PlainPoints) {
      const points = new AnsweredPoints(data, span, model);
      return { points: points.isInOrder ? points : inOrder([...points]), ...facts };
    }
    const points: MoerPoint[] = [];
    for (const [index, item] of data.entries()) {
      const read = readWithSchema(item, model);
      if (read !== 'empty' && 'message' in read) {
        context.addIssue({ code: 'custom', path: ['data', index, ...read.path], message: read.message });
        return z.NEVER;
      }
      if (read !== 'empty' && read.time >= span.start && read.time < span.end) points.push(read);
    }
    return { points: inOrder(points), ...facts };
  });
}

/** The points of an answer that lie in a span, made when they are gone through. */
class AnsweredPoints implements MoerPoints {
  readonly length: number;
  /** Whether each is later than the one before. */
  readonly isInOrder: boolean;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  readonly #imputed: Int8Array;
  readonly #model: string | undefined;

  constructor({ length, times, values, imputed }: PlainPoints, { start, end }: Span, model: string | undefined) {
    this.#times = new Float64Array(length);
    this.#values = new Float64Array(length);
    this.#imputed = new Int8Array(length);
    this.#model = model;
    let [kept, last, rising] = [0, -Infinity, true];
    for (let at = 0; at < length; at += 1) {
      const time = times[at] ?? 0;
      if (time < start || time >= end) continue;
      rising &&= time > last;
      last = time;
      this.#times[kept] = time;
      this.#values[kept] = values[at] ?? 0;
      this.#imputed[kept] = imputed[at] ?? -1;
      kept += 1;
    }
    this.length = kept;
    this.isInOrder = rising;
  }

  *[Symbol.iterator](): Generator<MoerPoint, void, void> {
    const model = this.#model;
    for (let at = 0; at < this.length; at += 1) {
      const mark = this.#imputed[at];
      const imputed = mark === -1 ? undefined : mark === 1;
      yield { time: this.#times[at] ?? 0, value: this.#values[at] ?? 0, model, imputed };
    }
  }
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
