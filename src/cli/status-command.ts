import type { Logger } from 'pino';
import { z } from 'zod';
import { scopeOf } from '../apis/wattcarbon.ts';
import type { Ledger, SiteStatus, StatusItem } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { steps } from '../steps/index.ts';
import { seriesCount, type SeriesSummary } from '../steps/moer-count.ts';
import { demandCredentials, readCredentials } from './credentials.ts';
import { watchDocuments } from './doctor-wattcarbon.ts';
import { exitCode } from './exit-code.ts';
import { interruptible } from './interrupts.ts';
import { formatLastRun, readLastRun, type LastRun } from './last-run.ts';
import type { LogFlags } from './log-choices.ts';
import { openLog } from './log.ts';
import { readManifest, toSiteFilter } from './manifest-input.ts';
import { leadTo } from './named-item.ts';
import { formatRemote, reportRemote, type RemoteReport } from './remote-report.ts';
import type { SandboxFlags } from './sandbox-flags.ts';
import { formatSeries } from './series-summary.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { withClients } from './with-clients.ts';

export interface StatusOptions extends LogFlags, SandboxFlags {
  readonly json?: true;
  readonly site?: string;
  readonly sandbox?: true;
  /** Ask WattCarbon too what there is. */
  readonly remote?: true;
}

/**
 * `wattlift status`: what the ledger holds, failures first. Works while a run goes on, and changes nothing. With `--remote` it
 * reads WattCarbon's lists too, and says what no row owns.
 */
export async function status(path: string, options: StatusOptions, terminal: Terminal): Promise<number> {
  const manifest = await readManifest(path, options, terminal);
  if (!manifest) return exitCode.badInput;
  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const show = (stopping: AbortSignal): Promise<number> => showLedger(manifest, { log, stopping }, options, terminal);
  // What sends nothing has nothing in flight: a signal ends it at once.
  if (!options.remote) return show(new AbortController().signal);
  return interruptible(terminal, (message) => log.warn(message), show);
}

/** What a look at WattCarbon needs besides. */
interface Asking {
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

async function showLedger(
  manifest: Manifest,
  asking: Asking,
  options: StatusOptions,
  terminal: Terminal,
): Promise<number> {
  const ledger = await openSqliteLedger(manifest.ledger, { mode: 'read', clock: terminal.clock });
  try {
    const remote = options.remote ? await askRemote(manifest, ledger, asking, options, terminal) : undefined;
    const sites = ledger.sites(toSiteFilter(options.site));
    const accounts = nameScopes(manifest);
    const unsettled = (await ledger.intents()).length;
    const lastRun = await readLastRun(ledger);
    const series = new Map<string, SeriesSummary>();
    const seen = noteSeries(sites, series);
    if (options.json) {
      await printJson(seen, { unsettled, series, lastRun, remote, accounts }, terminal);
      return exitCode.done;
    }
    await printTable(seen, options.site, accounts, terminal);
    if (series.size > 0) terminal.stdout.write(`\n${formatSeries([...series.values()])}`);
    if (unsettled > 0) {
      terminal.stdout.write(`creations never answered: ${String(unsettled)}; the next run looks for them\n`);
    }
    if (lastRun) terminal.stdout.write(`\n${formatLastRun(lastRun)}`);
    if (remote) terminal.stdout.write(formatRemote(remote));
    return exitCode.done;
  } finally {
    await ledger.close();
  }
}

/** One report an account. Throws what keeps the lists from being read. */
async function askRemote(
  manifest: Manifest,
  ledger: Ledger,
  { log, stopping }: Asking,
  options: StatusOptions,
  terminal: Terminal,
): Promise<readonly RemoteReport[]> {
  const credentials = readCredentials(manifest, terminal, options.sandbox === true);
  const accounts = new Set(manifest.wattcarbon.accounts.flatMap(({ name }) => name ?? []));
  demandCredentials(manifest, credentials, { watttime: false, wattcarbon: true, accounts }, new Set(['meter']));
  const cache = watchDocuments({ get: (url) => ledger.document(url) });
  const lead = leadTo({ manifest: manifest.file, sandbox: options.sandbox });
  return withClients(
    manifest,
    { credentials, cache, flags: options, log, stopping },
    terminal,
    async ({ wattcarbon }) => {
      const reports: RemoteReport[] = [];
      for (const client of wattcarbon) reports.push(await reportRemote(client, ledger, lead));
      return reports;
    },
  );
}

/** Passes the sites on, and keeps what each series held when it was last pulled: as many as there are regions. */
async function* noteSeries(
  sites: AsyncIterable<SiteStatus>,
  series: Map<string, SeriesSummary>,
): AsyncIterable<SiteStatus> {
  for await (const site of sites) {
    for (const { step, key, result } of site.items) {
      if (step !== 'moer' || result === undefined || series.has(key)) continue;
      const read = seriesCount.safeParse(result);
      if (read.success) series.set(key, read.data);
    }
    yield site;
  }
}

/** One document, written site by site: a million of them need not fit in memory. */
async function printJson(
  sites: AsyncIterable<SiteStatus>,
  {
    unsettled,
    series,
    lastRun,
    remote,
    accounts,
  }: {
    readonly unsettled: number;
    readonly series: ReadonlyMap<string, SeriesSummary>;
    readonly lastRun: LastRun | undefined;
    readonly remote: readonly RemoteReport[] | undefined;
    readonly accounts: ScopeNames;
  },
  { stdout }: Terminal,
): Promise<void> {
  let separator = '';
  stdout.write('{"sites":[');
  for await (const site of sites) {
    stdout.write(separator + JSON.stringify(toDocument(site, accounts)));
    separator = ',\n';
  }
  const rest = { unsettled, moer: [...series.values()], ...(lastRun && { lastRun }), ...(remote && { remote }) };
  stdout.write(`],${JSON.stringify(rest).slice(1)}\n`);
}

function toDocument({ id, items }: SiteStatus, accounts: ScopeNames): unknown {
  const named = steps.flatMap(({ name }) => {
    const own = items.filter(({ step }) => step === name);
    const [first] = worstFirst(own);
    if (!first) return [];
    const { remoteId, ...state } = toState(first);
    const only = own.length === 1 && remoteId !== undefined ? { remoteId } : {};
    const list = name === 'meter' || name === 'upload' ? { items: own.map(toItem) } : {};
    const learned =
      name === 'region' || name === 'moer'
        ? { learned: own.map(({ item, result }) => ({ signal: item, result })) }
        : {};
    return [[name, { ...state, ...only, at: new Date(first.at).toISOString(), ...list, ...learned }]];
  });
  return {
    id,
    ...(accounts && { accounts: accountsIn(items, accounts) }),
    steps: Object.fromEntries(named) as unknown,
  };
}

/** The names of several accounts, by their scope in the ledger; undefined where there is only one. */
type ScopeNames = ReadonlyMap<string, string> | undefined;

function nameScopes({ wattcarbon: { url, accounts } }: Manifest): ScopeNames {
  if (accounts.length < 2) return undefined;
  return new Map(accounts.map(({ name = '', id }) => [scopeOf(url, id.value), name]));
}

/** The accounts in which something of a site was made; one that the manifest does not name, by address and id. */
function accountsIn(items: readonly StatusItem[], names: ReadonlyMap<string, string>): readonly string[] {
  const scopes = new Set(items.map(({ scope }) => scope).filter((scope) => scope !== ''));
  return [...scopes].map((scope) => names.get(scope) ?? scope);
}

function toState({ state, remoteId, error }: StatusItem): Pick<StatusItem, 'state' | 'remoteId' | 'error'> {
  return { state, ...(remoteId !== undefined && { remoteId }), ...(error && { error }) };
}

/** `main/2025-01` is the part 2025-01 of the meter main. */
function toItem(item: StatusItem): object {
  const [meter = '', ...part] = item.item.split('/');
  return { meter, ...(part.length > 0 && { part: part.join('/') }), ...toState(item) };
}

function worstFirst(items: readonly StatusItem[]): readonly StatusItem[] {
  const order = ['failed', 'uncertain', 'done'];
  return items.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

async function printTable(
  sites: AsyncIterable<SiteStatus>,
  glob: string | undefined,
  accounts: ScopeNames,
  { stdout }: Terminal,
): Promise<void> {
  const rows: string[][] = [['site', ...(accounts ? ['account'] : []), ...steps.map(({ name }) => name)]];
  const errors: string[] = [];
  for await (const { id, items } of sites) {
    const cells = steps.map(({ name }) => describeStep(items.filter(({ step }) => step === name)));
    rows.push([id, ...(accounts ? [accountsIn(items, accounts).join(', ') || '-'] : []), ...cells]);
    for (const { step, item, error } of items)
      if (error)
        errors.push(
          `${id} ${step}${item === step || item === '*' ? '' : ` ${item}`}: ${error.code}  ${error.message}\n`,
        );
  }
  if (rows.length === 1 && glob !== undefined) stdout.write(`no site in the ledger matches "${glob}"\n`);
  else if (rows.length === 1) stdout.write('the ledger holds no site yet; wattlift run fills it\n');
  else stdout.write(formatTable(rows) + errors.join(''));
}

/** `done #42` for one with a remote id, `12 done` for several items, `1 failed of 12`; the region's name, and how many points. */
function describeStep(items: readonly StatusItem[]): string {
  const [first, ...more] = worstFirst(items);
  if (!first) return '-';
  if (first.state !== 'done') {
    const bad = items.filter(({ state }) => state === first.state).length;
    return more.length > 0 ? `${String(bad)} ${first.state} of ${String(items.length)}` : first.state;
  }
  if (more.length > 0) return `${String(items.length)} done`;
  const points = z.object({ received: z.number(), expected: z.number() }).safeParse(first.result);
  if (points.success) return `done ${String(points.data.received)}/${String(points.data.expected)}`;
  const region = z.object({ region: z.string() }).safeParse(first.result);
  if (first.step === 'region' && region.success) return region.data.region;
  return first.remoteId === undefined ? 'done' : `done #${String(first.remoteId)}`;
}
