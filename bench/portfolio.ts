/**
 * Do `check` and `plan` stream a portfolio? `npm run build && npx tsx bench/portfolio.ts [rows=25000,100000]` writes
 * portfolios of so many rows (and one meter file that all of them name), runs the built program on each and prints time,
 * processor time and peak memory. Fails when one takes 400 MB, or when processor time grows faster than the rows (by half).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const mostMb = 400;
const sizes = (process.argv[2] ?? '25000,100000').split(',').map(Number);
const commands = [['check'], ['plan', '--json']] as const;

/** Node's own figures of its process, written to a file as it ends: kilobytes and microseconds. */
const measure = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.USAGE_FILE, maxRSS + ' ' + (userCPUTime + systemCPUTime));
});`;

const manifest = `
version: 1
wattcarbon: { account: bench }
moer: { from: 2025-01-01, to: 2026-01-01 }
defaults: { utility: ABC Utility, timezone: America/Chicago }
portfolio:
  file: sites.csv
  columns:
    id: Site ID
    name: Name
    location.street: Street
    location.city: City
    location.state: State
    location.postalCode: ZIP
    coordinates.latitude: Lat
    coordinates.longitude: Lon
    asset.kind: Kind
    asset.nameplateCapacityKw: kW
    asset.commencedOperationDate: Start
    meters.0.data: File
  set: { location.country: US, meters.0.id: main, meters.0.type: electricity }
`;

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

async function writePortfolio(folder: string, rows: number): Promise<void> {
  await mkdir(join(folder, 'exports'), { recursive: true });
  await writeFile(join(folder, 'pipeline.yaml'), manifest);
  const day = Array.from({ length: 24 }, (_, hour) => `2025-01-01T${String(hour).padStart(2, '0')}:00:00Z,1.5`);
  await writeFile(join(folder, 'exports/day.csv'), `start_datetime,energy_kwh\n${day.join('\n')}\n`);
  const out = createWriteStream(join(folder, 'sites.csv'));
  out.write('Site ID,Name,Street,City,State,ZIP,Lat,Lon,Kind,kW,Start,File\n');
  for (let n = 0; n < rows; n += 1) {
    // A spot of its own for each site, in the middle of the country.
    const latitude = (36 + (n % 1000) / 200).toFixed(4);
    const longitude = (-98 + Math.floor(n / 1000) / 20).toFixed(4);
    const row = `SP${String(n)},House ${String(n)},${String(n)} Main St,Riverside,IA,52327,${latitude},${longitude},solar,5.5,2022-08-01,exports/day.csv\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

async function run(folder: string, args: readonly string[]): Promise<Measured> {
  const usageFile = join(folder, 'usage');
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--require', join(folder, 'measure.cjs'), main, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], USAGE_FILE: usageFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code]: unknown[] = await once(child, 'close');
  const seconds = (performance.now() - startedMs) / 1000;
  if (code !== 0) throw new Error(`wattlift ${args.join(' ')} exited ${String(code)}`);
  const [peakKb = 0, cpuMicroseconds = 0] = (await readFile(usageFile, 'utf8')).split(' ').map(Number);
  return { seconds, cpuSeconds: cpuMicroseconds / 1e6, peakMb: peakKb / 1000 };
}

const measured = new Map<string, Measured[]>();
for (const rows of sizes) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-portfolio-'));
  await writePortfolio(folder, rows);
  await writeFile(join(folder, 'measure.cjs'), measure);
  for (const command of commands) {
    const name = command.join(' ');
    const one = await run(folder, command);
    measured.set(name, [...(measured.get(name) ?? []), one]);
    process.stdout.write(
      `${String(rows)} rows, ${name}: ${one.seconds.toFixed(1)} s (processor ${one.cpuSeconds.toFixed(1)} s), peak ${one.peakMb.toFixed(0)} MB\n`,
    );
    if (one.peakMb >= mostMb) process.exitCode = 1;
  }
  await rm(folder, { recursive: true, force: true });
}
const [few, many] = [Math.min(...sizes), Math.max(...sizes)];
for (const [name, [first, ...rest]] of measured) {
  const last = rest.at(-1);
  if (!first || !last) continue;
  const ratio = last.cpuSeconds / first.cpuSeconds;
  process.stdout.write(`${name}: ${ratio.toFixed(2)} times the work for ${(many / few).toFixed(2)} times the rows\n`);
  if (ratio > (many / few) * 1.5) process.exitCode = 1;
}
