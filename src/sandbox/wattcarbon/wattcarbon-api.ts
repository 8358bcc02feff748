import { type Answer, answerJson } from '../serve/answer.ts';
import type { SandboxApi } from '../serve/api.ts';
import type { Call, Route } from '../serve/router.ts';
import type { Limit } from '../serve/sliding-window.ts';
import { Tokens } from '../serve/tokens.ts';
import type { SandboxStateStore } from '../state.ts';
import { createAsset, listAssets } from './assets.ts';
import { listDocuments, uploadDocument } from './documents.ts';
import { createMeter, listMeters } from './meters.ts';
import { describeOpenApi } from './openapi.ts';
import { refuse, refuseToken } from './refusals.ts';
import { createTokenRoute } from './token.ts';
import { uploadSeries } from './uploads.ts';

/** A token lives a day (wattcarbon contract, "Auth"). */
const tokenLifetimeMs = 24 * 3_600_000;

const redoc = `<!DOCTYPE html>
<html>
<head><title>WattCarbon API - ReDoc</title></head>
<body><redoc spec-url="/openapi.json"></redoc></body>
</html>
`;

/** The WattCarbon API over `state`: documents of itself, token, meters, uploads, assets, documents, and the lists. */
export function createWattCarbonApi(state: SandboxStateStore, limit: Limit): SandboxApi {
  const tokens = new Tokens('wattcarbon', tokenLifetimeMs);
  const limits = ['wattcarbon'];
  const open = (path: string, operation: string, handle: () => Answer): Route => ({
    method: 'GET',
    path,
    operation,
    limits,
    caller: () => 'anonymous',
    handle,
  });
  const withToken = (
    method: string,
    path: string,
    operation: string,
    handle: (state: SandboxStateStore, call: Call) => Answer,
  ): Route => ({
    method,
    path: `/accounts/{account_id}${path}`,
    operation,
    limits,
    caller: ({ headers, monotonic }) =>
      tokens.userOf(headers.authorization, monotonic) ?? refuseToken(headers.authorization),
    handle: (call) => handle(state, call),
  });
  const meter = '/meters/{meter_id}';
  const documents = '/assets/{asset_id}/documents';
  return {
    name: 'wattcarbon',
    limits: { wattcarbon: limit },
    routes: [
      open('/', 'redoc', () => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: redoc })),
      open('/openapi.json', 'openapi', () => answerJson(200, describeOpenApi())),
      createTokenRoute(tokens, tokenLifetimeMs),
      withToken('POST', '/meters', 'create_meter', createMeter),
      withToken('GET', '/meters', 'list_meters', listMeters),
      withToken('POST', `${meter}/intervals`, 'upload_meter_intervals', (held, call) =>
        uploadSeries(held, 'intervals', call),
      ),
      withToken('POST', `${meter}/bills`, 'upload_meter_bills', (held, call) => uploadSeries(held, 'bills', call)),
      withToken('POST', '/assets', 'create_asset', createAsset),
      withToken('GET', '/assets', 'list_assets', listAssets),
      withToken('POST', documents, 'upload_asset_document', uploadDocument),
      withToken('GET', documents, 'list_asset_documents', listDocuments),
    ],
    unknownPath: () => refuse(404, 'Not Found'),
    wrongMethod: (allowed) => refuse(405, 'Method Not Allowed', { allow: allowed.join(', ') }),
    limited: () => refuse(429, 'Rate limit exceeded'),
    tooLarge: () => refuse(413, 'Request Entity Too Large'),
  };
}
