/**
 * What does `--help` cost over an empty program? `npm run build && npx tsx bench/help.ts [runs=15]` prints the medians of
 * `wattlift --help` and of `node -e 0`, run in turn. Fails when the difference is 0.3 s or more.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const runs = Number(process.argv[2] ?? 15);

function timeOf(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited ${String(status)}`);
  return performance.now() - startedMs;
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

const help: number[] = [];
const empty: number[] = [];
for (let n = 0; n < runs; n += 1) {
  empty.push(timeOf(['-e', '0']));
  help.push(timeOf([main, '--help']));
}
const moreMs = medianOf(help) - medianOf(empty);
process.stdout.write(
  `wattlift --help: ${medianOf(help).toFixed(0)} ms; node -e 0: ${medianOf(empty).toFixed(0)} ms; ${moreMs.toFixed(0)} ms more\n`,
);
if (moreMs >= 300) process.exitCode = 1;
