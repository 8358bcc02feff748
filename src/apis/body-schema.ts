import { isObject, listOf, type JsonObject } from './json-object.ts';

/** A schema as a document has it, and the document that its references lead into. */
export interface DescribedSchema {
  readonly schema: unknown;
  readonly document: JsonObject;
}

/** Several schemas of which one is to fit; `by` names the property whose value says which (an OpenAPI discriminator). */
export interface Forms {
  readonly branches: readonly unknown[];
  readonly by?: { readonly property: string; readonly branchOf: ReadonlyMap<string, number> };
}

/** Keywords with a schema, with a list of schemas, and with schemas by name. */
const single = ['additionalProperties', 'items', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'] as const;
const lists = ['allOf', 'prefixItems'] as const;
const named = ['properties', 'patternProperties', 'dependentSchemas'] as const;
/** Keywords that are the same in OpenAPI 3.0, 3.1 and JSON Schema. What is not listed says nothing of a body, or is turned into these. */
const plain = [
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'dependentRequired',
] as const;

/**
 * A request schema of an OpenAPI 3.0 or 3.1 document as JSON Schema 2020-12 that stands alone: references lead into its own
 * `$defs`, `nullable` and boolean limits are spelt out, files may be anything, and `anyOf` and `oneOf` are the keyword
 * `forms` (`Forms`), whose faults say which form was meant. Throws for a reference that leads nowhere.
 */
export function toJsonSchema({ schema, document }: DescribedSchema): JsonObject {
  const names = new Map<string, string>();
  const definitions: Record<string, unknown> = {};

  const refer = (reference: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const target = pointedAt(document, reference);
    if (target === undefined) throw new Error(`its reference "${reference}" leads nowhere`);
    const name = `#/$defs/${String(names.size)}`;
    names.set(reference, name);
    definitions[name.slice('#/$defs/'.length)] = convert(target);
    return name;
  };

  const convert = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    if (isFile(value)) return {};
    const reference = value['$ref'];
    const converted: Record<string, unknown> = typeof reference === 'string' ? { $ref: refer(reference) } : {};
    for (const keyword of plain) if (keyword in value) converted[keyword] = value[keyword];
    for (const keyword of single) if (keyword in value) converted[keyword] = convert(value[keyword]);
    for (const keyword of lists) if (keyword in value) converted[keyword] = listOf(value[keyword]).map(convert);
    for (const keyword of named) {
      const schemas = value[keyword];
      if (isObject(schemas)) converted[keyword] = mapValues(schemas, convert);
    }
    spellLimits(converted);
    const required = listOf(value['required']).filter((name) => !isReadOnly(value, name));
    if (required.length > 0) converted['required'] = required;
    const forms = (['anyOf', 'oneOf'] as const)
      .filter((keyword) => Array.isArray(value[keyword]))
      .map((keyword) => ({ forms: formsOf(listOf(value[keyword]), value['discriminator']) }));
    if (forms.length > 0) converted['allOf'] = [...listOf(converted['allOf']), ...forms];
    // What a form allows is not known outside of it.
    else if ('unevaluatedProperties' in value) {
      converted['unevaluatedProperties'] = convert(value['unevaluatedProperties']);
    }
    return value['nullable'] === true ? { forms: { branches: [converted, { type: 'null' }] } } : converted;
  };

  const formsOf = (branches: readonly unknown[], discriminator: unknown): Forms => {
    const converted = branches.map(convert);
    const property = isObject(discriminator) ? discriminator['propertyName'] : undefined;
    if (typeof property !== 'string' || !isObject(discriminator)) return { branches: converted };
    const mapping = isObject(discriminator['mapping']) ? Object.entries(discriminator['mapping']) : [];
    const branchOf = new Map<string, number>();
    branches.forEach((branch, index) => {
      const reference = isObject(branch) && typeof branch['$ref'] === 'string' ? branch['$ref'] : undefined;
      const name = reference?.split('/').at(-1);
      const mapped = mapping.filter(([, to]) => reference !== undefined && (to === reference || to === name));
      const values = mapped.length > 0 ? mapped.map(([value]) => value) : constantsOf(branch, property);
      for (const value of values.length > 0 || name === undefined ? values : [name]) branchOf.set(value, index);
    });
    return branchOf.size > 0 ? { branches: converted, by: { property, branchOf } } : { branches: converted };
  };

  /** The texts that a branch's property may be, through references and `allOf`. */
  const constantsOf = (branch: unknown, property: string, depth = 0): readonly string[] => {
    const own = followed(branch);
    if (!isObject(own) || depth > 4) return [];
    const rule = followed(isObject(own['properties']) ? own['properties'][property] : undefined);
    const values = isObject(rule) ? [rule['const'], ...listOf(rule['enum'])] : [];
    const texts = values.filter((value) => typeof value === 'string');
    return texts.length > 0 ? texts : listOf(own['allOf']).flatMap((part) => constantsOf(part, property, depth + 1));
  };

  const followed = (value: unknown, depth = 0): unknown =>
    isObject(value) && typeof value['$ref'] === 'string' && depth < 16
      ? followed(pointedAt(document, value['$ref']), depth + 1)
      : value;

  const isReadOnly = ({ properties }: JsonObject, name: unknown): boolean => {
    const property = followed(isObject(properties) && typeof name === 'string' ? properties[name] : undefined);
    return isObject(property) && property['readOnly'] === true;
  };

  const isFile = (value: JsonObject): boolean =>
    value['format'] === 'binary' ||
    typeof value['contentMediaType'] === 'string' ||
    (value['type'] === 'array' && isObject(value['items']) && isFile(value['items']));

  const root = convert(schema);
  return { ...(isObject(root) ? root : {}), $defs: definitions };
}

/** What a local reference (`#/components/schemas/Asset`) leads to; undefined where it leads nowhere, or out of the document. */
export function pointedAt(document: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((part) => decodePart(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => {
      if (Array.isArray(at)) return listOf(at)[Number(part)];
      return isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined;
    }, document);
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** OpenAPI 3.0 has `minimum: 0, exclusiveMinimum: true`, where JSON Schema has `exclusiveMinimum: 0`. */
function spellLimits(schema: Record<string, unknown>): void {
  for (const [limit, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue;
    const isExclusive = schema[exclusive];
    delete schema[exclusive];
    if (!isExclusive || schema[limit] === undefined) continue;
    schema[exclusive] = schema[limit];
    delete schema[limit];
  }
}

function mapValues(schemas: JsonObject, convert: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema)]));
}
