import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { documentTypes } from './documents.ts';
import { requestSchemas } from './schemas.ts';

interface JsonObject {
  readonly [key: string]: Json;
}

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const content = (media: string, schema: JsonObject): JsonObject => ({ content: { [media]: { schema } } });

/** A parameter of a path, or a property of a body, with its type. */
const accountId: JsonObject = { name: 'account_id', in: 'path', required: true, schema: { type: 'string' } };
const meterId: JsonObject = { name: 'meter_id', in: 'path', required: true, schema: { type: 'integer' } };
const assetId: JsonObject = { name: 'asset_id', in: 'path', required: true, schema: { type: 'integer' } };

/** The OpenAPI 3.1 document of the WattCarbon side, in the manner FastAPI writes it (wattcarbon contract, "The operation table"). */
export function describeOpenApi(): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'WattCarbon API', version: '1.0.0' },
    paths: {
      '/auth/token': {
        post: {
          tags: ['Auth'],
          summary: 'Create Token',
          operationId: 'create_token_auth_token_post',
          requestBody: {
            required: true,
            ...content('application/x-www-form-urlencoded', ref('Body_create_token_auth_token_post')),
          },
          responses: responses('200', ref('Token')),
        },
      },
      '/accounts/{account_id}/meters': {
        get: operation('Meters-list_meters', [accountId], undefined, '200', { type: 'array', items: ref('Meter') }),
        post: operation(
          'Meters-create_meter',
          [accountId],
          content('application/json', ref('ManualMeterCreate')),
          '201',
          ref('Meter'),
        ),
      },
      '/accounts/{account_id}/meters/{meter_id}/intervals': { post: uploadOperation('Meters-upload_meter_intervals') },
      '/accounts/{account_id}/meters/{meter_id}/bills': { post: uploadOperation('Meters-upload_meter_bills') },
      '/accounts/{account_id}/assets': {
        get: operation('Assets-list_assets', [accountId], undefined, '200', { type: 'array', items: ref('Asset') }),
        post: operation(
          'Assets-create_asset',
          [accountId],
          content('application/json', ref('AssetCreate')),
          '201',
          ref('Asset'),
        ),
      },
      '/accounts/{account_id}/assets/{asset_id}/documents': {
        get: operation('Documents-list_asset_documents', [accountId, assetId], undefined, '200', {
          type: 'array',
          items: ref('Document'),
        }),
        post: operation(
          'Documents-upload_asset_document',
          [accountId, assetId],
          content('multipart/form-data', ref('Body_Documents-upload_asset_document')),
          '201',
          ref('Document'),
        ),
      },
    },
    components: {
      schemas: { ...describeRequests(), ...otherSchemas() },
      securitySchemes: {
        OAuth2PasswordBearer: { type: 'oauth2', flows: { password: { scopes: {}, tokenUrl: 'auth/token' } } },
      },
    },
  };
}

function operation(
  operationId: string,
  parameters: readonly JsonObject[],
  body: JsonObject | undefined,
  status: string,
  answer: JsonObject,
): JsonObject {
  const [tag = '', name = ''] = operationId.split('-');
  return {
    tags: [tag],
    summary: name
      .split('_')
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(' '),
    operationId,
    security: [{ OAuth2PasswordBearer: [] }],
    parameters,
    ...(body === undefined ? {} : { requestBody: { required: true, ...body } }),
    responses: responses(status, answer),
  };
}

function uploadOperation(operationId: string): JsonObject {
  const body = content('multipart/form-data', ref(`Body_${operationId}`));
  return operation(operationId, [accountId, meterId], body, '200', ref('UploadResult'));
}

function responses(status: string, schema: JsonObject): JsonObject {
  return {
    [status]: { description: 'Successful Response', ...content('application/json', schema) },
    '422': { description: 'Validation Error', ...content('application/json', ref('HTTPValidationError')) },
  };
}

/** The request bodies as the validator has them, with references between them. */
function describeRequests(): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(requestSchemas)) {
    registry.add(schema, { id });
  }
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...schema }]) => [
      id,
      z.record(z.string(), z.json()).parse({ title: id, ...schema }),
    ]),
  );
}

function otherSchemas(): JsonObject {
  const text: JsonObject = { type: 'string' };
  const whole: JsonObject = { type: 'integer' };
  const file: JsonObject = { type: 'string', format: 'binary', title: 'File' };
  const fileBody = object({ file }, ['file']);
  return {
    'Body_Meters-upload_meter_intervals': fileBody,
    'Body_Meters-upload_meter_bills': fileBody,
    'Body_Documents-upload_asset_document': object({ type: ref('DocumentType'), file }, ['type', 'file']),
    Body_create_token_auth_token_post: object(
      { grant_type: { type: 'string', pattern: '^password$' }, username: text, password: text },
      ['grant_type', 'username', 'password'],
    ),
    DocumentType: { type: 'string', enum: documentTypes },
    Token: object({ access_token: text, token_type: text, expires_in: whole }, ['access_token', 'token_type']),
    Meter: object({ id: whole, apiProvider: text, meterType: text, location: {} }, ['id']),
    UploadResult: object({ meterId: whole, rows: whole }, ['meterId', 'rows']),
    Asset: object({ id: whole, name: text, kind: text, customId: text }, ['id']),
    Document: object({ id: whole, assetId: whole, type: text, name: text, uploadedAt: text }, ['id']),
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
