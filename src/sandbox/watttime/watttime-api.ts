import type { SandboxApi } from '../serve/api.ts';
import { answerJson } from '../serve/answer.ts';
import { Tokens } from '../serve/tokens.ts';
import type { Route } from '../serve/router.ts';
import type { SandboxStateStore } from '../state.ts';
import { answerPasswordReset, createRegister } from './account.ts';
import { createForecast, createForecastHistory } from './forecast.ts';
import { createHistorical } from './historical.ts';
import { createLogin } from './login.ts';
import { createMaps } from './maps.ts';
import { createMyAccess } from './my-access.ts';
import { refuse, refuseToken } from './refusals.ts';
import { answerRegionFromLoc } from './region-from-loc.ts';
import type { WattTimeLimits, WattTimeSettings } from './settings.ts';
import { createSignalIndex } from './signal-index.ts';

/** The WattTime Data API v3. */
export function createWattTimeApi(
  state: SandboxStateStore,
  limits: WattTimeLimits,
  settings: WattTimeSettings,
): SandboxApi {
  const tokens = new Tokens('watttime', settings.tokenLifetimeMs);
  const read = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path: `/v3/${path}`,
    operation: path,
    limits: ['watttime'],
    caller: ({ headers, monotonic }) => tokens.userOf(headers.authorization, monotonic) ?? refuseToken(),
    handle,
  });
  // Those who have no account yet, or forgot its password, share one budget.
  const open = { limits: ['watttime'], caller: (): string => 'anyone' };
  return {
    name: 'watttime',
    limits: { watttime: limits.watttime, login: limits.login },
    latencyMs: settings.latencyMs,
    routes: [
      createLogin(tokens, state),
      { ...open, method: 'POST', path: '/register', operation: 'register', handle: createRegister(state) },
      { ...open, method: 'GET', path: '/password', operation: 'password', handle: answerPasswordReset },
      read('my-access', createMyAccess(settings)),
      read('region-from-loc', answerRegionFromLoc),
      read('maps', createMaps(settings)),
      read('forecast', createForecast(settings)),
      read('forecast/historical', createForecastHistory(settings)),
      read('historical', createHistorical(settings)),
      read('signal-index', createSignalIndex(settings)),
    ],
    unknownPath: () => answerJson(404, { detail: 'Not Found' }),
    wrongMethod: (allowed) => answerJson(405, { detail: 'Method Not Allowed' }, { allow: allowed.join(', ') }),
    limited: () => refuse(429, 'Too Many Requests', 'The rate limit of this account is exceeded. Try again later.'),
    sendsRetryAfter: settings.retryAfter === 'sent',
    tooLarge: () => refuse(413, 'Content Too Large', 'The body is too large.'),
  };
}
