import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultHook } from '../../src/sandbox/serve/fault.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { readWattCarbonOptions } from '../../src/sandbox/wattcarbon/switches.ts';
import { root, startProgram, type Running } from './program.ts';
import { createRandom } from './random.ts';

export interface ChaosOptions {
  readonly sites: number;
  /** How often the program is killed before it is left alone. */
  readonly kills: number;
  /** When it is killed: so many seconds after its first request, or in the middle of so many writes' last; by chance between the two. */
  readonly killAfter: { readonly unit: 'seconds' | 'writes'; readonly from: number; readonly to: number };
  /** How long a list takes to show what was made. */
  readonly lagSeconds: number;
  /** How else the API differs from its usual form; the manifest says nothing of it. */
  readonly switches: readonly string[];
  /** Decides every fault and every kill. */
  readonly seed: number;
  /** Takes the intents out of the program: what it was about to send is not written down. */
  readonly withoutIntents?: boolean;
  readonly log: (line: string) => void;
}

/** What is there in the end, by the sandbox's own books. */
export interface ChaosEnd {
  readonly runs: number;
  /** Exit codes of the runs that nobody killed. */
  readonly codes: readonly (number | null)[];
  readonly meters: number;
  /** The `customId` of every asset as JSON, sorted. */
  readonly assets: readonly string[];
  /** How many documents each asset has, each number once. */
  readonly documentsEach: readonly number[];
  /** How many readings each meter has, each number once. */
  readonly readingsEach: readonly number[];
  /** Readings that a meter has twice. */
  readonly duplicates: number;
  /** Meters that no asset holds, and meters that several hold. */
  readonly stray: number;
}

const lostShare = 0.1;
const after500Share = 0.05;
const mostRunsAfter = 6;
const hoursEach = 72;

/** What `runChaos` has to come to. */
export function wholePortfolio(sites: number): Omit<ChaosEnd, 'runs' | 'codes'> {
  return {
    meters: sites,
    assets: Array.from({ length: sites }, (_, n) => JSON.stringify(nameOf(n))).toSorted(),
    documentsEach: [1],
    readingsEach: [hoursEach],
    duplicates: 0,
    stray: 0,
  };
}

/**
 * Runs the built program over many sites against an API that loses one answer in ten, says 500 after one piece of work in
 * twenty, and whose lists lag; kills it again and again, then runs it until it says that all is done, a few times at most.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'wattlift-chaos-'));
  const random = createRandom(options.seed);
  let running: Running | undefined;
  let writesLeft: number | undefined;
  let killInMs: number | undefined;
  const fault: FaultHook = ({ operation }) => {
    if (killInMs !== undefined && running) killLater(running, killInMs);
    killInMs = undefined;
    const drawn = faultOf(random());
    const writes = /^(?:create|upload)_(?!token)/.test(operation);
    if (!writes || writesLeft === undefined || --writesLeft > 0) return drawn;
    writesLeft = undefined;
    running?.kill();
    return { kind: 'lost' };
  };
  const sandbox = await startChaoticSandbox(options, fault);
  try {
    await writePortfolio(folder, options);
    const dist = options.withoutIntents === true ? await copyWithoutIntents(folder) : undefined;
    const start = (): Running => {
      const env = {
        WATTCARBON_API_URL: sandbox.wattcarbonUrl,
        WATTCARBON_EMAIL: 'ada@example.org',
        WATTCARBON_API_KEY: 'key-of-ada',
      };
      const args = ['run', '--json', '--concurrency', '100', '--only', 'meter,upload,asset,events'];
      return startProgram(args, { cwd: folder, env, ...(dist !== undefined && { dist }) });
    };
    const codes: (number | null)[] = [];
    let runs = 0;
    let killed = 0;
    while (runs < options.kills + mostRunsAfter) {
      running = start();
      runs += 1;
      if (killed < options.kills) {
        const { unit, from, to } = options.killAfter;
        const after = from + random() * (to - from);
        if (unit === 'writes') writesLeft = Math.ceil(after);
        else killInMs = after * 1_000;
      }
      const ended = await running.ended;
      writesLeft = undefined;
      killInMs = undefined;
      const { meters, assets, documents } = sandbox.state();
      const end = ended.code === null ? 'killed' : `ended with ${String(ended.code)}`;
      options.log(
        `run ${String(runs)} ${end} after ${(ended.ms / 1_000).toFixed(1)} s: ${String(meters.length)} meters, ${String(assets.length)} assets, ${String(documents.length)} documents`,
      );
      if (ended.code === null) {
        killed += 1;
        continue;
      }
      codes.push(ended.code);
      if (ended.code !== 0) options.log(`${ended.stdout.slice(0, 2_000)}\n${ended.stderr.slice(-1_000)}`);
      // Done, or something that another run will not change.
      if (ended.code !== 1) break;
    }
    return { runs, codes, ...countWhatIsThere(sandbox) };
  } finally {
    running?.kill();
    await running?.ended;
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function faultOf(drawn: number): Fault | undefined {
  if (drawn < lostShare) return { kind: 'lost' };
  return drawn < lostShare + after500Share ? { kind: 'after-work-500' } : undefined;
}

function startChaoticSandbox({ lagSeconds, switches }: ChaosOptions, fault: FaultHook): Promise<Sandbox> {
  return startSandbox({
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    },
    limits: { wattcarbon: { requests: 1_000_000, windowMs: 1_000 } },
    wattcarbon: readWattCarbonOptions([`list-lag=${String(lagSeconds)}`, ...switches]),
    fault: (request) => (request.api === 'wattcarbon' ? fault(request) : undefined),
  });
}

/** Sites with a meter of two months, an asset and a document each. Every tenth one is a flat of one and the same house. */
async function writePortfolio(folder: string, { sites, lagSeconds }: ChaosOptions): Promise<void> {
  const manifest = {
    version: 1,
    wattcarbon: {
      account: 'acme',
      // Longer than a busy machine takes to answer: what arrives later than this is made twice, as the protocol says.
      timeout: 'PT5S',
      settle: `PT${String(lagSeconds)}S`,
      concurrency: 16,
      limit: { requests: 1_000_000, per: 'PT1M' },
    },
    defaults: { timezone: 'UTC' },
    sites: Array.from({ length: sites }, (_, n) => ({
      id: nameOf(n),
      location: n % 10 === 0 ? '1 Common House Riverside IA' : `${String(n)} Ella St Riverside IA`,
      meters: [{ id: 'main', type: 'electricity', data: 'main.csv' }],
      asset: { kind: 'demand_response_eemetered', commencedOperationDate: '2024-06-01' },
      events: [{ start: '2025-02-01 15:00', end: '2025-02-01 19:00' }],
    })),
  };
  const rows = Array.from({ length: hoursEach }, (_, hour) => {
    const start = new Date(Date.UTC(2025, 0, 30, hour)).toISOString();
    return `${start},${String(1 + (hour % 7))}`;
  });
  await writeFile(join(folder, 'main.csv'), `interval_start,energy_kwh\n${rows.join('\n')}\n`);
  await writeFile(join(folder, 'pipeline.yaml'), JSON.stringify(manifest));
}

function nameOf(n: number): string {
  return `SP${String(n)}`;
}

/** The built program with a ledger that keeps no intents; the rest of it is as it is. */
async function copyWithoutIntents(folder: string): Promise<string> {
  const copy = join(folder, 'program');
  await mkdir(copy);
  await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(copy, 'package.json'));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(
    join(copy, 'dist', 'ledger', 'sqlite-intents.js'),
    'export const sqliteIntents = () => ({ intend: async () => {}, intent: async () => undefined, intents: async () => [], clearIntent: async () => {} });\n',
  );
  return join(copy, 'dist');
}

function killLater({ ended, kill }: Running, ms: number): void {
  const timer = setTimeout(kill, ms);
  ended.finally(() => clearTimeout(timer)).catch(() => undefined);
}

function countWhatIsThere(sandbox: Sandbox): Omit<ChaosEnd, 'runs' | 'codes'> {
  const { meters, assets, documents } = sandbox.state();
  const held = assets.flatMap((asset) => asset.meters);
  const documentsOf = (asset: number): number => documents.filter((one) => one.asset === asset).length;
  return {
    meters: meters.length,
    assets: assets.map(({ fields }) => JSON.stringify(fields['customId'])).toSorted(),
    documentsEach: [...new Set(assets.map(({ id }) => documentsOf(id)))],
    readingsEach: [...new Set(meters.map(({ readings }) => readings.rows))],
    duplicates: meters.reduce((sum, { readings }) => sum + readings.duplicates, 0),
    stray: meters.filter(({ id }) => held.filter((one) => one === id).length !== 1).length,
  };
}
