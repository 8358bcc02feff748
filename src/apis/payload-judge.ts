import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { toJsonSchema, type DescribedSchema, type Forms } from './body-schema.ts';
import { isObject, listOf, type JsonObject } from './json-object.ts';

/** What is wrong with a body, and where: its fields by name, list items by number from 0. */
export interface BodyFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** Says what a schema has against a body. */
export interface PayloadJudge {
  /**
   * None when the body fits. `asText`: as a form sends it, where a number is its digits. A schema is compiled when it is
   * first asked for; `unusable` is the reason when that cannot be done.
   */
  judge(
    schema: DescribedSchema,
    body: JsonObject,
    how: { readonly asText: boolean },
  ): { readonly faults: readonly BodyFault[] } | { readonly unusable: string };
}

type Compiled = (body: JsonObject) => readonly BodyFault[];

/** Loads the validator, which no run without a description needs. */
export async function openPayloadJudge(): Promise<PayloadJudge> {
  const { Ajv2020: Validator } = await import('ajv/dist/2020.js');
  const validators = { text: openAjv(Validator, 'array'), json: openAjv(Validator, false) };
  const compiled = {
    text: new WeakMap<DescribedSchema, Compiled | string>(),
    json: new WeakMap<DescribedSchema, Compiled | string>(),
  };
  return {
    judge: (schema, body, { asText }) => {
      const kind = asText ? 'text' : 'json';
      const known = compiled[kind].get(schema) ?? compile(validators[kind], schema);
      compiled[kind].set(schema, known);
      if (typeof known === 'string') return { unusable: known };
      try {
        return { faults: known(asText ? structuredClone(body) : body) };
      } catch (error) {
        // A schema that refers to itself and to nothing else has no end.
        const unusable = error instanceof Error ? error.message : 'failed';
        compiled[kind].set(schema, unusable);
        return { unusable };
      }
    },
  };
}

function compile(ajv: Ajv2020, schema: DescribedSchema): Compiled | string {
  try {
    const validate = ajv.compile(toJsonSchema(schema));
    return (body) => (validate(body) ? [] : distinct((validate.errors ?? []).flatMap((error) => toFault(error, body))));
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  }
}

function openAjv(Validator: typeof Ajv2020, coerceTypes: 'array' | false): Ajv2020 {
  const ajv = new Validator({
    strict: false,
    allErrors: true,
    ownProperties: true,
    // The document is not ours to correct: what is wrong in it shows when it is compiled, or says nothing.
    validateSchema: false,
    meta: false,
    logger: false,
    coerceTypes,
    formats: {
      date: isDate,
      'date-time': /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/,
      uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    },
  });
  ajv.addKeyword({
    keyword: 'forms',
    errors: 'full',
    compile: (forms: Forms, _parent, it) => judgeForms(ajv, forms, it.schemaEnv.root.schema),
  });
  return ajv;
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 30 February is parsed, as 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * Passes what fits one form at least; where none fits, the faults are those of the form that was meant: by the property that
 * names it, else the one that fits best. Forms are compiled when they are met, since a form may hold itself.
 */
function judgeForms(ajv: Ajv2020, { branches, by }: Forms, root: unknown): Judged {
  const $defs = isObject(root) ? root['$defs'] : undefined;
  const validators = new Map<number, ValidateFunction>();
  const errorsOf = (index: number, data: unknown): readonly Partial<ErrorObject>[] => {
    const validate = validators.get(index) ?? ajv.compile({ $defs, allOf: [branches[index]] });
    validators.set(index, validate);
    return validate(data) ? [] : (validate.errors ?? []);
  };
  const findErrors = (data: unknown): readonly Partial<ErrorObject>[] => {
    if (by !== undefined && isObject(data)) {
      const value = data[by.property];
      const index = typeof value === 'string' ? by.branchOf.get(value) : undefined;
      if (index !== undefined) return errorsOf(index, data);
      const at = { instancePath: `/${escapePointer(by.property)}`, keyword: 'enum' };
      return value === undefined
        ? [{ instancePath: '', keyword: 'required', params: { missingProperty: by.property } }]
        : [{ ...at, params: { allowedValues: [...by.branchOf.keys()] } }];
    }
    let best: readonly Partial<ErrorObject>[] | undefined;
    for (const index of branches.keys()) {
      const errors = errorsOf(index, data);
      if (errors.length === 0) return [];
      if (best === undefined || distance(errors) < distance(best)) best = errors;
    }
    const shapes = new Set(branches.map((branch) => (isObject(branch) ? branch['type'] : undefined)));
    // A value of no form's type: all types are named, not only one.
    const isOfNone = best?.every(({ instancePath, keyword }) => instancePath === '' && keyword === 'type') === true;
    return isOfNone && !shapes.has(undefined)
      ? [{ instancePath: '', keyword: 'type', params: { type: [...shapes] } }]
      : (best ?? []);
  };
  const judged: Judged = (data, context) => {
    const errors = findErrors(data);
    const before = context?.instancePath ?? '';
    judged.errors = errors.map((error) => ({ ...error, instancePath: `${before}${error.instancePath ?? ''}` }));
    return errors.length === 0;
  };
  return judged;
}

interface Judged {
  (data: unknown, context?: { readonly instancePath: string }): boolean;
  errors?: Partial<ErrorObject>[];
}

/** How far a form is from fitting: another type is farther than any number of wrong fields. */
function distance(errors: readonly Partial<ErrorObject>[]): number {
  const isOtherType = errors.some(({ instancePath, keyword }) => instancePath === '' && keyword === 'type');
  return errors.length + (isOtherType ? 1000 : 0);
}

function toFault({ instancePath, keyword, params, message }: ErrorObject, body: JsonObject): readonly BodyFault[] {
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  const data = path.reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return listOf(at)[Number(name)];
    return isObject(at) ? at[name] : undefined;
  }, body);
  const at = (name: unknown): readonly string[] => [...path, String(name)];
  switch (keyword) {
    case 'if':
      return [];
    case 'required':
      return [{ path: at(params['missingProperty']), message: 'is required' }];
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return [
        {
          path: at(params['additionalProperty'] ?? params['unevaluatedProperty']),
          message: 'is a field that it does not take',
        },
      ];
    case 'enum':
      return [{ path, message: `may be one of ${list(params['allowedValues'])}, not ${show(data)}` }];
    case 'const':
      return [{ path, message: `may only be ${show(params['allowedValue'])}, not ${show(data)}` }];
    case 'type':
      return [{ path, message: `must be of type ${[params['type']].flat().join(' or ')}, not ${show(data)}` }];
    default:
      return [
        { path, message: `${message?.replace('NOT', 'not') ?? `breaks its rule "${keyword}"`}, not ${show(data)}` },
      ];
  }
}

/** The same fault may be met on several ways through a schema. */
function distinct(faults: readonly BodyFault[]): readonly BodyFault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(show).join(', ') : show(values);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
