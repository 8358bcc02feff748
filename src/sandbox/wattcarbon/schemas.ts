import { z } from 'zod';
import { describeId } from './ids.ts';
import type { WattCarbonSettings } from './switches.ts';

/*
 * The request bodies: the same schemas check what comes and are printed in the OpenAPI document, so that the two cannot
 * say different things.
 */

const text = z.string().min(1);

type Fields = { readonly [field: string]: z.ZodType };

/** The request bodies under certain settings. */
export interface RequestSchemas {
  readonly meterCreate: z.ZodType;
  readonly assetCreate: z.ZodType;
  /** The component schemas of the OpenAPI document, by name. */
  readonly components: { readonly [name: string]: z.ZodType };
  /** Components whose `kind` decides which one is meant; none where one schema is for all kinds. */
  readonly kinds: { readonly [kind: string]: string };
}

/** Names of an earlier API, each with what to use today. */
const retiredFields: { readonly [field: string]: string } = {
  meterId: 'use meterIds',
  deviceOwner: 'leave it out, the account owns its assets',
};
const retiredKinds: { readonly [kind: string]: string } = {
  electrification: 'use electrification_eemetered',
  natural_gas: 'use electrification_eemetered or energy_efficiency_eemetered',
};

/** The fields that an asset of a kind has besides the common ones (wattcarbon contract, "Asset"). */
const solarFields = {
  nameplateCapacityKw: z.number().positive(),
  inverterDataId: text,
  inverterDataSource: text,
  externalRegistryName: text,
  externalRegistryAssetId: text,
};
const electrificationFields = {
  areaSqft: z.number().positive(),
  previousFuel: text,
  buildingType: text,
  replacementType: text,
  yearBuilt: z.int(),
  numberOfStories: z.number().positive(),
};
const fieldsOfKinds: { readonly [kind: string]: Fields } = {
  solar: solarFields,
  electrification_eemetered: electrificationFields,
  demand_response_eemetered: {},
  energy_efficiency_eemetered: {},
  storage_direct: {},
  tracking_building: {},
  vehicle_charging: {},
};

/** What the operations that create take. With `schemas: composed` a kind that is not shown is refused, else it passes. */
export function createSchemas(settings: WattCarbonSettings): RequestSchemas {
  const { components: places, location } = createPlaces(settings);
  const meterCreate = z.strictObject({
    apiProvider: z.literal('manual'),
    meterType: z.enum(['electricity', 'gas']),
    location,
    ...optionally(settings, {
      ...((settings.meterFields === 'name' || settings.meterFields === 'both') && { name: text }),
      ...((settings.meterFields === 'custom-id' || settings.meterFields === 'both') && { customId: text }),
    }),
  });
  const id = settings.ids === 'number' ? z.int() : text.meta(describeId(settings.ids));
  const common: Fields = {
    name: text,
    location,
    ...optionally(settings, {
      customId: text,
      utility: text,
      meterIds: z.array(id),
      commencedOperationDate: z.iso.date(),
    }),
  };
  const components = { ...places, ManualMeterCreate: meterCreate };
  if (settings.schemas === 'plain') {
    const kind = text.meta({ examples: Object.keys(fieldsOfKinds) });
    const assetCreate = z
      .looseObject({
        name: text,
        kind,
        ...common,
        ...optionally(settings, { ...solarFields, ...electrificationFields }),
      })
      .superRefine(refuseRetired);
    return { meterCreate, assetCreate, components: { ...components, AssetCreate: assetCreate }, kinds: {} };
  }
  const base = z.looseObject(common);
  const kinds = Object.entries(fieldsOfKinds).map(([kind, fields]) => ({
    kind,
    component: `${kind.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}AssetCreate`,
    own: z.looseObject({ kind: z.literal(kind), ...optionally(settings, fields) }),
  }));
  const [first, ...others] = kinds.map(({ own }) => own.extend(common));
  if (first === undefined) throw new Error('there are kinds');
  return {
    meterCreate,
    assetCreate: z.discriminatedUnion('kind', [first, ...others]).superRefine(refuseRetired),
    components: {
      ...components,
      AssetBase: base,
      ...Object.fromEntries(kinds.map(({ component, own }) => [component, z.intersection(base, own)])),
    },
    kinds: Object.fromEntries(kinds.map(({ kind, component }) => [kind, component])),
  };
}

function createPlaces({ coordinateKeys: [latitude = '', longitude = ''] }: WattCarbonSettings): {
  readonly components: { readonly [name: string]: z.ZodType };
  readonly location: z.ZodType;
} {
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
    [latitude]: z.number().min(-90).max(90),
    [longitude]: z.number().min(-180).max(180),
  });
  return {
    components: { Address: address, Coordinates: coordinates },
    location: z.union([text, address, coordinates]),
  };
}

/** Fields that may be left out, and be null where the schemas are composed. */
function optionally({ schemas }: WattCarbonSettings, fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    schemas === 'composed' ? field.nullish() : field.optional(),
  ]);
  return Object.fromEntries(entries);
}

function refuseRetired(asset: { readonly [field: string]: unknown }, context: z.RefinementCtx): void {
  for (const [field, now] of Object.entries(retiredFields)) {
    if (field in asset) {
      context.addIssue({ code: 'custom', path: [field], message: `${field} is retired: ${now}` });
    }
  }
  const kind = String(asset['kind']);
  if (Object.hasOwn(retiredKinds, kind)) {
    context.addIssue({ code: 'custom', path: ['kind'], message: `${kind} is retired: ${retiredKinds[kind] ?? ''}` });
  }
}
