import type { ForecastKind, Forecasts } from '../domain/forecast.ts';
import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import { holdStore } from '../ledger/hold-store.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import { createForecastStore, type ForecastDataset } from '../store/forecast-store.ts';
import type { Terminal } from './terminal.ts';
import { showInstant } from './watttime-output.ts';
import type { WattTimeUse } from './watttime-session.ts';

export interface Keeping {
  readonly series: Series;
  readonly kind: ForecastKind;
  readonly session: WattTimeUse;
  readonly terminal: Terminal;
  /** The times at which the forecasts were made; absent for the newest one alone. */
  readonly window?: Span;
  /** What other processes are told that holds the ledger. */
  readonly command: string;
}

/** Where answers go. */
export interface Keeper {
  readonly store: ForecastDataset;
  /** Counts an answer that was stored. */
  readonly note: (answer: Forecasts) => void;
}

/**
 * Holds the ledger while `fill` puts answers into the dataset beside the history's (`<store>-forecasts`), then prints what
 * came of it. Throws `LedgerHeldError` while a run is at work, or another process keeps forecasts in the same folder.
 */
export async function keepForecasts(keeping: Keeping, fill: (keeper: Keeper) => Promise<void>): Promise<void> {
  const { series, kind, terminal, window } = keeping;
  const { manifest, log } = keeping.session;
  const { clock } = terminal;
  const ledger = await openSqliteLedger(manifest.ledger, {
    mode: 'run',
    clock,
    command: `wattlift watttime ${keeping.command}`,
  });
  const folder = `${manifest.store}-forecasts`;
  let letGo: (() => void) | undefined;
  const store = createForecastStore({ dir: folder, coverage: ledger, nowMs: clock.now(), clock });
  const warnings = new Set<string>();
  let [requests, forecasts, everySeconds] = [0, 0, 300];
  try {
    letGo = await holdStore(folder);
    await fill({
      store,
      note: (answer) => {
        requests += 1;
        forecasts += answer.forecasts.length;
        everySeconds = answer.generatedEverySeconds;
        for (const warning of answer.warnings) warnings.add(warning);
      },
    });
    for (const warning of warnings) log.warn(warning);
    const held = window && (await store.count(series, window));
    const document = {
      region: series.region,
      signal_type: series.signal,
      horizon_hours: kind.horizonHours,
      requests,
      forecasts,
      ...(window &&
        held && {
          window: { start: showInstant(window.start), end: showInstant(window.end) },
          expected: Math.floor((window.end - window.start) / 1000 / everySeconds),
          held: held.forecasts,
          values: held.values,
        }),
      folder,
    };
    terminal.stdout.write(`${JSON.stringify(document)}\n`);
  } finally {
    await store.close();
    letGo?.();
    await ledger.close();
  }
}
