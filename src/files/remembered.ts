import { z } from 'zod';

const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  record: z.number().exactOptional(),
  site: z.string().exactOptional(),
  data: z.json().exactOptional(),
});

/** The form of what a ledger remembers of a meter's files. */
export const meterDataSchema = z.object({
  kind: z.enum(['intervals', 'bills']),
  parts: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      rows: z.number(),
      byteLength: z.number(),
      span: z.object({ start: z.number(), end: z.number() }),
    }),
  ),
  findings: z.array(problemSchema),
  dated: z.array(
    problemSchema.extend({
      holds: z.object({ from: z.number().exactOptional(), until: z.number().exactOptional() }).exactOptional(),
    }),
  ),
  inferred: z.array(z.string()),
  files: z.array(
    z.object({
      file: z.string(),
      kind: z.enum(['intervals', 'bills']),
      layout: z.string(),
      rows: z.number(),
      start: z.number(),
      end: z.number(),
      unit: z.string(),
      timezone: z.string().nullable(),
      cadenceMs: z.number().nullable(),
      sum: z.number(),
      sumUnit: z.enum(['kWh', 'therm']),
      inferred: z.array(z.string()),
    }),
  ),
  quarantined: z.object({ rows: z.number(), files: z.number() }),
});
