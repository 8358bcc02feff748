import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** Starts both APIs, WattCarbon's under `switches`, and writes the manifest into a folder of its own; all is gone when the test ends. */
export async function openWorld(
  manifest: Written,
  files: { readonly [name: string]: string } = {},
  env: Terminal['env'] = {},
  switches: readonly string[] = [],
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-run-'));
  const clock = createClock();
  const unlimited = { requests: 1_000_000, windowMs: 1_000 };
  const sandbox = await startSandbox({
    clock,
    limits: { watttime: unlimited, login: unlimited, wattcarbon: unlimited },
    wattcarbon: readWattCarbonOptions(switches),
    fault: (request) => world.fault?.(request),
  });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
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

  const read = async (): Promise<Manifest> => {
    const { manifest: loaded, problems } = await loadManifest(manifestFile, { env: terminal.env, sandbox: false });
    if (loaded && problems.every(({ severity }) => severity !== 'error')) return loaded;
    throw new Error(problems.map(formatProblem).join('\n'));
  };
  const open = (loaded: Manifest, ledger: Ledger, network: boolean, stopping: AbortSignal): Promise<Pipeline> =>
    openPipeline(loaded, {
      ledger,
      credentials: readCredentials(loaded, terminal, false),
      terminal,
      stopping,
      log: pino({ level: 'silent' }),
      reach: network ? { kind: 'network', fetch } : { kind: 'offline' },
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
    sandbox,
    clock,
    fault: undefined,
    put: async (all) => {
      for (const [name, text] of Object.entries(all)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    write: ({ wattcarbon, watttime, ...rest }) =>
      writeFile(
        manifestFile,
        JSON.stringify({
          version: 1,
          ledger: 'ledger.db',
          store: 'moer',
          watttime: { ...quick.watttime, ...watttime },
          wattcarbon: { ...(wattcarbon?.['accounts'] ? several : quick.wattcarbon), ...wattcarbon },
          ...rest,
        }),
      ),
    run: async (how = {}) => {
      const loaded = await read();
      const before = countRequests(sandbox.state());
      const real = await openSqliteLedger(ledgerFile, { mode: 'run', clock, command: 'test' });
      const ledger = how.wrapLedger?.(real) ?? real;
      const stopping = how.stopping ?? new AbortController().signal;
      const pipeline = await open(loaded, ledger, true, stopping);
      const { wattcarbon } = pipeline.tools;
      const selected = how.only ?? steps.map(({ name }) => name);
      try {
        const end = await runSites(
          selectSites(loaded, () => true),
          {
            ledger,
            tools: {
              ...pipeline.tools,
              wattcarbon: how.wrapWattCarbon?.(wattcarbon) ?? wattcarbon,
              clock: how.waits === 'real' ? clock : skipWaits(clock),
            },
            steps,
            selected: new Set(selected),
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
        const pipeline = await open(loaded, ledger, false, new AbortController().signal);
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
