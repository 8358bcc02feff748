import type { Clock } from '../domain/clock.ts';
import { readAnswer, type ApiClient, type Call } from './api-client.ts';
import type { Operations } from './operations.ts';
import { tokenAnswer } from './remote-answers.ts';
import { textOf } from './request-layout.ts';
import { createTokenKeeper, type Token } from './token.ts';

const dayMs = 24 * 3_600_000;
const marginMs = 10 * 60_000;

/** Keeps WattCarbon's token: a form with the password grant, good for 24 hours (wattcarbon contract, "Auth"). */
export function openTokenDesk({
  client,
  clock,
  operations,
  email,
  apiKey,
  accountName,
  variables,
}: {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly operations: () => Promise<Operations>;
  readonly email: string | undefined;
  readonly apiKey: string | undefined;
  readonly accountName?: string | undefined;
  /** The environment variables that hold the two. */
  readonly variables: { readonly email: string; readonly apiKey: string };
}): ReturnType<typeof createTokenKeeper> {
  const login = async (): Promise<Token> => {
    const { method, url: path, fields } = (await operations()).resolve('create_token');
    const wrong = `check ${variables.email} and ${variables.apiKey}; the login is not tried again in this run`;
    const call: Call = {
      doing: 'logging in to WattCarbon',
      method,
      path,
      body: new URLSearchParams([
        ['grant_type', 'password'],
        ['username', email ?? ''],
        ['password', apiKey ?? ''],
        ...Object.entries(fields).map(([name, value]): [string, string] => [name, textOf(value)]),
      ]),
      retry: 'always',
      advice: { credentials: wrong, forbidden: wrong, invalid: wrong },
    };
    const { access_token: token, expires_in: seconds } = readAnswer(client, call, await client.send(call), tokenAnswer);
    client.secrets.add(token);
    return { token, lifetimeMs: seconds ? seconds * 1000 : dayMs };
  };
  return createTokenKeeper({
    api: 'wattcarbon',
    clock,
    account: accountName,
    credentials: { [variables.email]: email, [variables.apiKey]: apiKey },
    login,
    refusals: [400, 401, 403, 422],
    marginMs,
  });
}
