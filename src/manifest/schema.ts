import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import { day, label, lengthMs, moment, reference, url, words } from './fields.ts';
import { inheritedFields, siteSchema } from './site-schema.ts';

const limit = (requests: number, per: string) =>
  z
    .strictObject({
      requests: z.int().min(1).describe('How many requests may count at once.'),
      per: lengthMs.describe('The rolling window they count in, as an ISO 8601 duration.'),
    })
    .prefault({ requests, per })
    .describe('The rate limit to keep to; requests of every process on this ledger or budget count.');

const concurrency = (count: number) =>
  z.int().min(1).max(1000).prefault(count).describe('How many requests may be under way at once.');

const timeout = lengthMs.prefault('PT60S').describe('How long one request may take, waiting for a permit not counted.');

const watttimeSchema = z
  .strictObject({
    url: url
      .prefault('https://api.watttime.org')
      .describe('Address of the API. The environment variable WATTTIME_API_URL wins.'),
    limit: limit(3000, 'PT5M'),
    concurrency: concurrency(16),
    timeout,
    signals: z
      .array(words)
      .min(1)
      .prefault(['co2_moer'])
      .describe('The signals to fetch.')
      .meta({ examples: [['co2_moer'], ['co2_moer', 'health_damage']] }),
    regions: z
      .enum(['auto', 'api', 'map'])
      .prefault('auto')
      .describe('How coordinates become a grid region: by the API, offline by its map, or whichever the plan allows.'),
  })
  .prefault({})
  .describe('WattTime: grid regions and marginal emissions.');

const endpointSchema = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH']).optional().describe('HTTP method.'),
    path: z.string().startsWith('/').describe('Path below the address of the API, like /accounts/{account_id}/meters.'),
    media: z.enum(['json', 'form', 'multipart', 'csv']).optional().describe('How the body is sent.'),
    file: words.optional().describe('Name of the multipart part that carries the file.'),
    fields: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Further form fields to send.'),
  })
  .describe('How one operation is called.');

const accountSchema = z
  .strictObject({
    id: label.describe('The id of the account at WattCarbon; usually a ${NAME} of its own.'),
    email: reference
      .optional()
      .describe(
        'The variable that holds its user, as ${NAME}; by default WATTCARBON_EMAIL_<ACCOUNT>, then WATTCARBON_EMAIL.',
      ),
    apiKey: reference
      .optional()
      .describe('The variable that holds its API key, as ${NAME}; by default WATTCARBON_API_KEY_<ACCOUNT>.'),
  })
  .describe('One of several accounts, each with an API key of its own.');

const wattcarbonSchema = z
  .strictObject({
    url: url
      .prefault('https://api.wattcarbon.com')
      .describe('Address of the API. The environment variable WATTCARBON_API_URL wins.'),
    account: label.optional().describe('The account that receives the data; usually ${WATTCARBON_ACCOUNT_ID}.'),
    accounts: z
      .record(z.string(), accountSchema)
      .optional()
      .describe('Several accounts in place of one, by the name that sites give as their account.'),
    limit: limit(300, 'PT1M'),
    concurrency: concurrency(4),
    timeout,
    settle: lengthMs.prefault('PT5S').describe('How long a list may lag behind a creation.'),
    reupload: z
      .enum(['replace', 'refuse', 'append'])
      .prefault('replace')
      .describe('What the API does with a span that is sent twice.'),
    columns: z
      .strictObject({
        intervals: z
          .tuple([words, words])
          .prefault(['start_datetime', 'energy_kwh'])
          .describe('Header of an intervals file: start, energy.'),
        bills: z
          .tuple([words, words, words])
          .prefault(['start_date', 'end_date', 'energy_kwh'])
          .describe('Header of a bills file: start, end, energy.'),
      })
      .prefault({})
      .describe('Headers of the files that are uploaded.'),
    coordinateKeys: z
      .tuple([words, words])
      .prefault(['latitude', 'longitude'])
      .describe('Names of the two keys when a location is sent as coordinates.'),
    gasUnit: z.enum(['kwh', 'therm']).prefault('kwh').describe('Unit in which gas is uploaded.'),
    openapi: words
      .prefault('auto')
      .describe("The API's own description, which says how its operations are called: auto, off, a URL, or a file."),
    endpoints: z
      .record(z.string(), endpointSchema)
      .prefault({})
      .describe('Operations given by hand, by operationId; they win over what the API says of itself.'),
    allowUnverifiedEndpoints: z
      .boolean()
      .prefault(false)
      .describe('Let a real run write through paths that neither the API nor this manifest has confirmed.'),
  })
  .prefault({})
  .describe('WattCarbon: meters, data, assets and events.');

const moerSchema = z
  .strictObject({
    from: moment.describe(
      'Start of the window: a date (midnight UTC), an instant, or a duration back from now, like P13M.',
    ),
    to: moment.prefault('now').describe('End of the window (exclusive), in the same forms, or now.'),
    revisions: lengthMs
      .prefault('P7D')
      .describe('Points younger than this are asked again, since they may be revised.'),
    model: day('manifest.date').optional().describe('Date that names the model; by default the one WattTime uses.'),
    imputed: z.boolean().prefault(false).describe('Ask which points were imputed, and keep the mark.'),
    chunk: lengthMs.prefault('P32D').describe('Longest span of one request; at most P32D.'),
  })
  .describe('The window of marginal emissions to keep.');

const portfolioSchema = z
  .strictObject({
    file: words.describe('A CSV with a row for each site, relative to the manifest.'),
    columns: z
      .record(z.string(), words)
      .prefault({})
      .describe(
        'Where a value of the site comes from: dotted path (list items by number from 0) to the name of a column.',
      ),
    set: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .prefault({})
      .describe('Values for every row: dotted path to a constant, or to a text with {Column} in it.'),
  })
  .describe('More sites, one for each row of a CSV.');

const manifestSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of this format.'),
    name: label.optional().describe('What this portfolio is called.'),
    watttime: watttimeSchema,
    wattcarbon: wattcarbonSchema,
    moer: moerSchema.optional(),
    ledger: words
      .prefault('.wattlift/ledger.db')
      .describe('The record of what has been done, relative to the manifest.'),
    store: words
      .prefault('.wattlift/moer')
      .describe('Folder of the marginal emissions dataset, relative to the manifest.'),
    budget: words
      .optional()
      .describe(
        'File of the rate permits, when several manifests share an account; by default they are in the ledger.',
      ),
    defaults: z
      .strictObject(inheritedFields)
      .prefault({})
      .describe('Values for every site that does not say otherwise.'),
    sites: z.array(siteSchema).min(1).optional().describe('The sites, written here.'),
    portfolio: portfolioSchema.optional(),
  })
  .describe('A wattlift manifest.');

/** The manifest without its sites, which are read one by one (`readSites`). */
export const headSchema = manifestSchema.omit({ sites: true });

/** What the operator wrote besides the sites, with every default filled in and durations in milliseconds. */
export type WrittenHead = z.output<typeof headSchema>;

/** The `portfolio` of a manifest as written. */
export type WrittenPortfolio = z.output<typeof portfolioSchema>;

/** The manifest's JSON Schema (draft 2020-12), for editors and for `wattlift schema`. It describes what is written. */
export function manifestJsonSchema(): { readonly [key: string]: Json } {
  const schema: unknown = z.toJSONSchema(manifestSchema, { io: 'input' });
  return z.record(z.string(), z.json()).parse(schema);
}
