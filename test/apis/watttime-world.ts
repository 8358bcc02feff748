import { createWattTime, type WattTimeClient } from '../../src/apis/watttime.ts';
import type { AnsweredRequest } from '../../src/apis/api-client.ts';
import { plainWire, quick, serve, testClock, type Loopback, type Reply, type Seen } from './loopback.ts';

export const user = 'someone';
export const password = 'S3cret!pass';
export const minute = 60_000;
export const day = 24 * 60 * minute;
export const start = Date.parse('2025-01-01T00:00:00Z');
export const series = { signal: 'co2_moer', region: 'CAISO_NORTH' };

export interface World {
  readonly client: WattTimeClient;
  readonly server: Loopback;
  readonly clock: ReturnType<typeof testClock>;
  /** What the client said of every answer. */
  readonly answered: readonly AnsweredRequest[];
}

/** The API: tokens `token-1`, `token-2`, ...; only the newest is good, and only while `isGood` says so. */
export async function world(
  answer: (request: Seen) => Reply,
  options: {
    readonly login?: () => Reply;
    /** Answers /register and /password, which take no token. */
    readonly other?: (request: Seen) => Reply;
    readonly isGood?: (token: string) => boolean;
    readonly model?: string;
    readonly imputed?: boolean;
  } = {},
): Promise<World> {
  let logins = 0;
  const server = await serve((request) => {
    if (request.url.pathname === '/login')
      return options.login?.() ?? { body: { token: `token-${String(++logins)}`, extra: null } };
    if (options.other && /^\/(register|password)$/.test(request.url.pathname)) return options.other(request);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const good = token === `token-${String(logins)}` && (options.isGood?.(token) ?? true);
    return good ? answer(request) : { status: 401, body: { error: 'expired' } };
  });
  const clock = testClock();
  const answered: AnsweredRequest[] = [];
  const client = createWattTime({
    url: server.url,
    user,
    password,
    wire: plainWire(),
    loginWire: plainWire(),
    clock,
    version: '0.1.0',
    random: () => 0,
    retry: quick,
    model: options.model,
    imputed: options.imputed,
    onAnswer: (one) => answered.push(one),
  });
  return { client, server, clock, answered };
}

/** A point as the API writes it. */
export function point(time: number, value: number | null = 870): object {
  return { point_time: new Date(time).toISOString().replace('.000Z', '+00:00'), value, last_updated: null };
}

/** The `meta` of a series as the API writes it. */
export const meta = {
  data_point_period_seconds: 300,
  region: 'CAISO_NORTH',
  warnings: [{ type: 'X', message: 'be careful' }],
  signal_type: 'co2_moer',
  model: { type: 'binned_regression', date: '2023-03-01' },
  units: 'lbs_co2_per_mwh',
};
