import { expect, test } from 'vitest';
import { ask, openSandbox } from './open-sandbox.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: { readonly [media: string]: { readonly schema: { readonly $ref: string } } };
  };
}

interface Document {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: { readonly [name: string]: { readonly [key: string]: unknown } } };
}

async function readDocument(): Promise<{ readonly document: Document; readonly text: string }> {
  const sandbox = await openSandbox();
  const { text } = await ask(`${sandbox.wattcarbonUrl}/openapi.json`);
  return { document: JSON.parse(text), text };
}

test('the OpenAPI document names every operation of the contract, and lists on the paths of the creations', async () => {
  const { document } = await readDocument();
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  );
  const account = '/accounts/{account_id}';
  expect(operations.toSorted()).toEqual(
    [
      'create_token_auth_token_post post /auth/token',
      `Meters-create_meter post ${account}/meters`,
      `Meters-list_meters get ${account}/meters`,
      `Meters-upload_meter_intervals post ${account}/meters/{meter_id}/intervals`,
      `Meters-upload_meter_bills post ${account}/meters/{meter_id}/bills`,
      `Assets-create_asset post ${account}/assets`,
      `Assets-list_assets get ${account}/assets`,
      `Documents-upload_asset_document post ${account}/assets/{asset_id}/documents`,
      `Documents-list_asset_documents get ${account}/assets/{asset_id}/documents`,
    ].toSorted(),
  );
});

test('every reference in it leads to a component', async () => {
  const { document, text } = await readDocument();
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(10);
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(references));
  expect(text).not.toMatch(/"\$(id|schema)"/);
});

test('an upload is multipart with a binary part named file', async () => {
  const { document } = await readDocument();
  const operation = document.paths['/accounts/{account_id}/meters/{meter_id}/intervals']?.['post'];
  const { $ref } = operation?.requestBody?.content['multipart/form-data']?.schema ?? {};
  const body = document.components.schemas[$ref?.replace('#/components/schemas/', '') ?? ''];
  expect(body).toMatchObject({ properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] });
});

test('the meter schema knows only what is documented, the asset schema lets other fields pass', async () => {
  const { schemas } = (await readDocument()).document.components;
  expect(schemas['ManualMeterCreate']).toMatchObject({
    required: ['apiProvider', 'meterType', 'location'],
    additionalProperties: false,
    properties: {
      meterType: { enum: ['electricity', 'gas'] },
      location: {
        anyOf: [
          { type: 'string' },
          { $ref: '#/components/schemas/Address' },
          { $ref: '#/components/schemas/Coordinates' },
        ],
      },
    },
  });
  expect(schemas['AssetCreate']).toMatchObject({ required: ['name', 'kind', 'location'], additionalProperties: {} });
});

test('the front page is a ReDoc page that names the document', async () => {
  const sandbox = await openSandbox();
  const reply = await ask(`${sandbox.wattcarbonUrl}/`);
  expect(reply.headers.get('content-type')).toContain('text/html');
  expect(reply.text).toContain('spec-url="/openapi.json"');
});
