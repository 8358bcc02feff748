import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call, Route } from '../serve/router.ts';
import type { Tokens } from '../serve/tokens.ts';
import { type Detail, refuse, refuseBody } from './refusals.ts';

/**
 * POST /auth/token: the OAuth password form for a token (wattcarbon contract, "Auth"). Takes any username and key, except
 * the key `wrong`.
 */
export function createTokenRoute(tokens: Tokens, lifetimeMs: number): Route {
  return {
    method: 'POST',
    path: '/auth/token',
    operation: 'token',
    limits: ['wattcarbon'],
    caller: (call) => readField(call, 'username') ?? 'anonymous',
    handle: (call): Answer => {
      const problems = checkForm(call);
      if (problems.length > 0) {
        return refuseBody(problems);
      }
      if (readField(call, 'password') === 'wrong') {
        return refuse(401, 'Incorrect username or password', { 'www-authenticate': 'Bearer' });
      }
      return answerJson(200, {
        access_token: tokens.issue(call.user, call.monotonic),
        token_type: 'bearer',
        expires_in: lifetimeMs / 1000,
      });
    },
  };
}

function checkForm(call: Pick<Call, 'form'>): Detail[] {
  const missing = ['grant_type', 'username', 'password'].filter((field) => readField(call, field) === undefined);
  if (missing.length > 0) {
    return missing.map((field) => ({ loc: ['body', field], msg: 'Field required', type: 'missing' }));
  }
  return readField(call, 'grant_type') === 'password'
    ? []
    : [
        {
          loc: ['body', 'grant_type'],
          msg: "String should match pattern '^password$'",
          type: 'string_pattern_mismatch',
        },
      ];
}

function readField({ form }: Pick<Call, 'form'>, field: string): string | undefined {
  const value = form?.get(field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
