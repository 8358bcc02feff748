import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { readCredentials } from '../../src/cli/credentials.ts';
import { selectSites } from '../../src/cli/manifest-input.ts';
import { openPipeline, type Pipeline } from '../../src/cli/pipeline.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Json } from '../../src/domain/json.ts';
import { formatProblem } from '../../src/domain/problem.ts';
import type { Intent, Ledger, StatusItem } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';
import { loadManifest } from '../../src/manifest/load.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { LookAlikes } from '../../src/run/look-alikes.ts';
import { plan as planSites } from '../../src/run/plan.ts';
import type { CheckedPlan } from '../../src/run/planned-payloads.ts';
import { run as runSites, type RunEnd } from '../../src/run/run.ts';
import { Tally } from '../../src/run/tally.ts';
import type { SandboxState } from '../../src/sandbox/read-state.ts';
import type { FaultHook } from '../../src/sandbox/serve/fault.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { readWattCarbonOptions } from '../../src/sandbox/wattcarbon/switches.ts';
import { steps } from '../../src/steps/index.ts';
import type { StepName } from '../../src/steps/step.ts';
import type { WattCarbon } from '../../src/steps/tools.ts';

/** A manifest as it is written; JSON is YAML. */
export interface Written {
  readonly sites: readonly Json[];
  readonly wattcarbon?: { readonly [key: string]: Json };
  readonly watttime?: { readonly [key: string]: Json };
  readonly moer?: { readonly [key: string]: Json };
}

/** How one run differs from an ordinary one. */
export interface RunHow {
  readonly only?: readonly StepName[];
  readonly concurrency?: number;
  readonly retryUncertain?: boolean;
  readonly failFast?: boolean;
  readonly stopping?: AbortSignal;
  /** Wait as long as the protocol says; by default its waits pass at once, and move the clock on. */
  readonly waits?: 'real';
  /** Stands between the run and its ledger, or its WattCarbon. */
  readonly wrapLedger?: (ledger: Ledger) => Ledger;
  readonly wrapWattCarbon?: (wattcarbon: WattCarbon) => WattCarbon;
  /** Stands around everything that a step or the protocol waits for: ledger, WattCarbon, files, clock, the network. */
  readonly watch?: <T extends object>(target: T) => T;
}

/** How a run ended, and how many requests of each operation (`wattcarbon.create_meter`) the sandbox saw meanwhile. */
export interface Ended extends RunEnd {
  readonly requests: { readonly [operation: string]: number };
}

/** Machine time from a fixed noon on, which a test may move on. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

/** A folder with a manifest, its ledger and store, and both APIs in front of it, for as many runs as a test wants. */
export interface World {
  readonly folder: string;
  readonly ledgerFile: string;
  readonly sandbox: Sandbox;
  readonly clock: MovableClock;
  /** The bad day of the next requests. */
  fault: FaultHook | undefined;
  /** Writes files below the folder. */
  put(files: { readonly [name: string]: string }): Promise<void>;
  /** Writes the manifest, which the next run or plan reads. */
  write(manifest: Written): Promise<void>;
  run(how?: RunHow): Promise<Ended>;
  plan(only?: readonly StepName[]): Promise<CheckedPlan>;
  /** What the ledger holds of a site. */
  items(site: string): Promise<readonly StatusItem[]>;
  intents(): Promise<readonly Intent[]>;
  state(): SandboxState;
  /** Ends it before the test does, for tests that open many. */
  close(): Promise<void>;
}

const account = 'acct';

/** All that is measured in seconds elsewhere takes milliseconds here, and no limit is reached. */
const quick = {
  watttime: { timeout: 'PT20S', limit: { requests: 100_000, per: 'PT5M' } },
  wattcarbon: {
    account,
    timeout: 'PT20S',
    settle: 'PT0.005S',
    limit: { requests: 100_000, per: 'PT1M' },
  },
};

/** The same for a manifest that names its accounts. */
const { account: _, ...several } = quick.wattcarbon;

/** Noon of 2026-02-01 UTC: all of 2025 is published. */
const noon = Date.UTC(2026, 1, 1, 12);

function createClock(): MovableClock {
  const startedAt = performance.now();
  let moved = 0;
  return {
    now: () => noon + moved + Math.floor(performance.now() - startedAt),
    monotonic: () => performance.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', stop);
          resolve();
        }, ms);
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', stop, { once: true });
      }),
    advance: (ms) => {
      moved += ms;
    },
  };
}

/** The same clock, on which nobody has to wait. */
function skipWaits(clock: MovableClock): Clock {
  let skipped = 0;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic() + skipped,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      clock.advance(ms);
      skipped += ms;
      return Promise.resolve();
    },
  };
}

/**
 * Where a sync of the disk costs nothing, if there is such a place and room in it: a ledger that is committed a thousand
 * times would wait for little else, and no test here pulls the plug.
 */
async function quickFolder(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm');
    if (bavail * bsize > 100_000_000) return '/dev/shm';
  } catch {
    // Not on this system.
  }
  return tmpdir();
}

/** Starts both APIs, WattCarbon's under `switches`, and writes the manifest into a folder of its own; all is gone when the test ends. */
export async function openWorld(
  manifest: Written,
  files: { readonly [name: string]: string } = {},
  env: Terminal['env'] = {},
  switches: readonly string[] = [],
  clock: MovableClock = createClock(),
): Promise<World> {
  const folder = await mkdtemp(join(await quickFolder(), 'wattlift-run-'));
  const unlimited = { requests: 1_000_000, windowMs: 1_000 };
  const sandbox = await startSandbox({
    clock,
    limits: { watttime: unlimited, login: unlimited, wattcarbon: unlimited },
    wattcarbon: readWattCarbonOptions(switches),
    fault: (request) => world.fault?.(request),
  });
  const close = async (): Promise<void> => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  };
  onTestFinished(close);
  const terminal = toTerminal(folder, clock, {
    WATTTIME_USER: 'ada',
    WATTTIME_PASSWORD: 'pass-1234!',
    WATTCARBON_EMAIL: 'ada@example.org',
    WATTCARBON_API_KEY: 'key-1',
    WATTTIME_API_URL: sandbox.watttimeUrl,
    WATTCARBON_API_URL: sandbox.wattcarbonUrl,
    ...env,
  });
  const manifestFile = join(folder, 'pipeline.yaml');
  const ledgerFile = join(folder, 'ledger.db');

  let known: Manifest | undefined;
  const read = async (): Promise<Manifest> => {
    if (known) return known;
    const { manifest: loaded, problems } = await loadManifest(manifestFile, { env: terminal.env, sandbox: false });
    if (loaded && problems.every(({ severity }) => severity !== 'error')) return (known = loaded);
    throw new Error(problems.map(formatProblem).join('\n'));
  };
  const open = (
    loaded: Manifest,
    ledger: Ledger,
    network: typeof fetch | undefined,
    stopping: AbortSignal,
  ): Promise<Pipeline> =>
    openPipeline(loaded, {
      ledger,
      credentials: readCredentials(loaded, terminal, false),
      terminal,
      stopping,
      log: pino({ level: 'silent' }),
      reach: network ? { kind: 'network', fetch: network } : { kind: 'offline' },
    });
  const look = async <T>(at: (ledger: Ledger) => Promise<T>): Promise<T> => {
    const ledger = await openSqliteLedger(ledgerFile, { mode: 'read' });
    try {
      return await at(ledger);
    } finally {
      await ledger.close();
    }
  };

  const world: World = {
    folder,
    ledgerFile,
    sandbox,
    clock,
    fault: undefined,
    put: async (all) => {
      known = undefined;
      for (const [name, text] of Object.entries(all)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    write: ({ wattcarbon, watttime, ...rest }) => {
      known = undefined;
      return writeFile(
        manifestFile,
        JSON.stringify({
          version: 1,
          ledger: 'ledger.db',
          store: 'moer',
          watttime: { ...quick.watttime, ...watttime },
          wattcarbon: { ...(wattcarbon?.['accounts'] ? several : quick.wattcarbon), ...wattcarbon },
          ...rest,
        }),
      );
    },
    run: async (how = {}) => {
      const loaded = await read();
      const before = countRequests(sandbox.state());
      const real = await openSqliteLedger(ledgerFile, { mode: 'run', clock, command: 'test' });
      const watch = how.watch ?? (<T>(target: T): T => target);
      const ledger = watch(how.wrapLedger?.(real) ?? real);
      const stopping = how.stopping ?? new AbortController().signal;
      const pipeline = await open(loaded, ledger, watch({ fetch }).fetch, stopping);
      const { wattcarbon, files: siteFiles } = pipeline.tools;
      const waiting = how.waits === 'real' ? clock : skipWaits(clock);
      const { sleep } = watch<Pick<Clock, 'sleep'>>({ sleep: (ms, signal) => waiting.sleep(ms, signal) });
      const selected = how.only ?? steps.map(({ name }) => name);
      try {
        const end = await runSites(
          selectSites(loaded, () => true),
          {
            ledger,
            tools: {
              ...pipeline.tools,
              wattcarbon: watch(how.wrapWattCarbon?.(wattcarbon) ?? wattcarbon),
              files: watch(siteFiles),
              clock: { ...waiting, sleep },
            },
            steps,
            selected: new Set(selected),
            away: (api) => pipeline.away(api),
            lookAlikes: new LookAlikes(),
            settleMs: loaded.wattcarbon.settleMs,
            timeoutMs: loaded.wattcarbon.timeoutMs,
            retryUncertain: how.retryUncertain ?? false,
            stopping,
            concurrency: how.concurrency ?? 4,
            failFast: how.failFast ?? false,
            tally: new Tally(selected),
          },
        );
        return { ...end, requests: newRequests(before, countRequests(sandbox.state())) };
      } finally {
        await pipeline.close();
        await real.close();
      }
    },
    plan: async (only) => {
      const loaded = await read();
      return look(async (ledger) => {
        const pipeline = await open(loaded, ledger, undefined, new AbortController().signal);
        try {
          const selected = new Set(only ?? steps.map(({ name }) => name));
          return await planSites(
            selectSites(loaded, () => true),
            { steps, selected, ledger, tools: pipeline.tools },
          );
        } finally {
          await pipeline.close();
        }
      });
    },
    items: (site) =>
      look(async (ledger) => {
        for await (const { items } of ledger.sites((id) => id === site)) return items;
        return [];
      }),
    intents: () => look((ledger) => ledger.intents()),
    state: () => sandbox.state(),
    close,
  };
  await world.put(files);
  await world.write(manifest);
  return world;
}

function toTerminal(cwd: string, clock: Clock, env: Terminal['env']): Terminal {
  const nowhere = { write: () => undefined, drained: async () => undefined, isTerminal: false, columns: 80 };
  return {
    stdin: { isTerminal: false, ask: async () => undefined, firstLine: async () => undefined },
    stdout: nowhere,
    stderr: nowhere,
    env,
    cwd,
    clock,
    random: () => 0,
    pid: process.pid,
    onSignal: () => () => undefined,
    abort: (code) => {
      throw new Error(`aborted with ${String(code)}`);
    },
  };
}

function countRequests({ requests }: SandboxState): ReadonlyMap<string, number> {
  return new Map(Object.entries(requests).map(([operation, { total }]) => [operation, total]));
}

function newRequests(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Ended['requests'] {
  const added = [...after].map(([operation, total]) => [operation, total - (before.get(operation) ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count > 0));
}
