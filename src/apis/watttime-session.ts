import type { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { createApiClient, readAnswer, type ApiClient, type ApiClientOptions, type Call } from './api-client.ts';
import type { RetryPolicy } from './repeats.ts';
import { Secrets } from './secrets.ts';
import { createTokenKeeper, readWithToken, type Token } from './token.ts';
import { loginAnswer } from './watttime-answers.ts';
import type { Wire } from './wire.ts';

/** How WattTime is reached, and as whom. */
export interface WattTimeAccess {
  readonly url: string;
  /** `WATTTIME_USER` and `WATTTIME_PASSWORD`; absent ones are an error only when a call needs them. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly wire: Wire;
  /** Logins have a limit of their own (contract, "Limits"). */
  readonly loginWire: Wire;
  readonly clock: Clock;
  readonly version: string;
  /** Uniform in [0, 1), for the jitter between retries. */
  readonly random: () => number;
  readonly retry?: RetryPolicy | undefined;
  readonly onAnswer?: ApiClientOptions['onAnswer'];
}

/** A token and when it ends, UTC milliseconds. */
export interface Login {
  readonly token: string;
  readonly untilMs: number;
}

/** One user's way to WattTime: the client, and the token for what needs one. */
export interface WattTimeSession {
  /** For what is asked without a token. */
  readonly client: ApiClient;
  readonly secrets: Secrets;
  /** Attempts repeated so far, logins included. */
  readonly retries: number;
  /** Logs in unless there is a good token. Throws `AccessError`. */
  login(): Promise<Login>;
  /** Asks with the token. Throws `ApiError`, `AccessError`. */
  readonly read: <T>(call: Call, schema: z.ZodType<T>) => Promise<T>;
}

const lifetimeMs = 30 * 60_000;
/** A full window of the rate limit may pass between taking the token and sending the call. */
const marginMs = 5 * 60_000;

/** Opens a session; logs in with the first call that needs it. */
export function openSession(access: WattTimeAccess): WattTimeSession {
  const { user, password, clock } = access;
  const secrets = new Secrets();
  const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`, 'utf8').toString('base64');
  secrets.add(password);
  secrets.add(basic);
  const { url, version, random, retry, onAnswer } = access;
  const shared = { api: 'watttime', url, version, secrets, random, retry, onAnswer } as const;
  const client = createApiClient({ ...shared, wire: access.wire });
  const loginClient = createApiClient({ ...shared, wire: access.loginWire });
  let untilMs = 0;

  const wrong = 'check WATTTIME_USER and WATTTIME_PASSWORD; the login is not tried again in this run';
  const login = async (): Promise<Token> => {
    // Basic is sent at once: the API does not challenge.
    const call: Call = {
      doing: 'logging in to WattTime',
      method: 'GET',
      path: '/login',
      headers: { authorization: `Basic ${basic}` },
      advice: { credentials: wrong, forbidden: wrong },
    };
    const askedMs = clock.now();
    const { token } = readAnswer(loginClient, call, await loginClient.send(call), loginAnswer);
    secrets.add(token);
    untilMs = askedMs + lifetimeMs;
    return { token, lifetimeMs };
  };
  const keeper = createTokenKeeper({
    api: 'watttime',
    clock,
    credentials: { WATTTIME_USER: user, WATTTIME_PASSWORD: password },
    login,
    // Wrong credentials are answered by the front proxy: 403 and a page of HTML.
    refusals: [401, 403],
    marginMs,
  });

  return {
    client,
    secrets,
    get retries() {
      return client.retries + loginClient.retries;
    },
    login: async () => ({ token: await keeper.current(), untilMs }),
    read: async (call, schema) => readWithToken(client, keeper, call, schema),
  };
}

/** The advice for a 403: a plan that does not cover something, unless a page of HTML came, which the API itself never sends. */
export function forbiddenAdvice(plan: string): NonNullable<NonNullable<Call['advice']>['forbidden']> {
  return ({ isPage = false }) =>
    isPage
      ? 'a page in front of the API refused it, not the plan: see that watttime.url is right and nothing filters it'
      : plan;
}
