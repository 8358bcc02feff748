import { z } from 'zod';

const name = z.string().trim().min(1);
/** A date as the API writes it; nobody here counts with it. */
const date = z.string().nullish();

/** `POST /register` and `GET /password`: `ok` in the API's own words. */
export const okAnswer = z.looseObject({ ok: z.string() });

/** `GET /v3/my-access`; names trimmed (fact 9), null for absent, fields that are not known here kept. */
export const accessAnswer = z.looseObject({
  signal_types: z.array(
    z.looseObject({
      signal_type: name,
      regions: listOf(
        z.looseObject({
          region: name,
          region_full_name: z.string().trim().nullish(),
          parent: z.string().trim().nullish(),
          data_point_period_seconds: z.number().nullish(),
          endpoints: listOf(
            z.looseObject({
              endpoint: name,
              models: listOf(
                z.looseObject({
                  model: z.string().nullish(),
                  data_start: date,
                  train_start: date,
                  train_end: date,
                  type: z.string().nullish(),
                }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** What an account may ask for. */
export type AccountAccess = z.infer<typeof accessAnswer>;

/** A list; null and absent stand for an empty one. */
function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}
