import { dirname, join } from 'node:path';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { DocumentCache } from '../apis/openapi-source.ts';
import type { DescriptionSummary } from '../apis/operation-changes.ts';
import { Reachability } from '../apis/reachability.ts';
import { createRegions } from '../apis/regions.ts';
import { ProblemError, type ApiError } from '../domain/errors.ts';
import type { Endpoint } from '../domain/remote.ts';
import type { RequestCount } from '../domain/request-count.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { resolveWindow } from '../manifest/moer-window.ts';
import type { StepName } from '../steps/step.ts';
import type { Notices, Settings, Tools } from '../steps/tools.ts';
import { createMoerStore } from '../store/moer-store.ts';
import { createClients } from './clients.ts';
import type { Credentials } from './credentials.ts';
import { toAccounts } from './accounts.ts';
import { sumCounts, type ApiCounts, type RequestCounts } from './run-document.ts';
import { selectSites, type SiteFilter } from './manifest-input.ts';
import { FindingsLog, type RunFindings } from './findings-log.ts';
import { guessedOf, unverified } from './guessed-endpoints.ts';
import { openSiteFiles } from './site-files.ts';
import type { Terminal } from './terminal.ts';
import { countUnknownSpots } from './unknown-spots.ts';
import { openWires, type Reach } from './wires.ts';

/** The parts of a run, put together. */
export interface Pipeline {
  readonly tools: Tools;
  /** WattCarbon's operations and where each comes from. */
  endpoints(): Promise<readonly Endpoint[]>;
  /** What the check of one account's key takes before its first write. */
  accountChecks(): Promise<RequestCount>;
  /** The document that WattCarbon's operations come from, and what has moved in it; undefined where there is none. */
  description(): Promise<DescriptionSummary | undefined>;
  /** Throws `WattliftError` `wattcarbon.endpoint-unverified` when one of these steps would write through a guess (exit 2). */
  demandVerifiedEndpoints(writing: ReadonlySet<StepName>): Promise<void>;
  counts(): ApiCounts;
  /** Why nothing is sent to an API any more: nothing was answered for too long. */
  away(api: 'watttime' | 'wattcarbon'): ApiError | undefined;
  /** What was sent with each account, by name ('' for the only one). */
  accountCounts(): ReadonlyMap<string, RequestCounts>;
  /** What was noticed in the files that were looked at so far. */
  findings(): RunFindings;
  close(): Promise<void>;
}

export interface PipelineOptions {
  readonly ledger: Ledger;
  readonly credentials: Credentials;
  readonly terminal: Terminal;
  /** Aborts when nothing new may be sent. */
  readonly stopping: AbortSignal;
  readonly log: Logger;
  readonly reach: Reach;
  /** Where WattCarbon's description is kept; by default the ledger. */
  readonly cache?: DocumentCache | undefined;
  /** Which sites are taken; by default all. */
  readonly matches?: SiteFilter;
}

/** Puts clients, files and store together as the steps see them. `now` of the MOER window is the moment of this call. */
export async function openPipeline(manifest: Manifest, options: PipelineOptions): Promise<Pipeline> {
  const { ledger, credentials, terminal, log } = options;
  const { clock } = terminal;
  const offline = options.reach.kind === 'offline';
  const nowMs = clock.now();
  const settings = toSettings(manifest, nowMs);
  const warn = (message: string): void => log.warn(message);
  const watch = (api: 'watttime' | 'wattcarbon'): Reachability =>
    new Reachability({ ...manifest[api], api, clock, random: terminal.random, warn });
  const reachability = { watttime: watch('watttime'), wattcarbon: watch('wattcarbon') };
  const wires = await openWires(manifest, credentials, { ...options, reachability });
  const { watttime, wattcarbon: clients } = createClients(manifest, credentials, {
    wires,
    cache: options.cache ?? {
      get: (url) => ledger.document(url),
      set: (document) => ledger.rememberDocument(document),
    },
    terminal,
    log,
    offline,
  });
  const { first, wattcarbon, accounts } = toAccounts(manifest, clients, warn);
  const store = createMoerStore({
    dir: manifest.store,
    coverage: ledger,
    revisionsMs: manifest.moer?.revisionsMs ?? 0,
    chunkMs: manifest.moer?.chunkMs ?? 0,
    model: manifest.moer?.model,
    imputed: manifest.moer?.imputed,
    nowMs,
    clock,
  });
  const regions = createRegions({
    mode: manifest.watttime.regions,
    api: watttime,
    url: manifest.watttime.url,
    folder: join(dirname(manifest.ledger), 'regions'),
    clock,
    mark: String(terminal.pid),
    unknownSpots: (signal, atMost) =>
      countUnknownSpots(selectSites(manifest, options.matches ?? (() => true)), signal, atMost, { ledger, clock }),
    warn,
  });
  const countsOf = (): (readonly [account: string, counts: RequestCounts])[] =>
    clients.map(({ retries }, index) => {
      const counts = wires.wattcarbon[index]?.counts ?? { total: 0, limited: 0 };
      return [manifest.wattcarbon.accounts[index]?.name ?? '', { ...counts, retries }];
    });
  const pulls = new PQueue({ concurrency: manifest.watttime.concurrency });
  const pulling: Tools['pulling'] = (job) => pulls.add(job);
  const noted = new FindingsLog();
  const opened = openSiteFiles(manifest, terminal, { ledger, readOnly: offline });
  const files = noted.listen(opened);
  return {
    tools: {
      watttime,
      regions,
      wattcarbon,
      ...(accounts && { accounts }),
      store,
      files,
      settings,
      notices: toNotices(log),
      pulling,
      clock,
    },
    endpoints: () => first.endpoints({ offline }),
    description: () => first.description({ offline }),
    accountChecks: () => first.checkRequests(),
    demandVerifiedEndpoints: async (writing) => {
      if (manifest.wattcarbon.allowUnverifiedEndpoints) return;
      // What is cached was verified once: a quiet night need not ask again.
      if (guessedOf(await first.endpoints({ offline: true }), writing).length === 0) return;
      const guessed = guessedOf(await first.endpoints(), writing);
      if (guessed.length > 0) throw unverified(guessed);
    },
    counts: () => ({
      watttime: { ...wires.watttime.counts, retries: watttime.retries },
      wattcarbon: sumCounts(countsOf().map(([, counts]) => counts)),
    }),
    away: (api) => reachability[api].away,
    accountCounts: () => new Map(countsOf()),
    findings: () => noted.found(),
    close: async () => {
      await opened.close();
      await store.close();
      await wires.close();
    },
  };
}

function toNotices(log: Logger): Notices {
  return {
    warn: (message, details) => log.warn(details, message),
    debug: (message, details) => log.debug(details, message),
  };
}

function toSettings({ watttime, wattcarbon, moer }: Manifest, nowMs: number): Settings {
  const window = moer && resolveWindow(moer, nowMs);
  if (window && 'severity' in window) throw new ProblemError([window]);
  const { coordinateKeys, reupload } = wattcarbon;
  return { signals: watttime.signals, window, revisionsMs: moer?.revisionsMs ?? 0, coordinateKeys, reupload };
}
