import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../domain/clock.ts';
import { type SandboxState, summarize } from './read-state.ts';
import type { SandboxApi } from './serve/api.ts';
import type { FaultHook } from './serve/fault.ts';
import type { Served } from './serve/fault-spec.ts';
import { scheduleFaults } from './serve/fault-schedule.ts';
import { type LogEntry, type ServedApi, serveApi } from './serve/serve-api.ts';
import type { Limit } from './serve/sliding-window.ts';
import { SandboxStateStore } from './state.ts';
import { type MeterSeries, writeSeries } from './wattcarbon/readings.ts';
import { type WattCarbonSettings, standardWattCarbon } from './wattcarbon/switches.ts';
import type { WattTimeSettings } from './watttime/settings.ts';
import { readWattTimeOptions } from './watttime/switches.ts';
import { createWattTimeApi } from './watttime/watttime-api.ts';
import { createWattCarbonApi } from './wattcarbon/wattcarbon-api.ts';

/** The limits of both APIs, each for one user: `login` counts GET /login besides `watttime`, which counts everything. */
export interface SandboxLimits {
  readonly watttime: Limit;
  readonly login: Limit;
  readonly wattcarbon: Limit;
}

export interface SandboxOptions {
  /** Where the state is kept; its folder is made. Without it the state ends with `close`. */
  readonly stateFile?: string | undefined;
  /** 0, the default, takes a free port. */
  readonly watttimePort?: number | undefined;
  readonly wattcarbonPort?: number | undefined;
  readonly clock: Clock;
  /** Those not given are the contracts': 3,000 and 100 in 5 minutes, and 300 a minute. */
  readonly limits?: Partial<SandboxLimits> | undefined;
  /** What can be chosen about the WattTime side; the rest is as the switches say. */
  readonly watttime?: Partial<WattTimeSettings> | undefined;
  /** A longer body is refused with 413. Default 10 MB; for WattCarbon its own `maxBody` wins. */
  readonly maxBodyBytes?: number | undefined;
  /** What the contract leaves open about WattCarbon's API; what is not given is as usual. */
  readonly wattcarbon?: Partial<WattCarbonSettings> | undefined;
  readonly fault?: FaultHook | undefined;
  /** Faults in words (`create_meter:lost@3`), where `fault` says nothing; `seed` decides chance, 1 by default. */
  readonly faults?: { readonly specs: readonly string[]; readonly seed?: number | undefined } | undefined;
  /** Called once for each request, after its outcome was sent. */
  readonly log?: ((entry: LogEntry) => void) | undefined;
}

/** Both APIs, served on loopback. */
export interface Sandbox {
  readonly watttimeUrl: string;
  readonly wattcarbonUrl: string;
  /** What both APIs hold now, and how often each operation was asked. */
  state(): SandboxState;
  /** The readings that a meter holds after all its uploads. */
  series(meter: number): MeterSeries;
  /** Ends open connections and closes the state; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves WattTime and WattCarbon on 127.0.0.1, as strict as the real ones: what those would refuse is refused here.
 * Every change is committed before its answer is written, so that a killed process leaves exactly what was done.
 * Throws Node's error when a port is taken, SQLite's when the state file cannot be opened, and `WattliftError` for settings or
 * faults that cannot be.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { stateFile, clock, maxBodyBytes = 10_000_000 } = options;
  const usual = readWattTimeOptions([]);
  const limits = { ...usual.limits, wattcarbon: { requests: 300, windowMs: 60_000 }, ...options.limits };
  if (stateFile !== undefined) {
    await mkdir(dirname(stateFile), { recursive: true });
  }
  const state = await SandboxStateStore.open(stateFile);
  const served: ServedApi[] = [];
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(served.map((api) => api.close()));
    state.close();
  };
  try {
    const settings = { ...standardWattCarbon(), maxBody: maxBodyBytes, ...options.wattcarbon };
    const watttimeApi = createWattTimeApi(state, limits, { ...usual.settings, ...options.watttime });
    const wattcarbonApi = createWattCarbonApi(state, limits.wattcarbon, settings);
    const scheduled = scheduleFaults(options.faults?.specs ?? [], options.faults?.seed ?? 1, [
      ...operationsOf(wattcarbonApi),
      ...operationsOf(watttimeApi),
    ]);
    const fault: FaultHook = (request) => options.fault?.(request) ?? scheduled(request);
    const shared = { clock, state, fault, log: options.log };
    const watttime = await serveApi(watttimeApi, { ...shared, maxBodyBytes, port: options.watttimePort ?? 0 });
    served.push(watttime);
    const wattcarbon = await serveApi(wattcarbonApi, {
      ...shared,
      maxBodyBytes: settings.maxBody,
      port: options.wattcarbonPort ?? 0,
    });
    served.push(wattcarbon);
    return {
      watttimeUrl: watttime.url,
      wattcarbonUrl: wattcarbon.url,
      state: () => summarize(state),
      series: (meter) => writeSeries(state.contents(meter)),
      close: () => (closed ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function operationsOf({ name, routes }: SandboxApi): readonly Served[] {
  return routes.map(({ operation }) => ({ api: name, operation }));
}
