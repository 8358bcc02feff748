import { readAnswer, type Call } from './api-client.ts';
import { accessAnswer, okAnswer, type AccountAccess } from './watttime-account-answers.ts';
import type { WattTimeSession } from './watttime-session.ts';

/** Who is to be registered. */
export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly org?: string | undefined;
}

/** What concerns the account (watttime contract, "Endpoints"). */
export interface AccountCalls {
  /** Creates an account; sent once, never repeated. Resolves to the API's own words. */
  register(account: NewAccount): Promise<string>;
  /** Has WattTime send a mail with a link. Resolves to the API's own words. */
  resetPassword(username: string): Promise<string>;
  /** What the account may ask for: signals, regions, endpoints, models. */
  access(filter?: {
    readonly region?: string | undefined;
    readonly signal?: string | undefined;
  }): Promise<AccountAccess>;
}

/** The rule for passwords (watttime contract, "Endpoints"): what is wrong with one, as a sentence; undefined when nothing is. */
export function passwordFault(password: string): string | undefined {
  const lacks = [
    password.length < 8 && 'at least 8 characters',
    !/\p{L}/u.test(password) && 'a letter',
    !/\d/.test(password) && 'a digit',
    !/[^\p{L}\d\s]/u.test(password) && 'a special character',
  ].filter((what) => what !== false);
  return lacks.length === 0 ? undefined : `the password must have ${lacks.join(', ')}`;
}

/** The calls that concern the account. */
export function accountCalls({ client, secrets, read }: WattTimeSession): AccountCalls {
  return {
    register: async ({ username, password, email, org }) => {
      secrets.add(password);
      const open = `whether the account was made is not known: try to log in as ${username} before you register again`;
      const call: Call = {
        doing: `registering ${username} at WattTime`,
        method: 'POST',
        path: '/register',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password, email, ...(org !== undefined && { org }) }),
        writes: true,
        advice: {
          invalid: 'no account was made; correct what it names and register again',
          forbidden: forbiddenToRegister,
          timeout: open,
          lost: open,
          outage: open,
          unreadable: open,
        },
      };
      return readAnswer(client, call, await client.send(call), okAnswer).ok;
    },

    resetPassword: async (username) => {
      const call: Call = {
        doing: `asking WattTime to reset the password of ${username}`,
        method: 'GET',
        path: '/password',
        query: { username },
        advice: { invalid: 'no mail was sent; check the name of the user' },
      };
      return readAnswer(client, call, await client.send(call), okAnswer).ok;
    },

    access: async ({ region, signal } = {}) =>
      read(
        {
          doing: 'asking WattTime what this account may ask for',
          method: 'GET',
          path: '/v3/my-access',
          query: { ...(region !== undefined && { region }), ...(signal !== undefined && { signal_type: signal }) },
        },
        accessAnswer,
      ),
  };
}

const forbiddenToRegister = 'no account was made; a page in front of the API refused it';
