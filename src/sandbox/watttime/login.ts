import type { Answer } from '../serve/answer.ts';
import { answerJson } from '../serve/answer.ts';
import type { Call, Route } from '../serve/router.ts';
import type { Tokens } from '../serve/tokens.ts';
import type { SandboxStateStore } from '../state.ts';
import { nobody } from './account.ts';
import { refuseLogin } from './refusals.ts';

/**
 * GET /login: HTTP Basic for a token. A registered user needs the password of the registration; any other is let in with
 * every password but `wrong`.
 */
export function createLogin(tokens: Tokens, state: SandboxStateStore): Route {
  return {
    method: 'GET',
    path: '/login',
    operation: 'login',
    limits: ['watttime', 'login'],
    caller: ({ headers }) => readBasic(headers.authorization)?.user ?? refuseLogin(),
    handle: (call: Call): Answer => {
      const password = readBasic(call.headers.authorization)?.password;
      const isIn =
        password !== undefined &&
        (state.checkUser(call.user, password) ?? (password !== 'wrong' && call.user !== nobody));
      return isIn ? answerJson(200, { token: tokens.issue(call.user, call.monotonic) }) : refuseLogin();
    },
  };
}

function readBasic(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon > 0 && colon < text.length - 1
    ? { user: text.slice(0, colon), password: text.slice(colon + 1) }
    : undefined;
}
