import type { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { AccessError, ApiError, type ApiErrorDetails } from '../domain/errors.ts';
import { readAnswer, type Answer, type ApiClient, type Call } from './api-client.ts';

/** A token as a login gave it. */
export interface Token {
  readonly token: string;
  readonly lifetimeMs: number;
}

export interface TokenKeeperOptions {
  readonly api: ApiErrorDetails['api'];
  readonly clock: Clock;
  /** The account whose refusal concerns its own sites only; see `AccessError.account`. */
  readonly account?: string | undefined;
  /** Names of the environment variables that hold the credentials, and whether each is there. */
  readonly credentials: Readonly<Record<string, string | undefined>>;
  /** Asks the API for a token. An `ApiError` with one of `refusals` means that the credentials are wrong. */
  readonly login: () => Promise<Token>;
  /** Statuses by which this API says that the credentials are wrong. */
  readonly refusals: readonly number[];
  /** How long before its end a token is renewed: a call may wait this long for its permit. At most a fifth of the lifetime. */
  readonly marginMs: number;
}

/** The token of one API, for every call of a run. */
export interface TokenKeeper {
  /** A token that is good for a while. Throws `AccessError` when there are no credentials or they were refused. */
  current(): Promise<string>;
  /** An answer showed that the token is good. */
  accepted(token: string): void;
  /** The API refused the token: the next `current` logs in, unless that has happened already. */
  refused(token: string): void;
  /** The token that came after a refused one was refused too. Gives the error to throw. */
  refusedAgain(token: string, said: string): AccessError;
}

interface Held extends Token {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/**
 * Keeps the token: one login at a time for all who wait, renewed before it ends, thrown away once refused. A refused login
 * is remembered and never tried again in this run, a login that failed in the network is.
 */
export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { api, account, clock, login, refusals, marginMs } = options;
  const names = Object.keys(options.credentials);
  let held: Held | undefined;
  let pending: Promise<string> | undefined;
  let refusal: AccessError | undefined;
  let accepted: string | undefined;

  const isGood = ({ lifetimeMs, wallMs, monotonicMs }: Held): boolean => {
    // Monotonic time stands still while a laptop sleeps, wall time may be set back: the stricter of both counts.
    const ageMs = Math.max(clock.now() - wallMs, clock.monotonic() - monotonicMs);
    return ageMs < lifetimeMs - Math.min(marginMs, lifetimeMs / 5);
  };

  const renew = async (): Promise<string> => {
    const asked = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    try {
      held = { ...(await login()), ...asked };
      return held.token;
    } catch (error) {
      if (!(error instanceof ApiError) || !refusals.includes(error.details.status ?? 0)) throw error;
      refusal = new AccessError(`${api}.credentials-refused`, error.message, { account });
      throw refusal;
    }
  };

  return {
    current: async () => {
      if (refusal !== undefined) throw refusal;
      const missing = names.filter((name) => !options.credentials[name]);
      if (missing.length > 0) {
        throw new AccessError(
          `${api}.credentials-missing`,
          `logging in to ${api}: no credentials; set ${missing.join(' and ')} in the environment`,
          { account },
        );
      }
      if (held !== undefined && isGood(held)) return held.token;
      pending ??= renew().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    accepted: (token) => {
      accepted = token;
    },
    refused: (token) => {
      if (held?.token === token) held = undefined;
    },
    refusedAgain: (token, said) => {
      const error = new AccessError(
        `${api}.token-refused`,
        `${said}: a renewed token was refused too, so see what ${names.join(' and ')} give access to`,
        { account },
      );
      // A login that gives only tokens nobody takes would otherwise be tried for every site.
      if (accepted !== token) refusal ??= error;
      if (held?.token === token) held = undefined;
      return error;
    },
  };
}

/**
 * Sends a call with the token; when the token is refused (401), renews it and sends once more, the call's `hooks` included.
 * `onRefused` is told in between. Throws `AccessError` when the second one is refused too.
 */
export async function sendWithToken(
  client: ApiClient,
  keeper: TokenKeeper,
  call: Call,
  onRefused?: () => void,
): Promise<Answer> {
  const attempt = async (): Promise<Answer | { readonly token: string; readonly error: ApiError }> => {
    const token = await keeper.current();
    try {
      const headers = { ...call.headers, authorization: `Bearer ${token}` };
      const answer = await client.send({ ...call, headers });
      keeper.accepted(token);
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.details.status === 401) return { token, error };
      throw error;
    }
  };
  const first = await attempt();
  if (!('error' in first)) return first;
  onRefused?.();
  keeper.refused(first.token);
  client.countRetry();
  const second = await attempt();
  if (!('error' in second)) return second;
  throw keeper.refusedAgain(second.token, second.error.message);
}

/** Like `sendWithToken`, for an answer in JSON, checked; throws `ApiError` of kind `unreadable` when it does not fit. */
export async function readWithToken<T>(
  client: ApiClient,
  keeper: TokenKeeper,
  call: Call,
  schema: z.ZodType<T>,
): Promise<T> {
  return readAnswer(client, call, await sendWithToken(client, keeper, call), schema);
}
