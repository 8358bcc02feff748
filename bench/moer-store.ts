/**
 * What it costs to store MOER: `npx tsx bench/moer-store.ts [regions=1]` adds the year 2025 (12 answers, 105,120 points)
 * of each region, region after region, the answers of one at once as a run does, and prints time and peak memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMoerStore } from '../src/store/moer-store.ts';
import type { AnsweredSpan } from '../src/store/settled.ts';

const dayMs = 86_400_000;
const year = { start: Date.UTC(2025, 0, 1), end: Date.UTC(2026, 0, 1) };
const regions = Number(process.argv[2] ?? 1);
const nowMs = Date.now();
const dir = await mkdtemp(join(tmpdir(), 'bench-moer-'));
const answered = new Map<string, readonly AnsweredSpan[]>();

const store = createMoerStore({
  dir,
  // Right for requests that do not overlap, which is all this makes.
  coverage: {
    coverage: async (series) => ({ periodSeconds: 300, spans: answered.get(series) ?? [] }),
    cover: async (series, _period, spans) => {
      const starts = new Set(spans.map(({ start }) => start));
      const others = (answered.get(series) ?? []).filter(({ start }) => !starts.has(start));
      answered.set(
        series,
        [...others, ...spans].sort((a, b) => a.start - b.start),
      );
    },
  },
  revisionsMs: 7 * dayMs,
  chunkMs: 32 * dayMs,
  nowMs,
  clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined },
});

const startedMs = performance.now();
const baseMb = process.resourceUsage().maxRSS / 1000;
for (let region = 0; region < regions; region += 1) {
  const series = { signal: 'co2_moer', region: `REGION_${String(region)}` };
  const requests = await store.missing(series, year);
  await Promise.all(
    requests.map(async (span) => {
      const points = Array.from({ length: (span.end - span.start) / 300_000 }, (_, n) => ({
        time: span.start + n * 300_000,
        value: 400 + Math.round(Math.sin(n) * 4000) / 10,
        model: '2023-03-01',
      }));
      await store.add(series, span, { points, periodSeconds: 300, warnings: [] }, nowMs);
    }),
  );
  const { received } = await store.count(series, year);
  if (received !== 105_120) throw new Error(`${series.region} holds ${String(received)} points, not 105120`);
}
const tookMs = performance.now() - startedMs;
await store.close();
await rm(dir, { recursive: true, force: true });
const peakMb = process.resourceUsage().maxRSS / 1000;
process.stdout.write(
  `${String(regions)} region-years: ${tookMs.toFixed(0)} ms, peak ${peakMb.toFixed(0)} MB (${baseMb.toFixed(0)} MB before the store)\n`,
);
