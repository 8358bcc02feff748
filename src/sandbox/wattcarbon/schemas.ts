import { z } from 'zod';

/*
 * The request bodies: the same schemas check what comes and are printed in the OpenAPI document, so that the two cannot
 * say different things.
 */

const text = z.string().min(1);

const address = z
  .strictObject({
    street: text.optional(),
    city: text.optional(),
    state: text.optional(),
    country: text.optional(),
    postalCode: text.optional(),
  })
  .refine((parts) => Object.keys(parts).length > 0, 'An address needs at least one of its parts')
  .meta({ minProperties: 1 });

const coordinates = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});

const location = z.union([text, address, coordinates]);

/** What POST meters takes: nothing but what is documented (wattcarbon contract, "Meter"). */
export const meterCreate = z.strictObject({
  apiProvider: z.literal('manual'),
  meterType: z.enum(['electricity', 'gas']),
  location,
});

/** Names of an earlier API, each with what to use today. */
const retiredFields: { readonly [field: string]: string } = {
  meterId: 'use meterIds',
  deviceOwner: 'leave it out, the account owns its assets',
};
const retiredKinds: { readonly [kind: string]: string } = {
  electrification: 'use electrification_eemetered',
  natural_gas: 'use electrification_eemetered or energy_efficiency_eemetered',
};

/** What POST assets takes; kinds and fields this table does not know pass (wattcarbon contract, "Asset"). */
export const assetCreate = z
  .looseObject({
    name: text,
    kind: text.meta({
      examples: [
        'solar',
        'electrification_eemetered',
        'demand_response_eemetered',
        'energy_efficiency_eemetered',
        'storage_direct',
        'tracking_building',
        'vehicle_charging',
      ],
    }),
    location,
    customId: text.optional(),
    utility: text.optional(),
    meterIds: z.array(z.int()).optional(),
    commencedOperationDate: z.iso.date().optional(),
    nameplateCapacityKw: z.number().positive().optional(),
    inverterDataId: text.optional(),
    inverterDataSource: text.optional(),
    externalRegistryName: text.optional(),
    externalRegistryAssetId: text.optional(),
    areaSqft: z.number().positive().optional(),
    previousFuel: text.optional(),
    buildingType: text.optional(),
    replacementType: text.optional(),
    yearBuilt: z.int().optional(),
    numberOfStories: z.number().positive().optional(),
  })
  .superRefine((asset, context) => {
    for (const [field, now] of Object.entries(retiredFields)) {
      if (field in asset) {
        context.addIssue({ code: 'custom', path: [field], message: `${field} is retired: ${now}` });
      }
    }
    const kind = retiredKinds[asset.kind];
    if (kind !== undefined) {
      context.addIssue({ code: 'custom', path: ['kind'], message: `${asset.kind} is retired: ${kind}` });
    }
  });

/** The component schemas of the OpenAPI document, by name. */
export const requestSchemas: { readonly [name: string]: z.ZodType } = {
  Address: address,
  Coordinates: coordinates,
  ManualMeterCreate: meterCreate,
  AssetCreate: assetCreate,
};
