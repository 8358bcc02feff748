/** An operation of a document under test. */
export interface Described {
  readonly id: string;
  readonly method?: string;
  readonly path: string;
  readonly content?: object;
  readonly more?: object;
}

/** An OpenAPI document with these operations. */
export function documentOf(operations: readonly Described[], more: object = {}): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { id, method = 'post', path, content, more: rest = {} } of operations) {
    (paths[path] ??= {})[method] = { operationId: id, ...(content && { requestBody: { content } }), ...rest };
  }
  return { openapi: '3.1.0', info: { title: 'WattCarbon', version: '1' }, paths, ...more };
}

/** A JSON body with these properties. */
export function jsonOf(properties: object, required: readonly string[] = []): object {
  return { 'application/json': { schema: { type: 'object', properties, required } } };
}

/** A multipart body with these properties. */
export function multipartOf(properties: object, required: readonly string[] = []): object {
  return { 'multipart/form-data': { schema: { type: 'object', properties, required } } };
}

const file = { type: 'string', format: 'binary' };

/** All operations, as the guide names them, with lists. */
export const wholeDocument: readonly Described[] = [
  {
    id: 'create_token_auth_token_post',
    path: '/auth/token',
    content: { 'application/x-www-form-urlencoded': { schema: {} } },
  },
  {
    id: 'Meters-create_meter',
    path: '/accounts/{account_id}/meters',
    content: jsonOf(
      { apiProvider: {}, meterType: { enum: ['electricity', 'gas'] }, location: {}, customId: { type: 'string' } },
      ['apiProvider'],
    ),
  },
  { id: 'Meters-list_meters', method: 'get', path: '/accounts/{account_id}/meters' },
  {
    id: 'Meters-upload_meter_intervals',
    path: '/accounts/{account_id}/meters/{meter_id}/intervals',
    content: multipartOf({ file }, ['file']),
  },
  {
    id: 'Meters-upload_meter_bills',
    path: '/accounts/{account_id}/meters/{meter_id}/bills',
    content: multipartOf({ file }, ['file']),
  },
  {
    id: 'Assets-create_asset',
    path: '/accounts/{account_id}/assets',
    content: jsonOf({ name: {}, kind: {}, customId: {} }),
  },
  { id: 'Assets-list_assets', method: 'get', path: '/accounts/{account_id}/assets' },
  {
    id: 'Documents-upload_asset_document',
    path: '/accounts/{account_id}/assets/{asset_id}/documents',
    content: multipartOf({ file, type: { const: 'demand_response_events' } }, ['file', 'type']),
  },
];
