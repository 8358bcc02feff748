import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { type Backend, accountOf } from './backend.ts';
import { refuse } from './refusals.ts';
import type { KnownAccount } from './switches.ts';

/** Whose token it is: a user, and the account whose key was shown, where keys belong to accounts. */
export interface Caller {
  readonly username: string;
  readonly account?: string | undefined;
}

const callerText = z.object({ username: z.string(), account: z.string().optional() });

/** A caller as the token store keeps it. */
export function writeCaller(caller: Caller): string {
  return JSON.stringify(caller);
}

export function readCaller(text: string): Caller {
  return callerText.parse(JSON.parse(text));
}

/** 403 for an account that is not the one the key belongs to (wattcarbon contract, "Auth"). */
export function refuseForeign({ account }: Caller, call: Pick<Call, 'parameters' | 'query'>): Answer | undefined {
  const asked = accountOf(call);
  return account === undefined || asked === '' || asked === account
    ? undefined
    : refuse(403, `This API key belongs to another account than ${asked}`);
}

/** The accounts that the caller's key opens: one. */
export function listAccounts(backend: Backend, call: Call): Answer {
  const { account } = readCaller(call.user);
  return answerJson(
    200,
    known(backend)
      .filter(({ id }) => id === account)
      .map((one) => show(one, call)),
  );
}

/** The account in the path: who it is, and whether it is a person's own. */
export function getAccount(backend: Backend, call: Call): Answer {
  const account = known(backend).find(({ id }) => id === call.parameters['account_id']);
  return account === undefined ? refuse(404, 'Account not found') : answerJson(200, show(account, call));
}

function known({ settings }: Backend): readonly KnownAccount[] {
  return settings.accounts === 'any' ? [] : settings.accounts;
}

function show({ id, isPersonal }: KnownAccount, call: Call): Json {
  const { username } = readCaller(call.user);
  return isPersonal
    ? { id, name: `Personal account of ${username}`, type: 'personal' }
    : { id, name: `Organization ${id}`, type: 'organization' };
}
