import type { RunCounts } from '../run/tally.ts';
import { formatDuration } from './duration.ts';
import type { ApiCounts } from './run-document.ts';
import type { Terminal } from './terminal.ts';

const redrawEveryMs = 200;

/** Where a run stands. */
export interface Standing {
  readonly counts: RunCounts;
  readonly requests: ApiCounts;
}

/** One live line on stderr while a run goes: sites, rate, time left, items, requests. Nothing where it is not wanted. */
export interface Progress {
  /** Draws the line from now on, several times a second. */
  start(look: () => Standing): void;
  /** Prints a finished line above the live one. */
  print(text: string): void;
  /** Takes the live line away. */
  end(): void;
}

/** `total` is how many sites there are to take; `live` whether a line is drawn at all. */
export function openProgress({ stderr, clock }: Terminal, total: number, live: boolean): Progress {
  let timer: NodeJS.Timeout | undefined;
  let shown = '';
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K');
  };
  return {
    start: (look) => {
      if (!live) return;
      const startedAt = clock.monotonic();
      const draw = (): void => {
        shown = describe(look(), total, (clock.monotonic() - startedAt) / 1000).slice(0, stderr.columns - 1);
        stderr.write(`\r${shown}\u001B[K`);
      };
      draw();
      timer = setInterval(draw, redrawEveryMs).unref();
    },
    print: (text) => {
      clear();
      stderr.write(text + shown);
    },
    end: () => {
      clearInterval(timer);
      clear();
      shown = '';
    },
  };
}

function describe({ counts: { sites, steps }, requests }: Standing, total: number, seconds: number): string {
  const rate = sites.total / Math.max(seconds, 0.001);
  const left = total > sites.total ? `, ${formatDuration((total - sites.total) / rate)} left` : '';
  const pace = sites.total > 0 ? `, ${rate.toFixed(1)}/s${left}` : '';
  const items = Object.entries(steps)
    .filter(([, { done, skipped }]) => done + skipped > 0)
    .map(([step, { done, skipped }]) => `${step} ${String(done + skipped)}`);
  const bad = sites.failed + sites.uncertain > 0 ? `, ${String(sites.failed + sites.uncertain)} failed` : '';
  const sent = requests.watttime.total + requests.wattcarbon.total;
  return [`${String(sites.total)}/${String(total)} sites${bad}${pace}, ${String(sent)} requests`, ...items].join('  ');
}
