import { subtractSpans } from '../../src/domain/span.ts';
import type { CoverageLedger } from '../../src/store/coverage.ts';
import type { AnsweredSpan } from '../../src/store/settled.ts';

/** Coverage as the ledger's contract says, in memory. What is trimmed keeps its old number of points: no one may rely on it. */
export function createMemoryCoverage(): CoverageLedger {
  const kept = new Map<string, { periodSeconds: number; spans: readonly AnsweredSpan[] }>();
  return {
    coverage: async (series) => kept.get(series) ?? { periodSeconds: undefined, spans: [] },
    cover: async (series, periodSeconds, spans) => {
      const old = kept.get(series)?.spans ?? [];
      const trimmed = old.flatMap((answer) => subtractSpans(answer, spans).map((rest) => ({ ...answer, ...rest })));
      kept.set(series, { periodSeconds, spans: [...trimmed, ...spans].sort((a, b) => a.start - b.start) });
    },
  };
}
