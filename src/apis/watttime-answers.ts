import { z } from 'zod';
import type { Series } from '../domain/moer.ts';
import { shorten } from './api-words.ts';

/** ISO 8601 with an offset; a space for the T is seen in the wild. A naive time is nobody's instant: refused. */
export const instant = z
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

/** What every series says of itself. Fields we have no use for are let through unread, and null stands for absent. */
export const seriesMeta = z.object({
  data_point_period_seconds: z.number().int().positive(),
  region: z.string().trim().nullish(),
  signal_type: z.string().trim().nullish(),
  units: z.string().nullish(),
  warnings: z
    .array(z.union([z.string(), z.object({ type: z.string().nullish(), message: z.string().nullish() })]))
    .nullish(),
  model: z.object({ date: z.string().nullish() }).nullish(),
});

type SeriesMeta = z.infer<typeof seriesMeta>;

/**
 * For `superRefine`: an answer that names another region or signal belongs to another question, a cache's perhaps, and
 * would spoil the series. One that names none is taken at its word.
 */
export function checkSeries({ region, signal }: Series) {
  return (
    { meta }: { readonly meta: Pick<SeriesMeta, 'region' | 'signal_type'> },
    context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
  ): void => {
    const differ = (field: string, asked: string, named: string | null | undefined): void => {
      if (!named || named === asked.trim()) return;
      const message = `asked for ${asked}, the answer names ${shorten(named, 60)}`;
      context.addIssue({ code: 'custom', path: ['meta', field], message });
    };
    differ('region', region, meta.region);
    differ('signal_type', signal, meta.signal_type);
  };
}

/** The API's warnings as texts, and one of our own when the answer is of another model than was asked for. */
export function readWarnings({ warnings, model }: SeriesMeta, askedModel: string | undefined): readonly string[] {
  const texts = (warnings ?? []).map((warning) =>
    typeof warning === 'string' ? warning : [warning.type, warning.message].filter(Boolean).join(': '),
  );
  if (askedModel !== undefined && model?.date && model.date !== askedModel)
    texts.push(`asked for model ${askedModel}, the answer is of model ${model.date}`);
  return texts.filter((text) => text !== '');
}
