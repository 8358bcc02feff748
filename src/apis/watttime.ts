import type { Clock } from '../domain/clock.ts';
import type { History, Series } from '../domain/moer.ts';
import type { Coordinates } from '../domain/site.ts';
import type { Span } from '../domain/span.ts';
import { createApiClient, readAnswer, type Call, type RetryPolicy } from './api-client.ts';
import { shorten } from './api-words.ts';
import { Secrets } from './secrets.ts';
import { createTokenKeeper, readWithToken, type Token } from './token.ts';
import { historicalAnswerFor, loginAnswer, readHistory, regionAnswer } from './watttime-answers.ts';
import type { Wire } from './wire.ts';

export interface WattTimeOptions {
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
  /** Date that names the model to ask for; by default the API's own default. */
  readonly model?: string | undefined;
  /** Ask which points were imputed. */
  readonly imputed?: boolean | undefined;
}

/** WattTime as this program uses it; the other endpoints of the contract come beside these. */
export interface WattTimeClient {
  /** Attempts repeated so far, logins included. */
  readonly retries: number;
  /** Logs in unless there is a good token. Throws `AccessError`. */
  login(): Promise<void>;
  /** The grid region at a point. No coverage there is an `ApiError` of kind `absent`. */
  regionAt(signal: string, at: Coordinates): Promise<{ readonly region: string; readonly fullName: string }>;
  /**
   * One request for the points with `start <= time < end`, a span of at most 32 days. An `ApiError` of kind `timeout`
   * is not retried here: halve the span (contract, fact 11). A range before the model's first data comes back cut (fact 3).
   * An answer that names another region or signal is an `ApiError` of kind `unreadable`.
   */
  history(series: Series, span: Span): Promise<History>;
}

const lifetimeMs = 30 * 60_000;
/** A full window of the rate limit may pass between taking the token and sending the call. */
const marginMs = 5 * 60_000;
/** The finest grid there is: the end that is sent lies one such period before the exclusive end. */
const finestPeriodMs = 300_000;

/** The client of WattTime's Data API v3 (watttime contract). */
export function createWattTime(options: WattTimeOptions): WattTimeClient {
  const { user, password, clock } = options;
  const secrets = new Secrets();
  const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`, 'utf8').toString('base64');
  secrets.add(password);
  secrets.add(basic);
  const shared = {
    api: 'watttime',
    url: options.url,
    version: options.version,
    secrets,
    random: options.random,
    retry: options.retry,
  } as const;
  const client = createApiClient({ ...shared, wire: options.wire });
  const loginClient = createApiClient({ ...shared, wire: options.loginWire });

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
    const { token } = readAnswer(loginClient, call, await loginClient.send(call), loginAnswer);
    secrets.add(token);
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
    get retries() {
      return client.retries + loginClient.retries;
    },
    login: async () => void (await keeper.current()),

    regionAt: async (signal, { latitude, longitude }) => {
      const place = `${String(latitude)}, ${String(longitude)}`;
      const call: Call = {
        doing: `looking up the grid region at ${place}`,
        method: 'GET',
        path: '/v3/region-from-loc',
        query: { signal_type: signal, latitude: String(latitude), longitude: String(longitude) },
        advice: {
          absent: `no coverage at ${place} for ${signal}: check that latitude and longitude are not swapped, or give the site a region by hand`,
          forbidden: `the plan of this account does not cover ${signal}, or not this look-up`,
        },
      };
      const { region, region_full_name: fullName } = await readWithToken(client, keeper, call, regionAnswer);
      return { region, fullName: fullName ?? region };
    },

    history: async ({ region, signal }, span) => {
      const start = isoInstant(span.start);
      const end = isoInstant(lastGridPoint(span));
      const call: Call = {
        doing: `fetching ${signal} of ${region} from ${start} to ${end}`,
        method: 'GET',
        path: '/v3/historical',
        query: {
          region,
          signal_type: signal,
          start,
          end,
          ...(options.model !== undefined && { model: options.model }),
          ...(options.imputed === true && { include_imputed_marker: 'true' }),
        },
        retry: 'but-timeouts',
        advice: {
          forbidden: `the plan of this account does not cover region ${region} for ${signal} (a new account has CAISO_NORTH only): ask WattTime for it, or leave it out`,
          unreadable: 'nothing of it was stored; check watttime.url and what stands in between, then run again',
          timeout: 'ask for a shorter span (moer.chunk in the manifest), or run again later',
        },
      };
      const answer = await readWithToken(client, keeper, call, historicalAnswerFor({ region, signal }));
      const { warnings, ...history } = readHistory(answer, span, options.model);
      // They go to the log in the API's own words.
      return { ...history, warnings: warnings.map((warning) => shorten(secrets.redact(warning))) };
    },
  };
}

/**
 * The API takes both ends inclusive: the last point of the finest grid before the exclusive end. From an end off the grid
 * a plain "one period less" would lose a point (contract, fact 1).
 */
function lastGridPoint({ start, end }: Span): number {
  return Math.max(start, (Math.ceil(end / finestPeriodMs) - 1) * finestPeriodMs);
}

function isoInstant(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
