import { z } from 'zod';
import type { History, MoerPoint } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';

/** ISO 8601 with an offset; a space for the T is seen in the wild. A naive time is nobody's instant: refused. */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i, 'expected a time with an offset')
  .transform((text, context) => {
    const time = Date.parse(text.replace(' ', 'T'));
    if (!Number.isNaN(time)) return time;
    context.addIssue({ code: 'custom', message: 'expected a time that exists' });
    return z.NEVER;
  });

/** `GET /login`. */
export const loginAnswer = z.object({ token: z.string().min(1) });

const name = z.string().trim().min(1);

/** `GET /v3/region-from-loc`; full names can carry trailing spaces (fact 9). */
export const regionAnswer = z.object({ region: name, region_full_name: z.string().trim().nullish() });

/** `GET /v3/historical`. Fields we have no use for are let through unread, and null stands for absent. */
export const historicalAnswer = z.object({
  data: z.array(
    z.object({ point_time: instant, value: z.number().nullish(), imputed_data_used: z.boolean().nullish() }),
  ),
  meta: z.object({
    data_point_period_seconds: z.number().int().positive(),
    region: z.string().trim().nullish(),
    signal_type: z.string().nullish(),
    warnings: z
      .array(z.union([z.string(), z.object({ type: z.string().nullish(), message: z.string().nullish() })]))
      .nullish(),
    model: z.object({ date: z.string().nullish() }).nullish(),
  }),
});

export type HistoricalAnswer = z.infer<typeof historicalAnswer>;

/**
 * The points with `start <= time < end`, by time, each time once (the last answer for a time wins), with the model's date
 * on every one (fact 5). A point without a value is no reading and is left out; 0 is one.
 */
export function readHistory(
  { data, meta }: HistoricalAnswer,
  span: Span,
  asked: { readonly region: string; readonly signal: string },
): History {
  const points = new Map<number, MoerPoint>();
  const model = meta.model?.date ?? undefined;
  let empty = 0;
  for (const { point_time: time, value, imputed_data_used: imputed } of data) {
    if (time < span.start || time >= span.end) continue;
    if (value === undefined || value === null) empty += 1;
    else
      points.set(time, {
        time,
        value,
        ...(model !== undefined && { model }),
        ...(typeof imputed === 'boolean' && { imputed }),
      });
  }
  const warnings = (meta.warnings ?? []).map((warning) =>
    typeof warning === 'string' ? warning : [warning.type, warning.message].filter(Boolean).join(': '),
  );
  if (empty > 0) warnings.push(`${String(empty)} points of ${asked.region} came without a value and were left out`);
  if (meta.region && meta.region !== asked.region)
    warnings.push(`asked for region ${asked.region}, the answer names ${meta.region}`);
  if (meta.signal_type && meta.signal_type !== asked.signal)
    warnings.push(`asked for ${asked.signal}, the answer names ${meta.signal_type}`);
  return {
    points: [...points.values()].sort((a, b) => a.time - b.time),
    periodSeconds: meta.data_point_period_seconds,
    warnings: warnings.filter((warning) => warning !== ''),
  };
}
