import type { AccountAccess } from '../apis/watttime-account-answers.ts';
import type { WattTimeClient } from '../apis/watttime.ts';
import type { Wire } from '../apis/wire.ts';
import { InterruptedError } from '../domain/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { count } from './check-document.ts';
import { denied, examine, fine, warning, type Finding } from './finding.ts';
import { readVersion } from './version.ts';

/** Regions a person is shown. */
const most = 10;

/** The regions whose emissions the portfolio wants, by signal: given by hand, or found by a run. */
export type WantedRegions = ReadonlyMap<string, ReadonlySet<string>>;

/** Logs in to WattTime and asks what the plan covers: signals, the portfolio's regions, maps. */
export async function examineWattTime(
  { client, wire }: { readonly client: WattTimeClient; readonly wire: Wire },
  wanted: WantedRegions,
  { watttime }: Manifest,
): Promise<readonly Finding[]> {
  let token: string | undefined;
  const login = await examine('watttime-login', async () => {
    const accepted = await client.login();
    ({ token } = accepted);
    return [fine('watttime-login', `accepted; the token is good until ${new Date(accepted.untilMs).toISOString()}`)];
  });
  if (token === undefined) return login;
  const bearer = token;
  const access = await examine('watttime-access', async () => {
    const answer = await client.access();
    return watttime.signals.map((signal) => judgeSignal(signal, answer, wanted.get(signal) ?? new Set()));
  });
  const maps =
    watttime.regions === 'api'
      ? []
      : await examine('watttime-maps', async () => [await askForMaps(wire, bearer, watttime)]);
  return [...login, ...access, ...maps];
}

function judgeSignal(signal: string, { signal_types: signals }: AccountAccess, wanted: ReadonlySet<string>): Finding {
  const check = 'watttime-access';
  const regions = signals.find(({ signal_type: name }) => name === signal)?.regions ?? [];
  if (regions.length === 0) {
    const has = signals.map(({ signal_type: name }) => name).join(', ') || 'none';
    return denied(
      check,
      `the plan has no ${signal}; it has ${has}`,
      'ask WattTime for it, or take it out of watttime.signals',
      { signal },
    );
  }
  const covered = new Set(
    regions
      .filter(
        ({ endpoints }) => endpoints.length === 0 || endpoints.some(({ endpoint }) => /historical/.test(endpoint)),
      )
      .map(({ region }) => region),
  );
  const missing = [...wanted].filter((region) => !covered.has(region)).toSorted();
  const data = { signal, covered: covered.size, wanted: wanted.size, missing };
  if (missing.length > 0) {
    const more = missing.length > most ? ` and ${String(missing.length - most)} more` : '';
    return denied(
      check,
      `${signal}: the plan does not cover the history of ${String(missing.length)} of the portfolio's ${count(wanted.size, 'region')}: ${missing.slice(0, most).join(', ')}${more}`,
      'ask WattTime for them (a new account has CAISO_NORTH only); the other regions are pulled all the same',
      data,
    );
  }
  const known =
    wanted.size === 0
      ? 'the portfolio has none that are known yet'
      : wanted.size === 1
        ? "the portfolio's is among them"
        : `the portfolio's ${String(wanted.size)} are among them`;
  return fine(check, `${signal}: history of ${count(covered.size, 'region')}; ${known}`, data);
}

/** Looks at the status alone: a map has tens of megabytes. */
async function askForMaps(
  wire: Wire,
  token: string,
  { url, signals, regions }: Manifest['watttime'],
): Promise<Finding> {
  const address = new URL(`${url}/v3/maps`);
  address.searchParams.set('signal_type', signals[0] ?? 'co2_moer');
  const headers = { authorization: `Bearer ${token}`, 'user-agent': `wattlift/${readVersion()}` };
  let status: number;
  try {
    const response = await wire.fetch(address, { headers });
    ({ status } = response);
    await response.body?.cancel();
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return warning(
      'watttime-maps',
      `the maps could not be asked for: ${why}`,
      'look again later; spots are looked up one by one without them',
    );
  }
  if (status >= 200 && status < 300)
    return fine('watttime-maps', 'the plan has the maps: regions can be found without a request a site');
  const needed = regions === 'map';
  if (status !== 403) {
    return warning(
      'watttime-maps',
      `asking for a map was answered ${String(status)}`,
      'look again later; spots are looked up one by one without them',
    );
  }
  return needed
    ? denied(
        'watttime-maps',
        'the plan has no maps, and watttime.regions: map demands them',
        'ask WattTime for them (plans ANALYST and PRO), or say regions: auto',
      )
    : fine('watttime-maps', 'the plan has no maps: each spot is looked up by a request of its own');
}
