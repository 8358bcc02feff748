import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call, Route } from '../serve/router.ts';
import type { Tokens } from '../serve/tokens.ts';
import { type Caller, writeCaller } from './callers.ts';
import { type Detail, refuse, refuseBody } from './refusals.ts';
import type { WattCarbonSettings } from './switches.ts';

/**
 * POST /auth/token: the OAuth password form for a token (wattcarbon contract, "Auth"). Takes any username; any key but
 * `wrong`, or where accounts are given only theirs.
 */
export function createTokenRoute(path: string, tokens: Tokens, settings: WattCarbonSettings): Route {
  return {
    method: 'POST',
    path,
    operation: 'token',
    limits: ['wattcarbon'],
    caller: (call) =>
      writeCaller({
        username: readField(call, 'username') ?? 'anonymous',
        ...accountOfKey(settings, readField(call, 'password') ?? ''),
      }),
    handle: (call): Answer => {
      const problems = checkForm(call);
      if (problems.length > 0) {
        return refuseBody(problems);
      }
      if (accountOfKey(settings, readField(call, 'password') ?? '') === undefined) {
        return refuse(401, 'Incorrect username or password', { 'www-authenticate': 'Bearer' });
      }
      return answerJson(200, {
        access_token: tokens.issue(call.user, call.monotonic),
        token_type: 'bearer',
        ...(sendsExpiry(settings) && { expires_in: settings.tokenLifetime }),
      });
    },
  };
}

/** A token without an end has no number to send. */
export function sendsExpiry({ expiresIn, tokenLifetime }: WattCarbonSettings): boolean {
  return expiresIn === 'sent' && Number.isFinite(tokenLifetime);
}

/** Undefined for a key that nobody has. */
function accountOfKey({ accounts }: WattCarbonSettings, key: string): Omit<Caller, 'username'> | undefined {
  if (accounts === 'any') {
    return key === 'wrong' ? undefined : {};
  }
  const known = accounts.find((account) => account.key === key);
  return known && { account: known.id };
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
