import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request for history, as the server saw it arrive. Times are UTC milliseconds, `end` inclusive as sent. */
export interface Asked {
  readonly region: string;
  readonly start: number;
  readonly end: number;
  /** Whose it is: each login gives a token of its own. */
  readonly token: string;
}

export interface PullServer {
  readonly url: string;
  /** In the order of arrival, those never answered too. */
  readonly asked: readonly Asked[];
  close(): void;
}

/** WattTime's login and history alone, with a full answer to everything after 20 ms, for who wants to see each query. */
export async function servePulls(): Promise<PullServer> {
  const asked: Asked[] = [];
  /** As JSON by span: all regions have the same. */
  const written = new Map<string, string>();
  let logins = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    response.setHeader('content-type', 'application/json');
    if (url.pathname === '/login') {
      logins += 1;
      response.end(JSON.stringify({ token: `token-${String(logins)}` }));
      return;
    }
    const read = (name: string): string => url.searchParams.get(name) ?? '';
    const token = request.headers.authorization ?? '';
    const one = { region: read('region'), start: Date.parse(read('start')), end: Date.parse(read('end')), token };
    asked.push(one);
    const span = `${String(one.start)} ${String(one.end)}`;
    const data = written.get(span) ?? JSON.stringify(pointsOf(one));
    written.set(span, data);
    const meta = { data_point_period_seconds: 300, region: one.region, signal_type: 'co2_moer', warnings: [] };
    const body = `{"data":${data},"meta":${JSON.stringify({ ...meta, model: { date: '2023-03-01' } })}}`;
    void sleep(20).then(() => response.end(body));
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function pointsOf({ start, end }: Asked): readonly object[] {
  const points: object[] = [];
  for (let time = start; time <= end; time += 300_000) {
    points.push({
      point_time: new Date(time).toISOString().replace('.000Z', '+00:00'),
      value: (time / 300_000) % 1000,
    });
  }
  return points;
}
