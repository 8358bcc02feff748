import type { Reachability } from '../apis/reachability.ts';
import { createThrottle, type Throttle } from '../apis/throttle.ts';
import type { Wire } from '../apis/wire.ts';
import type { Permits } from '../domain/permits.ts';
import { openSqlitePermits } from '../ledger/sqlite-permits.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Credentials } from './credentials.ts';
import type { Terminal } from './terminal.ts';

/** Where requests go: out, or nowhere. `offline` opens no socket and takes no permit. */
export type Reach = { readonly kind: 'network'; readonly fetch: typeof fetch } | { readonly kind: 'offline' };

/** The ways out to both APIs, each with its budget. */
export interface Wires {
  readonly watttime: CountingWire;
  /** Counts in the budget of WattTime's logins besides. */
  readonly login: Wire;
  /** One for each of the manifest's accounts, in its order. */
  readonly wattcarbon: readonly CountingWire[];
  close(): Promise<void>;
}

type CountingWire = Wire & Pick<Throttle, 'counts'>;

/** `/login` has a limit of its own, besides the one it shares with every request (watttime contract, "Limits"). */
const loginLimit = { requests: 100, windowMs: 300_000 };

/** Opens a throttle for WattTime and one for each account at WattCarbon. Their permits are in the ledger's file, or in the one `budget:` names. */
export async function openWires(
  { watttime, wattcarbon, ledger, budget }: Manifest,
  { wattTimeUser = '' }: Credentials,
  {
    terminal: { clock, random },
    stopping,
    reach,
    permits: given,
    reachability,
  }: {
    readonly terminal: Terminal;
    readonly stopping: AbortSignal;
    readonly reach: Reach;
    /** Where requests are counted, when not in the file. */
    readonly permits?: Permits | undefined;
    /** Where a run keeps whether each API answers at all. */
    readonly reachability?: Readonly<Record<'watttime' | 'wattcarbon', Reachability>>;
  },
): Promise<Wires> {
  if (reach.kind === 'offline') {
    return {
      watttime: closed,
      login: closed,
      wattcarbon: wattcarbon.accounts.map(() => closed),
      close: async () => {},
    };
  }
  const permits = given ?? (await openSqlitePermits(budget ?? ledger));
  const shared = { permits, clock, random, fetch: reach.fetch, signal: stopping };
  const user = `${watttime.url} ${wattTimeUser}`;
  const toWattTime = createThrottle({
    ...shared,
    ...watttime,
    limit: { key: user, ...watttime.limit },
    reachability: reachability?.watttime,
  });
  const toWattCarbon = wattcarbon.accounts.map(({ id }) =>
    createThrottle({
      ...shared,
      ...wattcarbon,
      limit: { key: `${wattcarbon.url} ${id.value ?? ''}`, ...wattcarbon.limit },
      reachability: reachability?.wattcarbon,
    }),
  );
  return {
    watttime: toWattTime,
    login: toWattTime.alsoCounting({ key: `${user} login`, ...loginLimit }),
    wattcarbon: toWattCarbon,
    close: async () => {
      await toWattTime.close();
      for (const one of toWattCarbon) await one.close();
      await permits.close();
    },
  };
}

const noWay: typeof fetch = () => Promise.reject(new Error('this command opens no socket'));
const closed: CountingWire = { fetch: noWay, fetchWith: () => noWay, counts: { total: 0, limited: 0 } };
