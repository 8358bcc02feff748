/**
 * What a pull of ten region-years costs: `npm run bench:moer [-- --rounds 3 --latency]`.
 *
 * The sandbox serves in a process of its own. Side by side in each round, each a process of its own too: a bare loop of fetch
 * and JSON.parse over the same answers, and the built program with everything it does (start, token, throttle, permits, checks,
 * Parquet, ledger). Before them the same number of requests at a flat ten a second. With `--latency` each answer takes 300 ms more, and
 * the comparison is with one request after the other.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, latency: { type: 'boolean' } } });
const rounds = Number(values.rounds ?? 3);
const latencyMs = values.latency === true ? 300 : 0;
const year = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2026, 0, 1) };
const regions =
  'CAISO_NORTH CAISO_REDDING NEVP AZPS PACE PSCO ERCOT_AUSTIN MISO_MINNEAPOLIS PJM_CHICAGO NYISO_NYC'.split(' ');
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const tellPeak = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`;

/** A process of its own, as the program is: one login, then every answer of ten region-years, one after the other. */
const bareLoop = `
const [url, regions, start, end] = process.argv.slice(1);
const authorization = 'Basic ' + Buffer.from('bench:bench-1').toString('base64');
const { token } = JSON.parse(await (await fetch(url + '/login', { headers: { authorization } })).text());
const headers = { authorization: 'Bearer ' + token };
const chunkMs = 32 * 86_400_000;
let points = 0;
for (const region of regions.split(' ')) {
  for (let from = Number(start); from < Number(end); from += chunkMs) {
    const last = Math.min(from + chunkMs, Number(end)) - 300_000;
    const query = new URLSearchParams({ region, signal_type: 'co2_moer', start: new Date(from).toISOString(), end: new Date(last).toISOString() });
    const answer = JSON.parse(await (await fetch(url + '/v3/historical?' + query, { headers })).text());
    points += answer.data.length;
  }
}
console.log(points);`;

const server = fork(new URL('moer-server.ts', import.meta.url), {
  execArgv: ['--import', 'tsx'],
  env: { ...process.env, MOER_LATENCY_MS: String(latencyMs) },
});
const { url } = z.object({ url: z.string() }).parse(await heard());
const folder = await mkdtemp(join(tmpdir(), 'bench-moer-'));
try {
  const flatMs = latencyMs === 0 ? await timeFlatTen() : Number.NaN;
  if (latencyMs === 0) say(`the same requests at a flat 10 a second: ${seconds(flatMs)}`);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bareMs = await timeBareLoop();
    await takeCounts();
    const ours = await timeProgram(round);
    const asked = await takeCounts();
    ratios.push(ours.ms / bareMs);
    say(
      `bare loop ${seconds(bareMs)}; wattlift ${seconds(ours.ms)} (${(ours.ms / bareMs).toFixed(2)} times), peak ${(ours.peakKb / 1000).toFixed(0)} MB, ` +
        `${String(asked['historical'])} historical requests, ${String(asked['login'])} login`,
    );
    if (asked['historical'] !== 120 || asked['login'] !== 1) throw new Error(`asked ${JSON.stringify(asked)}`);
    if (latencyMs === 0) say(`  ${(flatMs / ours.ms).toFixed(1)} times faster than at a flat 10 a second`);
    else say(`  ${(bareMs / ours.ms).toFixed(1)} times faster than one request after the other`);
  }
  const best = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  say(`median: ${best.toFixed(2)} times the bare loop`);
} finally {
  server.disconnect();
  await rm(folder, { recursive: true, force: true });
}

async function timeBareLoop(): Promise<number> {
  const startedAt = performance.now();
  const args = ['--input-type=module', '-e', bareLoop, url, regions.join(' '), String(year.start), String(year.end)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child, 'close');
  const ms = performance.now() - startedAt;
  if (Number(said) !== regions.length * 105_120) throw new Error(`the bare loop got ${said} points`);
  return ms;
}

/** 120 requests of one token, one begun every tenth of a second, as a client does that knows the limit as a rate alone. */
async function timeFlatTen(): Promise<number> {
  const startedAt = performance.now();
  const authorization = `Basic ${Buffer.from('bench:bench-1').toString('base64')}`;
  const { token } = z
    .object({ token: z.string() })
    .parse(await (await fetch(`${url}/login`, { headers: { authorization } })).json());
  const days = 30 * 86_400_000;
  const asked = Array.from({ length: 120 }, async (_, n) => {
    await sleep(n * 100);
    const start = new Date(year.start + (n % 12) * days).toISOString();
    const end = new Date(year.start + ((n % 12) + 1) * days).toISOString();
    const query = new URLSearchParams({ region: regions[n % 10] ?? '', signal_type: 'co2_moer', start, end });
    const answer = await fetch(`${url}/v3/historical?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.text()).length;
  });
  await Promise.all(asked);
  return performance.now() - startedAt;
}

async function timeProgram(round: number): Promise<{ readonly ms: number; readonly peakKb: number }> {
  const manifest = join(folder, `pipeline-${String(round)}.yaml`);
  const sites = regions.map((region) => ({ id: region, region }));
  const moer = { from: '2025-01-01', to: '2026-01-01' };
  const own = { ledger: `ledger-${String(round)}.db`, store: `moer-${String(round)}` };
  await writeFile(manifest, JSON.stringify({ version: 1, ...own, moer, sites }));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tellPeak)}`, main, 'run', manifest, '--json'],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        WATTTIME_USER: 'bench',
        WATTTIME_PASSWORD: 'bench-1',
        WATTTIME_API_URL: url,
      },
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stdout.resume();
  const code: unknown = (await once(child, 'close'))[0];
  const ms = performance.now() - startedAt;
  const peakKb = Number(/peak (\d+)/.exec(said)?.[1]);
  if (code !== 0) throw new Error(`wattlift ended with ${String(code)}: ${said}`);
  return { ms, peakKb };
}

async function takeCounts(): Promise<Readonly<Record<string, number>>> {
  server.send('counts');
  return z.object({ asked: z.record(z.string(), z.number()) }).parse(await heard()).asked;
}

async function heard(): Promise<unknown> {
  const [message]: unknown[] = await once(server, 'message');
  return message;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
