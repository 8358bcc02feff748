/**
 * `wattlift check` on many sites with a year of hourly data each: `npm run build && npx tsx bench/many-meters.ts
 * [sites=10000]`. Files of the same content are hard links to a few dozen files, so that the disk need not hold gigabytes;
 * each is opened and read on its own. Prints the command, its time, its rows a second and its peak memory with one thread
 * and with two, turn by turn, and what two processes with half of the files each take, which is what the machine has to
 * give. Fails when a peak is 300 MB or more, or two threads gain less than 1.7 times and less than two processes do.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const sites = Number(process.argv[2] ?? 10_000);
const contents = 36;
const rounds = 3;
const rowsPerFile = 8760;
const mostMb = 300;
const leastGain = 1.7;

/** Sets the number of threads, and writes Node's own figure of its peak memory (kilobytes) as it ends. */
const preload = `require('node:os').availableParallelism = () => Number(process.env.THREADS);
process.on('exit', () => require('node:fs').writeFileSync(process.env.USAGE_FILE, String(process.resourceUsage().maxRSS)));`;

const manifest = (rows: string): string => `
version: 1
wattcarbon: { account: bench }
moer: { from: 2025-01-01, to: 2026-01-01 }
defaults: { utility: ABC Utility, timezone: America/Chicago }
portfolio:
  file: ${rows}
  columns: { id: id, meters.0.data: file }
  set: { location: 1 Main St Riverside IA, region: MISO, asset.kind: solar, asset.commencedOperationDate: "2023-06-01", meters.0.id: main, meters.0.type: electricity }
`;

function yearOf(content: number): string {
  const rows = ['start_datetime,energy_kwh'];
  for (let hour = 0; hour < rowsPerFile; hour += 1) {
    const start = new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 19);
    rows.push(`${start}Z,${(((hour * 617 + content * 13) % 900) / 100).toFixed(2)}`);
  }
  return `${rows.join('\n')}\n`;
}

async function generate(folder: string): Promise<number> {
  await mkdir(join(folder, 'contents'));
  await mkdir(join(folder, 'exports'));
  let bytes = 0;
  for (let content = 0; content < contents; content += 1) {
    const text = yearOf(content);
    bytes = text.length;
    await writeFile(join(folder, 'contents', `${String(content)}.csv`), text);
  }
  const rows: string[] = [];
  for (let n = 0; n < sites; n += 1) {
    const file = `exports/${String(n)}.csv`;
    await link(join(folder, 'contents', `${String(n % contents)}.csv`), join(folder, file));
    rows.push(`SP${String(n)},${file}`);
  }
  const half = Math.floor(sites / 2);
  for (const [name, list] of Object.entries({ all: rows, first: rows.slice(0, half), second: rows.slice(half) })) {
    await writeFile(join(folder, `${name}.csv`), `id,file\n${list.join('\n')}\n`);
    await writeFile(join(folder, `${name}.yaml`), manifest(`${name}.csv`));
  }
  await writeFile(join(folder, 'preload.cjs'), preload);
  return bytes;
}

interface Checked {
  readonly seconds: number;
  readonly peakMb: number;
}

async function check(folder: string, name: string, threads = 1): Promise<Checked> {
  const usageFile = join(folder, `usage-${name}`);
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--require', join(folder, 'preload.cjs'), main, 'check', name], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      USAGE_FILE: usageFile,
      THREADS: String(threads),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code]: unknown[] = await once(child, 'close');
  const seconds = (performance.now() - startedMs) / 1000;
  if (code !== 0) throw new Error(`wattlift check ${name} exited ${String(code)}`);
  return { seconds, peakMb: Number(await readFile(usageFile, 'utf8')) / 1000 };
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const describe = ({ seconds, peakMb }: Checked): string =>
  `${seconds.toFixed(1)} s, ${((sites * rowsPerFile) / seconds / 1e6).toFixed(2)} million rows/s, peak ${peakMb.toFixed(0)} MB`;

const folder = await mkdtemp(join(tmpdir(), 'bench-many-meters-'));
try {
  const bytes = await generate(folder);
  say(
    `${String(sites)} sites, a file of ${String(rowsPerFile)} hourly rows (${String(Math.round(bytes / 1000))} kB) each; ${String(contents)} different contents, hard links`,
  );
  await check(folder, 'first.yaml');
  const gains: number[] = [];
  const possible: number[] = [];
  let peakMb = 0;
  for (let round = 0; round < rounds; round += 1) {
    const one = await check(folder, 'all.yaml', 1);
    const two = await check(folder, 'all.yaml', 2);
    const startedMs = performance.now();
    await Promise.all(['first.yaml', 'second.yaml'].map((name) => check(folder, name, 1)));
    const apart = (performance.now() - startedMs) / 1000;
    say(`wattlift check all.yaml, 1 thread: ${describe(one)}`);
    say(
      `wattlift check all.yaml, 2 threads: ${describe(two)}; 2 processes of half the sites each: ${apart.toFixed(1)} s`,
    );
    gains.push(one.seconds / two.seconds);
    possible.push(one.seconds / apart);
    peakMb = Math.max(peakMb, one.peakMb, two.peakMb);
  }
  const [gain, most] = [median(gains), median(possible)];
  say(
    `2 threads against 1: ${gain.toFixed(2)} times, 2 processes: ${most.toFixed(2)} times (medians of ${String(rounds)}); node ${process.versions.node}, ${String(availableParallelism())} processors, ${cpus()[0]?.model ?? ''}`,
  );
  if (peakMb >= mostMb || gain < Math.min(leastGain, most)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
