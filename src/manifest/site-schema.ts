import { knownAssetKinds } from '../domain/asset-kinds.ts';
import { z } from 'zod';
import { day, label, words, zone } from './fields.ts';
import { qualitySchema } from './quality-schema.ts';

const column = z
  .union([words, z.int().min(1)])
  .describe('A column, by its name in the header or by its 1-based number.');

const readingFields = {
  layout: words
    .optional()
    .describe('The shape of the files, where it cannot be told from them: long, wide, nem12 and so on.'),
  encoding: words.optional().describe('Character encoding of the files, like utf-8, utf-16le or windows-1252.'),
  delimiter: z.string().length(1).optional().describe('The character between cells.'),
  decimal: z.enum(['.', ',']).optional().describe('The decimal mark.'),
  header: z
    .union([z.int().min(1), z.literal(false)])
    .optional()
    .describe('1-based physical line of the header, or false when there is none.'),
  columns: z
    .strictObject({
      start: column.optional().describe('Column with the start of the interval.'),
      end: column.optional().describe('Column with the end of the interval.'),
      date: column.optional().describe('Column with the date, when date and time stand apart.'),
      time: column.optional().describe('Column with the time of day, when date and time stand apart.'),
      value: z
        .union([column, z.array(column).min(1)])
        .optional()
        .describe('Column with the reading, or a list of columns to be added (one for each tariff).'),
      unit: column.optional().describe('Column with the unit of each reading.'),
      quality: column.optional().describe('Column with the quality code of each reading.'),
      meter: column.optional().describe('Column that names the meter of each row.'),
    })
    .optional()
    .describe('Which column holds what.'),
  dateOrder: z.enum(['dmy', 'mdy', 'ymd']).optional().describe('Order of day, month and year in dates.'),
  timezone: zone.optional().describe('IANA time zone of local times in these files; by default the zone of the site.'),
  stamp: z.enum(['start', 'end']).optional().describe('Whether a time stamp is the start or the end of its interval.'),
  values: z
    .enum(['interval', 'register', 'power'])
    .optional()
    .describe('What a reading is: energy of the interval, a running register, or average power.'),
  unit: words.optional().describe('Unit of the readings, like kWh, Wh, kW or therm.'),
  heatContent: z
    .number()
    .positive()
    .optional()
    .describe(
      'kWh in one unit of a gas volume as the file writes it (CCF, MCF, ft3, m3); the bill of the supplier gives it.',
    ),
  interval: z
    .string()
    .regex(/^P(?=.)(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?$/)
    .optional()
    .describe('Length of one interval as an ISO 8601 duration: PT15M, PT1H, P1D.'),
  sign: z
    .enum(['asis', 'invert'])
    .optional()
    .describe('invert turns every sign: for meters that count generation as positive.'),
  onBadRow: z
    .enum(['fail', 'quarantine'])
    .optional()
    .describe(
      'What a row that cannot be read does: fail refuses the file; quarantine leaves the row out and keeps it in .wattlift/quarantine.',
    ),
  select: z
    .record(z.string(), label)
    .optional()
    .describe(
      'Only rows whose named column has this value, in which * stands for any text, for files that hold several meters; section chooses one of several tables by its number, its heading or the name of its values.',
    ),
};

const meterType = z.enum(['electricity', 'gas']).describe('What the meter measures.');

/** How a meter's files are to be read, without the files themselves: what `convert` takes as options. */
export const readingSchema = z.strictObject({ type: meterType, ...readingFields });

const meterSchema = z
  .strictObject({
    id: label.describe('Name of the meter, unique within its site.'),
    type: meterType,
    data: z
      .union([words, z.array(words).min(1)])
      .optional()
      .describe('The files with its readings: a path, a list of paths, or a glob; relative to the manifest.'),
    ...readingFields,
  })
  .describe('A meter, its files, and what overrides what would be inferred of them.');

const assetSchema = z
  .object({
    kind: words.describe('Kind of asset as WattCarbon names it, like solar or electrification_eemetered.').meta({
      examples: [...knownAssetKinds],
    }),
    commencedOperationDate: day('asset.date')
      .optional()
      .describe('The day it went into operation, YYYY-MM-DD. It splits the baseline from the reporting period.'),
    nameplateCapacityKw: z.number().positive().optional().describe('Rated power in kW.'),
    areaSqft: z.number().positive().optional().describe('Floor area in square feet.'),
    yearBuilt: z.int().optional().describe('Year the building was built.'),
    numberOfStories: z.number().positive().optional().describe('Number of stories.'),
    previousFuel: z.string().optional().describe('Fuel that was replaced, like gas.'),
    buildingType: z.string().optional().describe('Type of building, like single_family_attached.'),
    replacementType: z.string().optional().describe('What was replaced, like furnace_only.'),
    inverterDataId: z.union([z.string(), z.number()]).optional().describe('Id of the inverter at its data source.'),
    inverterDataSource: z.string().optional().describe('Where the inverter data comes from.'),
    externalRegistryName: z.string().optional().describe('Name of another registry that knows this asset.'),
    externalRegistryAssetId: z
      .union([z.string(), z.number()])
      .optional()
      .describe('Id of this asset in that registry.'),
  })
  .catchall(z.json())
  .describe('The asset; fields that are not listed here pass through to WattCarbon as they are.');

const locationSchema = z.union([
  words.describe('The address as one text.'),
  z
    .strictObject({
      street: label.optional().describe('Street and number.'),
      city: label.optional().describe('City.'),
      state: label.optional().describe('State or province.'),
      postalCode: label.optional().describe('Postal code; in quotes when it starts with 0.'),
      country: label.optional().describe('Country, like US.'),
    })
    .describe('The address in parts.'),
]);

/** Keys that may stand in `defaults` and on a site, where they win. */
export const inheritedFields = {
  account: label.optional().describe('Which of wattcarbon.accounts receives the data; needed where there are several.'),
  utility: label.optional().describe('The utility that serves the site.'),
  timezone: zone.optional().describe('IANA time zone of local times in the files, like America/Chicago.'),
  region: z
    .union([words, z.record(z.string(), words)])
    .optional()
    .describe('Grid region given by hand, which skips the look-up: for every signal, or a map from signal to region.'),
  quality: qualitySchema.optional(),
};

/** One entry of `sites`, and what a row of the portfolio becomes. */
export const siteSchema = z
  .strictObject({
    id: label.describe('Names the site for ever, and becomes its customId at WattCarbon. Unique in the manifest.'),
    name: label.optional().describe('What people call it; by default its id.'),
    location: locationSchema.optional().describe('Postal address, as one text or in parts.'),
    coordinates: z
      .strictObject({
        latitude: z.number().describe('Degrees north, -90 to 90.').meta({ minimum: -90, maximum: 90 }),
        longitude: z
          .number()
          .describe('Degrees east, -180 to 180; negative in the Americas.')
          .meta({ minimum: -180, maximum: 180 }),
      })
      .optional()
      .describe('Where it is, in degrees (WGS 84); the grid region is found by it.'),
    ...inheritedFields,
    meters: z.array(meterSchema).min(1).optional().describe('The meters of the site.'),
    asset: assetSchema.optional(),
    events: z
      .union([
        words.describe('A file with the events, relative to the manifest.'),
        z
          .array(
            z.strictObject({
              start: z.string().describe('Start, with offset, or local time of the site.'),
              end: z.string().describe('End (exclusive), with offset, or local time of the site.'),
            }),
          )
          .min(1)
          .describe('The events themselves.'),
      ])
      .optional()
      .describe('Demand-response events of the asset.'),
  })
  .describe('One home, building, solar roof or battery.');

/** A site as it is written, after the schema and before anything else is known of it. */
export type WrittenSite = z.output<typeof siteSchema>;
