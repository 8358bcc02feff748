import type { History, HistoryAsk, Series } from '../domain/moer.ts';
import type { Call } from './api-client.ts';
import { shorten } from './api-words.ts';
import { accountCalls, type AccountCalls } from './watttime-account.ts';
import { historyAnswerFor } from './history-answer.ts';
import { parseHistory } from './history-bytes.ts';
import { forecastCalls, type ForecastCalls } from './watttime-forecast.ts';
import { gridCalls, type GridCalls } from './watttime-grid.ts';
import { forbiddenAdvice, openSession, type WattTimeAccess, type WattTimeSession } from './watttime-session.ts';
import { isoInstant, lastGridPoint } from './watttime-span.ts';

export interface WattTimeOptions extends WattTimeAccess {
  /** Date that names the model to ask history for; by default the API's own default. */
  readonly model?: string | undefined;
  /** Ask which points were imputed. */
  readonly imputed?: boolean | undefined;
}

/** WattTime: every endpoint of the contract. */
export interface WattTimeClient extends Pick<WattTimeSession, 'login'>, AccountCalls, GridCalls, ForecastCalls {
  /** Attempts repeated so far, logins included. */
  readonly retries: number;
  /**
   * One request for the points with `start <= time < end`, a span of at most 32 days. An `ApiError` of kind `timeout`
   * is not retried here: halve the span (contract, fact 11). A range before the model's first data comes back cut (fact 3).
   * An answer that names another region or signal is an `ApiError` of kind `unreadable`.
   */
  history(series: Series, ask: HistoryAsk): Promise<History>;
}

/** The client of WattTime's Data API v3 (watttime contract). */
export function createWattTime(options: WattTimeOptions): WattTimeClient {
  const session = openSession(options);
  return {
    get retries() {
      return session.retries;
    },
    login: async () => session.login(),
    ...accountCalls(session),
    ...gridCalls(session),
    ...forecastCalls(session),

    history: async ({ region, signal }, ask) => {
      const start = isoInstant(ask.start);
      const end = isoInstant(lastGridPoint(ask, ask.periodSeconds));
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
          ...(ask.updatedSince !== undefined && { updated_since: isoInstant(ask.updatedSince) }),
        },
        retry: 'but-timeouts',
        parse: parseHistory,
        advice: {
          forbidden: forbiddenAdvice(
            `the plan of this account does not cover region ${region} for ${signal} (a new account has CAISO_NORTH only): ask WattTime for it, or leave it out`,
          ),
          unreadable: 'nothing of it was stored; check watttime.url and what stands in between, then run again',
          timeout: 'ask for a shorter span (moer.chunk in the manifest), or run again later',
        },
      };
      const asked = historyAnswerFor({ region, signal }, ask, options.model);
      const { warnings, ...history } = await session.read(call, asked);
      // They go to the log in the API's own words.
      return { ...history, warnings: warnings.map((warning) => shorten(session.secrets.redact(warning))) };
    },
  };
}
