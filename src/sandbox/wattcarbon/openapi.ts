import type { WattCarbonSettings } from './switches.ts';
import { describeComponents } from './components.ts';
import { describeId } from './ids.ts';
import { type JsonObject, type Operation, ref } from './operations.ts';
import { type Places, placesOf } from './places.ts';
import type { RequestSchemas } from './schemas.ts';

/** The OpenAPI 3.1 document of these operations, in the manner FastAPI writes it (wattcarbon contract, "The operation table"). */
export function describeOpenApi(
  settings: WattCarbonSettings,
  operations: readonly Operation[],
  schemas: RequestSchemas,
): JsonObject {
  const places = placesOf(settings);
  const paths: { [path: string]: JsonObject } = {};
  const add = (path: string, method: string, described: JsonObject): void => {
    const shown = showPath(settings, places, path);
    paths[shown] = { ...paths[shown], [method.toLowerCase()]: described };
  };
  add(places.token, 'post', describeToken(settings, places));
  for (const operation of operations) {
    add(operation.path, operation.method, describeOperation(settings, places, operation));
  }
  const tokenUrl = showPath(settings, places, places.token).slice(1);
  return {
    openapi: '3.1.0',
    info: { title: 'WattCarbon API', version: '1.0.0' },
    ...(settings.servers !== 'none' && { servers: [{ url: serverOf(settings, places) }] }),
    paths,
    components: {
      schemas: describeComponents(settings, schemas),
      securitySchemes: { OAuth2PasswordBearer: { type: 'oauth2', flows: { password: { scopes: {}, tokenUrl } } } },
    },
  };
}

function serverOf({ servers }: WattCarbonSettings, { prefix }: Places): string {
  if (servers === 'production') return `https://api.wattcarbon.com${prefix}`;
  return prefix === '' ? '/' : prefix;
}

/** Without what `servers` says already, and with the description's own parameter names. */
function showPath({ servers }: WattCarbonSettings, { prefix, shown }: Places, path: string): string {
  const own = servers === 'none' ? path : path.slice(prefix.length);
  return own.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => `{${shown[parameter] ?? parameter}}`);
}

function describeToken(settings: WattCarbonSettings, places: Places): JsonObject {
  const form = ref('Body_create_token_auth_token_post');
  const where = { name: 'create_token', tag: 'Auth', path: places.token, method: 'POST' };
  return {
    tags: [tagOf(settings, 'Auth')],
    summary: 'Create Token',
    operationId:
      settings.operationIds === 'documented' ? 'create_token_auth_token_post' : operationIdOf(settings, places, where),
    requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } },
    responses: responses('200', ref('Token')),
  };
}

function describeOperation(settings: WattCarbonSettings, places: Places, operation: Operation): JsonObject {
  const { name, tag, path, query, bodies, status, answer } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({
    name: places.shown[parameter] ?? parameter,
    in: 'path',
    required: true,
    schema: parameter === 'account_id' ? { type: 'string' } : describeId(settings.ids),
  }));
  const inQuery = query.map(({ name: parameter, schema, required = false }) => ({
    name: parameter,
    in: 'query',
    required,
    schema,
  }));
  const content = Object.fromEntries(Object.entries(bodies).map(([media, schema]) => [media, { schema }]));
  return {
    tags: [tagOf(settings, tag)],
    summary: name
      .split('_')
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(' '),
    operationId: operationIdOf(settings, places, operation),
    security: [{ OAuth2PasswordBearer: [] }],
    parameters: [...inPath, ...inQuery],
    ...(Object.keys(bodies).length > 0 && { requestBody: { required: true, content } }),
    responses: responses(status, answer),
  };
}

function tagOf({ operationIds }: WattCarbonSettings, tag: string): string {
  return operationIds === 'renamed-tag' ? `Portfolio ${tag}` : tag;
}

function operationIdOf(
  settings: WattCarbonSettings,
  places: Places,
  { name, tag, path, method }: Pick<Operation, 'name' | 'tag' | 'path'> & { readonly method: string },
): string {
  switch (settings.operationIds) {
    case 'documented':
      return `${tag}-${name}`;
    case 'renamed-tag':
      return `Portfolio${tag}-${name}`;
    case 'fastapi':
      return `${name}${showPath(settings, places, path).replaceAll(/\W/g, '_')}_${method.toLowerCase()}`;
    case 'camel-case':
      return `v2_${tag}_${name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
  }
}

function responses(status: string, schema: JsonObject | undefined): JsonObject {
  const content = schema === undefined ? { 'text/csv': { schema: { type: 'string' } } } : json(schema);
  return {
    [status]: { description: 'Successful Response', content },
    '422': { description: 'Validation Error', content: json(ref('HTTPValidationError')) },
  };
}

function json(schema: JsonObject): JsonObject {
  return { 'application/json': { schema } };
}
