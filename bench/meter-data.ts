/**
 * How fast are meter files read, and in how much memory? `npm run build && npx tsx bench/meter-data.ts [rows=1000000]
 * [large=5000000]` writes plain two-column files of five-minute data and reads each in a process of its own: by csv-parse to
 * arrays alone; the whole way (read, parse, zone, check, canonical bytes, hash) with csv-parse and by the fast lane; then
 * large files in order of time, in local time, and shuffled, for their peak memory. Fails where a target is missed: 2.5
 * times the rows a second of csv-parse alone, 150 MB in order, 300 MB out of order.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const reader = new URL('../dist/files/read-meter.js', import.meta.url).href;
const rows = Number(process.argv[2] ?? 1_000_000);
const large = Number(process.argv[3] ?? 5_000_000);
const stepMs = 300_000;
const firstMs = Date.UTC(1980, 0, 1);

/** csv-parse at its best: a stream of the file, every record an array, nothing done with them. */
const arraysAlone = `
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
const started = performance.now();
let rows = 0;
const parser = createReadStream(process.argv[1]).pipe(parse());
parser.on('data', () => { rows += 1; });
await new Promise((resolve, reject) => parser.on('end', resolve).on('error', reject));
console.log(JSON.stringify({ rows: rows - 1, ms: performance.now() - started, kb: process.resourceUsage().maxRSS }));`;

/** The whole way. No bytes are kept, as in `check`. */
const wholeWay = `
import { readMeter } from ${JSON.stringify(reader)};
const form = { intervals: ['start_datetime', 'energy_kwh'], bills: ['start_date', 'end_date', 'energy_kwh'], gasUnit: 'kwh' };
const meter = { id: 'main', type: 'electricity', data: [process.argv[1]] };
const started = performance.now();
const { parts } = await readMeter(meter, process.argv[2], form, (path) => path, undefined, { mostBytes: 0 });
const ms = performance.now() - started;
const rows = parts.reduce((sum, { part }) => sum + part.rows, 0);
console.log(JSON.stringify({ rows, ms, kb: process.resourceUsage().maxRSS, hash: parts.map(({ part }) => part.sha256).join() }));`;

interface Measured {
  readonly rows: number;
  readonly ms: number;
  readonly kb: number;
  readonly hash?: string;
}

function measure(code: string, path: string, zone = 'America/Chicago'): Measured {
  const args = ['--input-type=module', '-e', code, path, zone];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`reading ${path} exited ${String(status)}: ${stderr}`);
  const measured: Measured = JSON.parse(stdout);
  return measured;
}

/** The best of some runs: what else the machine does only ever makes one slower. */
function bestOf(runs: number, code: string, path: string): Measured {
  const all = Array.from({ length: runs }, () => measure(code, path));
  return all.toSorted((a, b) => a.ms - b.ms)[0] ?? { rows: 0, ms: Number.NaN, kb: 0 };
}

/** Every number below `count` once, in an order that has nothing of the first. */
function* shuffled(count: number): Generator<number, void, void> {
  const size = 2 ** Math.ceil(Math.log2(count));
  for (let n = 0, at = 12_345; n < size; n += 1, at = (at * 1_664_525 + 1_013_904_223) % size) if (at < count) yield at;
}

function* inOrder(count: number): Generator<number, void, void> {
  for (let at = 0; at < count; at += 1) yield at;
}

async function write(path: string, header: string, order: Iterable<number>, offset: string): Promise<void> {
  const file = createWriteStream(path);
  let lines = `${header}\n`;
  for (const at of order) {
    const time = new Date(firstMs + at * stepMs).toISOString().slice(0, 19);
    lines += `${time}${offset},${((Math.sin(at / 50) + 1.5) * 1.3).toFixed(3)}\n`;
    if (lines.length < 1_000_000) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await finished(file);
}

const perSecond = ({ rows: count, ms }: Measured): number => count / ms / 1000;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function line(what: string, measured: Measured, beside?: Measured): void {
  const ratio =
    beside === undefined ? '' : `, ${(perSecond(measured) / perSecond(beside)).toFixed(2)} times csv-parse alone`;
  const speed = `${(measured.ms / 1000).toFixed(2)} s, ${perSecond(measured).toFixed(2)} million rows a second${ratio}`;
  say(`${what.padEnd(44)} ${speed}; peak ${(measured.kb / 1000).toFixed(0)} MB`);
}

const folder = await mkdtemp(join(tmpdir(), 'bench-meter-data-'));
try {
  const model = cpus()[0]?.model ?? 'unknown processor';
  say(`Node ${process.version}, ${String(availableParallelism())} cores, ${model}`);
  const plain = join(folder, 'plain.csv');
  const quoted = join(folder, 'quoted.csv');
  await write(plain, 'timestamp,energy (kWh)', inOrder(rows), 'Z');
  // A quote anywhere, here in the header, keeps a file out of the fast lane.
  await write(quoted, '"timestamp",energy (kWh)', inOrder(rows), 'Z');
  say(`${rows.toLocaleString('en')} rows, the best of three:`);
  const alone = bestOf(3, arraysAlone, plain);
  const slow = bestOf(3, wholeWay, quoted);
  const fast = bestOf(3, wholeWay, plain);
  line('csv-parse to arrays alone', alone);
  line('the whole way with csv-parse', slow, alone);
  line('the whole way by the fast lane', fast, alone);
  if (slow.hash !== fast.hash) throw new Error('the two lanes gave different bytes');
  if (perSecond(fast) < 2.5 * perSecond(alone)) process.exitCode = 1;

  say(`${large.toLocaleString('en')} rows:`);
  const path = join(folder, 'large.csv');
  const cases = [
    ['in order of time', inOrder, 'Z', 150],
    ['in order, local time', inOrder, '', 150],
    ['shuffled', shuffled, 'Z', 300],
  ] as const;
  for (const [what, order, offset, mostMb] of cases) {
    await write(path, 'timestamp,energy (kWh)', order(large), offset);
    // A zone without daylight saving: the file is of a clock that never changed.
    const measured = measure(wholeWay, path, 'America/Phoenix');
    line(what, measured);
    if (measured.rows !== large) throw new Error(`${String(measured.rows)} rows were read`);
    if (measured.kb > mostMb * 1000) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
