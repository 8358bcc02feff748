import type { RunCounts } from '../run/tally.ts';
import type { Terminal } from './terminal.ts';

const redrawEveryMs = 100;

/** One live line on stderr while a run goes: sites, rate, time left. Nothing at all where stderr is not a terminal. */
export interface Progress {
  update(counts: RunCounts): void;
  /** Prints a finished line above the live one. */
  print(text: string): void;
  /** Takes the live line away. */
  end(): void;
}

/** `total` is how many sites there are to take. */
export function openProgress({ stderr, clock }: Terminal, total: number, live: boolean): Progress {
  const startedAt = clock.monotonic();
  let drawnAt = -Infinity;
  let shown = '';
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K');
  };
  return {
    update: (counts) => {
      const now = clock.monotonic();
      if (!live || now - drawnAt < redrawEveryMs) return;
      drawnAt = now;
      shown = describe(counts, total, (now - startedAt) / 1000).slice(0, stderr.columns - 1);
      stderr.write(`\r${shown}\u001B[K`);
    },
    print: (text) => {
      clear();
      stderr.write(text);
      if (shown) stderr.write(shown);
    },
    end: () => {
      clear();
      shown = '';
    },
  };
}

function describe({ sites, steps }: RunCounts, total: number, seconds: number): string {
  const rate = sites.total / Math.max(seconds, 0.001);
  const left = rate > 0 && total > sites.total ? `, ${formatDuration((total - sites.total) / rate)} left` : '';
  const items = Object.entries(steps).map(([step, { done, skipped }]) => `${step} ${String(done + skipped)}`);
  const bad = sites.failed + sites.uncertain > 0 ? `, ${String(sites.failed + sites.uncertain)} failed` : '';
  return `${String(sites.total)}/${String(total)} sites${bad}, ${rate.toFixed(1)}/s${left} | ${items.join(' ')}`;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
  return `${String(Math.floor(whole / 3600))} h ${String(Math.floor((whole % 3600) / 60))} min`;
}
