import type { SandboxApi } from '../serve/api.ts';
import { answerJson } from '../serve/answer.ts';
import type { Limit } from '../serve/sliding-window.ts';
import { Tokens } from '../serve/tokens.ts';
import type { Route } from '../serve/router.ts';
import { createHistorical } from './historical.ts';
import { createLogin } from './login.ts';
import { refuse, refuseToken } from './refusals.ts';
import { answerRegionFromLoc } from './region-from-loc.ts';

/** A token lives 30 minutes (watttime contract, "Limits"). */
const tokenLifetimeMs = 30 * 60_000;

export interface WattTimeSettings {
  readonly limits: { readonly watttime: Limit; readonly login: Limit };
  readonly publishingDelayMs: number;
}

/** The WattTime Data API v3, as far as it is served: login, region-from-loc, historical. */
export function createWattTimeApi({ limits, publishingDelayMs }: WattTimeSettings): SandboxApi {
  const tokens = new Tokens('watttime', tokenLifetimeMs);
  const withToken: Pick<Route, 'method' | 'limits' | 'caller'> = {
    method: 'GET',
    limits: ['watttime'],
    caller: ({ headers, monotonic }) => tokens.userOf(headers.authorization, monotonic) ?? refuseToken(),
  };
  return {
    name: 'watttime',
    limits: { watttime: limits.watttime, login: limits.login },
    routes: [
      createLogin(tokens),
      { ...withToken, path: '/v3/region-from-loc', operation: 'region-from-loc', handle: answerRegionFromLoc },
      { ...withToken, path: '/v3/historical', operation: 'historical', handle: createHistorical(publishingDelayMs) },
    ],
    unknownPath: () => answerJson(404, { detail: 'Not Found' }),
    wrongMethod: (allowed) => answerJson(405, { detail: 'Method Not Allowed' }, { allow: allowed.join(', ') }),
    limited: () => refuse(429, 'Too Many Requests', 'The rate limit of this account is exceeded. Try again later.'),
    tooLarge: () => refuse(413, 'Content Too Large', 'The body is too large.'),
  };
}
