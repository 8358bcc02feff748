import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { documentTypes } from './documents.ts';
import { choicesOf } from './form-fields.ts';
import { describeId } from './ids.ts';
import { type JsonObject, ref } from './operations.ts';
import type { RequestSchemas } from './schemas.ts';
import type { WattCarbonSettings } from './switches.ts';
import { sendsExpiry } from './token.ts';

/** The schemas of the description, by name: bodies as they are checked, and what answers look like. */
export function describeComponents(settings: WattCarbonSettings, schemas: RequestSchemas): JsonObject {
  return { ...describeBodies(schemas), ...describeForms(settings), ...describeAnswers(settings) };
}

/** The request bodies as the validator has them, with references between them. */
function describeBodies({ components, kinds }: RequestSchemas): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) {
    registry.add(schema, { id });
  }
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  const described = Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [
    id,
    z.record(z.string(), z.json()).parse({ title: id, ...schema }),
  ]);
  const mapping = Object.fromEntries(
    Object.entries(kinds).map(([kind, name]) => [kind, `#/components/schemas/${name}`]),
  );
  return z.record(z.string(), z.json()).parse(
    spellNulls({
      ...Object.fromEntries(described),
      ...(Object.keys(kinds).length > 0 && {
        AssetCreate: {
          title: 'AssetCreate',
          oneOf: Object.values(kinds).map(ref),
          discriminator: { propertyName: 'kind', mapping },
        },
      }),
    }),
  );
}

/** `type: ["string", "null"]` as FastAPI writes it: `anyOf` with a branch for null. */
function spellNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(spellNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, spellNulls(inner)]);
  const { type, ...others }: { readonly [key: string]: Json } = Object.fromEntries(entries);
  if (!Array.isArray(type) || !type.includes('null')) return Object.fromEntries(entries);
  return {
    anyOf: [...type.filter((one) => one !== 'null').map((one) => ({ type: one, ...others })), { type: 'null' }],
  };
}

function describeForms(settings: WattCarbonSettings): JsonObject {
  const filePart = settings.filePart[0] ?? '';
  const file: JsonObject = {
    type: 'string',
    title: 'File',
    ...(settings.fileMarks !== 'media-type' && { format: 'binary' }),
    ...(settings.fileMarks !== 'binary' && { contentMediaType: 'application/octet-stream' }),
  };
  const series = (kind: 'intervals' | 'bills'): JsonObject => {
    const fields = settings.formFields === 'none' ? {} : choicesOf(kind);
    const described = Object.entries(fields).map(([name, choices]) => [
      name,
      choices.length === 1 ? { const: choices[0] ?? '' } : { type: 'string', enum: choices },
    ]);
    return object({ ...Object.fromEntries(described), [filePart]: file }, [
      ...(settings.formFields === 'required' ? Object.keys(fields) : []),
      filePart,
    ]);
  };
  return {
    'Body_Meters-upload_meter_intervals': series('intervals'),
    'Body_Meters-upload_meter_bills': series('bills'),
    'Body_Documents-upload_asset_document': object({ type: ref('DocumentType'), [filePart]: file }, ['type', filePart]),
    Body_create_token_auth_token_post: object(
      { grant_type: { type: 'string', pattern: '^password$' }, username: text, password: text },
      ['grant_type', 'username', 'password'],
    ),
    DocumentType: { type: 'string', enum: documentTypes },
  };
}

const text: JsonObject = { type: 'string' };
const whole: JsonObject = { type: 'integer' };
const number: JsonObject = { type: 'number' };

function describeAnswers(settings: WattCarbonSettings): JsonObject {
  const id = describeId(settings.ids);
  const row = (columns: readonly string[]): JsonObject =>
    object(Object.fromEntries(columns.map((name, at) => [name, at === columns.length - 1 ? number : text])), columns);
  const accounts: JsonObject = {
    Account: object({ id: text, name: text, type: { type: 'string', enum: ['personal', 'organization'] } }, ['id']),
  };
  return {
    Token: object({ access_token: text, token_type: text, ...(sendsExpiry(settings) && { expires_in: whole }) }, [
      'access_token',
      'token_type',
    ]),
    Meter: object({ id, apiProvider: text, meterType: text, location: {} }, ['id']),
    UploadResult: object({ meterId: id, rows: whole }, ['meterId', 'rows']),
    Asset: object({ id, name: text, kind: text, customId: text }, ['id']),
    Document: object({ id, assetId: id, type: text, name: { anyOf: [text, { type: 'null' }] }, uploadedAt: text }, [
      'id',
    ]),
    ...(settings.readBack === 'json' && {
      Interval: row(settings.intervalColumns),
      Bill: row(settings.billColumns),
    }),
    ...(settings.accounts !== 'any' && accounts),
    HTTPValidationError: object({ detail: { type: 'array', items: ref('ValidationError') } }, []),
    ValidationError: object({ loc: { type: 'array', items: { anyOf: [text, whole] } }, msg: text, type: text }, [
      'loc',
      'msg',
      'type',
    ]),
  };
}

function object(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}
