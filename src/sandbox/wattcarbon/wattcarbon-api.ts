import { type Answer, answerJson } from '../serve/answer.ts';
import type { SandboxApi } from '../serve/api.ts';
import type { Call, Route } from '../serve/router.ts';
import type { Limit } from '../serve/sliding-window.ts';
import { Tokens } from '../serve/tokens.ts';
import type { SandboxStateStore } from '../state.ts';
import { type Backend, accountOf } from './backend.ts';
import { readCaller, refuseForeign } from './callers.ts';
import { describeOpenApi } from './openapi.ts';
import { type Operation, listOperations } from './operations.ts';
import { placesOf } from './places.ts';
import { refuse, refuseBody, refuseToken } from './refusals.ts';
import { createSchemas } from './schemas.ts';
import { type WattCarbonSettings, demandPossible } from './switches.ts';
import { createTokenRoute } from './token.ts';

const documentPaths = { json: '/openapi.json', redoc: '/reference/openapi-1.json' } as const;
const limits = ['wattcarbon'];

/**
 * The WattCarbon API over `state`: documents of itself, token, meters, uploads, assets, documents, and the lists, in the
 * form that the settings choose. Throws as `demandPossible` does.
 */
export function createWattCarbonApi(state: SandboxStateStore, limit: Limit, settings: WattCarbonSettings): SandboxApi {
  demandPossible(settings);
  const tokens = new Tokens('wattcarbon', settings.tokenLifetime * 1000);
  const backend: Backend = { state, settings, schemas: createSchemas(settings) };
  const operations = listOperations(settings);
  return {
    name: 'wattcarbon',
    limits: { wattcarbon: limit },
    routes: [
      ...describingRoutes(backend, operations),
      createTokenRoute(placesOf(settings).token, tokens, settings),
      ...operations.map((operation) => toRoute(backend, operation, tokens)),
      ...retiredRoutes(settings),
    ],
    unknownPath: () => refuse(404, 'Not Found'),
    wrongMethod: (allowed) => refuse(405, 'Method Not Allowed', { allow: allowed.join(', ') }),
    limited: () => refuse(429, 'Rate limit exceeded'),
    tooLarge: () => refuse(413, 'Request Entity Too Large'),
  };
}

/** The description and the page that names it, as far as they are there. */
function describingRoutes({ settings, schemas }: Backend, operations: readonly Operation[]): readonly Route[] {
  if (settings.openapi === 'none') {
    return [];
  }
  const path = documentPaths[settings.openapi];
  const page = `<!DOCTYPE html>
<html>
<head><title>WattCarbon API - ReDoc</title></head>
<body><redoc spec-url="${path}"></redoc></body>
</html>
`;
  const document = answerJson(200, describeOpenApi(settings, operations, schemas));
  const redoc = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
  return [openRoute('/', 'redoc', redoc), openRoute(path, 'openapi', document)];
}

function openRoute(path: string, operation: string, answer: Answer): Route {
  return { method: 'GET', path, operation, limits, caller: () => 'anonymous', handle: () => answer };
}

function toRoute(backend: Backend, { method, path, name, query, handle }: Operation, tokens: Tokens): Route {
  const needsAccount = query.some((parameter) => parameter.name === 'account_id');
  return {
    method,
    path,
    operation: name,
    limits,
    caller: (call) => {
      const user = tokens.userOf(call.headers.authorization, call.monotonic);
      return user === undefined
        ? refuseToken(call.headers.authorization)
        : (refuseForeign(readCaller(user), call) ?? user);
    },
    handle: (call: Call) =>
      needsAccount && accountOf(call) === ''
        ? refuseBody([{ loc: ['query', 'account_id'], msg: 'Field required', type: 'missing' }])
        : handle(backend, call),
  };
}

/** The paths of the two APIs before this one, where it says that they are gone; else they are unknown like any other. */
function retiredRoutes({ retiredPaths, paths }: WattCarbonSettings): readonly Route[] {
  if (retiredPaths === '404') {
    return [];
  }
  const gone = ['/devices', '/devices/{device_id}', ...(paths === 'flat' ? [] : ['/assets', '/assets/{asset_id}'])];
  return gone.flatMap((path) =>
    ['GET', 'POST', 'PUT'].map((method) => ({
      method,
      path,
      operation: 'retired',
      limits,
      caller: () => 'anonymous',
      handle: () => refuse(410, `${path} is retired: use /accounts/{account_id}/assets`),
    })),
  );
}
