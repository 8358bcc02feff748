import { z } from 'zod';
import type { Ended } from './wattlift.ts';

// The documents of `--json`, as design and README promise them: exactly these fields. One that is added is added here too.

const count = z.int().nonnegative();
const perStep = <Shape extends z.ZodType>(shape: Shape) => z.record(z.string(), shape);

const problemSchema = z.strictObject({
  severity: z.enum(['error', 'warning']),
  code: z.string().regex(/^[a-z]+(\.[a-z0-9-]+)+$/),
  message: z.string(),
  file: z.string().exactOptional(),
  line: z.int().positive().exactOptional(),
  column: z.int().positive().exactOptional(),
  record: z.int().positive().exactOptional(),
  site: z.string().exactOptional(),
  data: z.json().exactOptional(),
});

const acceptedSchema = z.strictObject({
  site: z.string(),
  meter: z.string().exactOptional(),
  code: z.string(),
  reason: z.string(),
  message: z.string(),
});

const quarantinedSchema = z.strictObject({ rows: count, files: count });

const checkSchema = z.strictObject({
  ok: z.boolean(),
  errors: count,
  warnings: count,
  sites: count,
  problems: z.array(problemSchema),
  accepted: z.array(acceptedSchema),
  quarantined: quarantinedSchema,
});

const explainedSchema = checkSchema.extend({
  inferred: z.array(z.string()),
  files: z.array(
    z.strictObject({
      file: z.string(),
      site: z.string(),
      meter: z.string(),
      kind: z.enum(['intervals', 'bills']),
      layout: z.string(),
      rows: count,
      start: z.string(),
      end: z.string(),
      unit: z.string(),
      timezone: z.string().nullable(),
      cadence: z.string().nullable(),
      sum: z.number(),
      sumUnit: z.enum(['kWh', 'therm']),
      inferred: z.array(z.string()),
    }),
  ),
});

const requestsSchema = z.strictObject({ watttime: count, wattcarbon: count });

const findingsSchema = z.array(
  z.strictObject({
    check: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
    level: z.enum(['ok', 'warning', 'error']),
    message: z.string(),
    advice: z.string().exactOptional(),
    access: z.literal(true).exactOptional(),
    data: z.json().exactOptional(),
  }),
);

const planSchema = z.strictObject({
  sites: count,
  steps: perStep(z.strictObject({ do: count, done: count, waiting: count, revised: count.exactOptional() })),
  requests: requestsSchema,
  requestsAtMost: requestsSchema,
  accounts: z
    .array(z.strictObject({ account: z.string(), sites: count, requests: count, requestsAtMost: count }))
    .exactOptional(),
  minimumSeconds: z.number().nonnegative(),
  endpoints: z.array(
    z.strictObject({ operation: z.string(), method: z.string(), path: z.string(), source: z.string() }),
  ),
  description: z
    .strictObject({
      from: z.string(),
      at: z.iso.datetime().exactOptional(),
      sha256: z.string(),
      since: z.iso.datetime().exactOptional(),
      changes: z.array(z.string()),
    })
    .exactOptional(),
  remote: findingsSchema.exactOptional(),
  problems: z.array(problemSchema),
  items: z
    .array(
      z.strictObject({
        site: z.string(),
        account: z.string().exactOptional(),
        step: z.string(),
        item: z.string(),
        standing: z.enum(['do', 'done', 'waiting', 'revise', 'drift', 'doubt', 'broken']),
      }),
    )
    .exactOptional(),
});

const seriesSchema = z.strictObject({
  received: count,
  expected: count.exactOptional(),
  missing: count.exactOptional(),
  signal: z.string(),
  region: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  gaps: z.array(
    z.strictObject({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      points: count,
      kind: z.enum(['before-data', 'unpublished', 'hole', 'not-asked']),
    }),
  ),
  gapsNotListed: count.exactOptional(),
});

const sentSchema = z.strictObject({ total: count, retries: count, limited: count });

const siteCountsSchema = z.strictObject({
  total: count,
  done: count,
  failed: count,
  uncertain: count,
  waiting: count,
});

const runSchema = z.strictObject({
  run: z.string(),
  sites: siteCountsSchema,
  accounts: z
    .array(z.strictObject({ account: z.string(), sites: siteCountsSchema, requests: sentSchema }))
    .exactOptional(),
  steps: perStep(z.strictObject({ done: count, skipped: count, failed: count, uncertain: count, waiting: count })),
  requests: z.strictObject({ watttime: sentSchema, wattcarbon: sentSchema }),
  moer: z.array(seriesSchema),
  failures: z.array(
    z.strictObject({
      site: z.string(),
      account: z.string().exactOptional(),
      step: z.string(),
      code: z.string(),
      message: z.string(),
    }),
  ),
  warnings: z.record(z.string(), count),
  accepted: z.array(acceptedSchema),
  quarantined: quarantinedSchema,
  exitCode: count,
  error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
});

const remoteId = z.union([z.string(), z.number()]);
const state = z.enum(['done', 'failed', 'uncertain']);
const errorSchema = z.strictObject({ code: z.string(), message: z.string() });

const remoteKind = z.strictObject({
  kind: z.enum(['meters', 'assets']),
  listed: count.nullable(),
  orphans: z.array(
    z.strictObject({
      id: remoteId,
      customId: z.string().exactOptional(),
      name: z.string().exactOptional(),
      mayBe: z.array(z.string()),
    }),
  ),
  gone: z.array(z.strictObject({ site: z.string(), item: z.string(), id: remoteId })),
});

const statusSchema = z.strictObject({
  unsettled: count,
  lastRun: z
    .strictObject({
      command: z.string(),
      at: z.iso.datetime(),
      endedAt: z.iso.datetime().exactOptional(),
      exitCode: count.exactOptional(),
      sites: siteCountsSchema.exactOptional(),
      unreachable: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
    })
    .exactOptional(),
  remote: z.array(z.strictObject({ account: z.string(), kinds: z.array(remoteKind) })).exactOptional(),
  moer: z.array(seriesSchema),
  sites: z.array(
    z.strictObject({
      id: z.string(),
      accounts: z.array(z.string()).exactOptional(),
      steps: perStep(
        z.strictObject({
          state,
          remoteId: remoteId.optional(),
          at: z.iso.datetime(),
          error: errorSchema.optional(),
          learned: z.array(z.strictObject({ signal: z.string(), result: z.json() })).optional(),
          items: z
            .array(
              z.strictObject({
                meter: z.string(),
                part: z.string().optional(),
                state,
                remoteId: remoteId.optional(),
                error: errorSchema.optional(),
              }),
            )
            .optional(),
        }),
      ),
    }),
  ),
});

const doctorSchema = z.strictObject({
  ok: z.boolean(),
  exitCode: count,
  findings: findingsSchema,
  endpoints: planSchema.shape.endpoints,
});

export const readCheck = readerOf(checkSchema);
export const readExplained = readerOf(explainedSchema);
export const readPlan = readerOf(planSchema);
export const readRun = readerOf(runSchema);
export const readStatus = readerOf(statusSchema);
export const readDoctor = readerOf(doctorSchema);

/** stdout must be one document and nothing else. */
function readerOf<T>(schema: z.ZodType<T>): (ended: Pick<Ended, 'stdout' | 'stderr' | 'code'>) => T {
  return ({ stdout, stderr, code }) => {
    if (!stdout.endsWith('\n')) throw new Error(`no document on stdout (exit ${String(code)}): ${stdout}\n${stderr}`);
    return schema.parse(JSON.parse(stdout));
  };
}
