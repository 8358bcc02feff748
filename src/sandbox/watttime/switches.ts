import { z } from 'zod';
import { readDay, readTime } from '../instant.ts';
import type { Limit } from '../serve/sliding-window.ts';
import { amount, describeSwitches, readSwitches, word } from '../switch.ts';
import { type LateRevision, type Stretch, type WattTimeLimits, type WattTimeSettings, plans } from './settings.ts';

/** What every name begins with, so that it is told from a WattCarbon switch. */
const prefix = 'watttime.';

function limit(meaning: string): z.ZodType<Limit, string> {
  return z
    .string()
    .regex(/^[1-9]\d*\/[1-9]\d*$/)
    .transform((text) => {
      const [requests, perSeconds] = text.split('/');
      return { requests: Number(requests), windowMs: Number(perSeconds) * 1000 };
    })
    .meta({ values: 'REQUESTS/SECONDS', meaning });
}

function finite(unit: string, meaning: string): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,9}(\.\d+)?$/)
    .transform(Number)
    .meta({ values: `a number of ${unit}`, meaning });
}

const instant = z
  .string()
  .transform(readInstant)
  .pipe(z.number())
  .meta({ values: 'a date, or a time with its zone', meaning: 'meta.last_updated of the maps' });

/** Stretches of time, with `before` instants before each. */
function stretches(
  before: 0 | 1,
  meaning: string,
): z.ZodType<readonly (Stretch & { readonly times: number[] })[], string> {
  return z
    .string()
    .transform((text) => (text === 'none' ? [] : text.split(',').map((entry) => readStretch(entry, before))))
    .pipe(
      z.array(
        z
          .object({
            times: z.array(z.number()).length(before),
            from: z.number(),
            to: z.number(),
            region: z.string().exactOptional(),
          })
          .refine(({ from, to }) => from < to),
      ),
    )
    .meta({
      values: `none, or ${before === 1 ? 'AT/' : ''}FROM/TO, and /REGION where it is one, with commas between them`,
      meaning,
    });
}

const switches = {
  'watttime.limit': limit('requests of a user in a rolling window, logins among them'),
  'watttime.login-limit': limit('logins of a user in a rolling window'),
  'watttime.retry-after': word(['sent', 'absent'], 'Retry-After with 429'),
  'watttime.latency': finite('seconds', 'time that an answer is held back'),
  'watttime.token-lifetime': amount('seconds', 'how long a token is good'),
  'watttime.plan': word(
    plans,
    'of users whose name does not end in one (ada-basic); basic: no maps; new: CAISO_NORTH only',
  ),
  'watttime.publishing-delay': finite('seconds', 'time until a point can be had; eightfold where points are hourly'),
  'watttime.revisions': word(['on', 'off'], 'points are corrected in the week after their time'),
  'watttime.late-revisions': stretches(1, 'old points that get another value at an instant'),
  'watttime.holes': stretches(0, 'points that are never published'),
  'watttime.new-model': z
    .string()
    .transform((text) => (text === 'none' ? Number.POSITIVE_INFINITY : readInstant(text)))
    .pipe(z.union([z.number(), z.literal(Number.POSITIVE_INFINITY)]))
    .meta({
      values: 'an instant, or none',
      meaning: 'when a newer model comes out, named by its date, and is the default',
    }),
  'watttime.longest-span': word(['inclusive', 'exclusive'], 'whether a span of exactly 32 days passes'),
  'watttime.dates': word(['T', 'space'], 'between the day and the time in answers'),
  'watttime.model': word(['full', 'date', 'absent'], 'meta.model: type and date, date, or not there'),
  'watttime.error-text': word(['message', 'msg'], 'where refusals of data put their sentence'),
  'watttime.warning': z.string().meta({ values: 'a text, or none', meaning: 'a warning in every meta.warnings' }),
  'watttime.map-updated': instant,
  'watttime.map-detail': finite('corners', 'corners added on a degree of a border, for a map of the real size'),
} as const;

/** What holds where nothing is chosen, as it would be written. */
const standards: { readonly [name in keyof typeof switches]: string } = {
  'watttime.limit': '3000/300',
  'watttime.login-limit': '100/300',
  'watttime.retry-after': 'sent',
  'watttime.latency': '0',
  'watttime.token-lifetime': '1800',
  'watttime.plan': 'pro',
  'watttime.publishing-delay': '900',
  'watttime.revisions': 'on',
  'watttime.late-revisions': 'none',
  'watttime.holes': 'none',
  'watttime.new-model': 'none',
  'watttime.longest-span': 'inclusive',
  'watttime.dates': 'T',
  'watttime.model': 'full',
  'watttime.error-text': 'message',
  'watttime.warning': 'none',
  'watttime.map-updated': '2025-06-01',
  'watttime.map-detail': '0',
};

const chosen = z.strictObject(switches);

/** Whether a `NAME=VALUE` text is about the WattTime side. */
export function isWattTimeOption(text: string): boolean {
  return text.startsWith(prefix);
}

/**
 * What `watttime.NAME=VALUE` texts choose; the rest is as usual. Throws `WattliftError` `sandbox.option-unknown` and
 * `sandbox.option-invalid`.
 */
export function readWattTimeOptions(texts: readonly string[]): {
  readonly settings: WattTimeSettings;
  readonly limits: WattTimeLimits;
} {
  const read = chosen.parse({ ...standards, ...readSwitches(texts, switches) });
  const warning = read['watttime.warning'];
  const settings: WattTimeSettings = {
    publishingDelayMs: read['watttime.publishing-delay'] * 1000,
    latencyMs: read['watttime.latency'] * 1000,
    tokenLifetimeMs: read['watttime.token-lifetime'] * 1000,
    plan: read['watttime.plan'],
    newModelAt: read['watttime.new-model'],
    revisions: read['watttime.revisions'] === 'on',
    lateRevisions: read['watttime.late-revisions'].map(({ times: [at = 0], ...stretch }): LateRevision => ({
      ...stretch,
      at,
    })),
    holes: read['watttime.holes'],
    longestSpan: read['watttime.longest-span'],
    dates: read['watttime.dates'],
    modelMeta: read['watttime.model'],
    errorText: read['watttime.error-text'],
    retryAfter: read['watttime.retry-after'],
    warnings: warning === 'none' ? [] : [{ type: 'SANDBOX', message: warning }],
    mapUpdatedAt: read['watttime.map-updated'],
    mapDetail: read['watttime.map-detail'],
  };
  return { settings, limits: { watttime: read['watttime.limit'], login: read['watttime.login-limit'] } };
}

/** The switches as help. */
export function describeWattTimeOptions(): string {
  return describeSwitches(switches, standards);
}

function readInstant(text: string): number | undefined {
  const written = readTime(text);
  return written.kind === 'instant' ? written.time : readDay(text);
}

/** What does not fit stays undefined, for the schema to refuse. */
function readStretch(entry: string, before: number): object {
  const parts = entry.split('/');
  const [from, to, region, ...rest] = parts.slice(before);
  return {
    times: [...parts.slice(0, before), ...rest].map(readInstant),
    from: readInstant(from ?? ''),
    to: readInstant(to ?? ''),
    ...(region !== undefined && { region }),
  };
}
