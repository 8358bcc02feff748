import type { ForecastKind, Forecasts } from '../domain/forecast.ts';
import type { Series } from '../domain/moer.ts';
import { cutSpan, type Span } from '../domain/span.ts';
import { fetchInOrder, type Answered } from './fetch-in-order.ts';
import type { Terminal } from './terminal.ts';
import { keepForecasts } from './watttime-keep.ts';
import { showInstant, toCsvRow, writeOut, type OutFlags, type Write } from './watttime-output.ts';
import { withWattTime, type SessionFlags } from './watttime-session.ts';
import { readWindow, type WindowFlags } from './watttime-window.ts';

export interface ForecastFlags extends SessionFlags, OutFlags {
  readonly region: string;
  readonly signal: string;
  readonly horizonHours: number;
  readonly model?: string;
  readonly csv?: true;
  readonly store?: true;
}

/** The most one request may span, half open (watttime contract, `/v3/forecast/historical`). */
const dayMs = 86_400_000;
/** An answer has some 80,000 values: few are held at once. */
const atOnce = 2;

/** `watttime forecast`: the newest forecast; with `--store` it is kept in the dataset besides. */
export async function showForecast(flags: ForecastFlags, terminal: Terminal): Promise<number> {
  const { series, kind } = toQuestion(flags);
  return withWattTime(flags, { credentials: 'both' }, terminal, async (session) => {
    const fetchOne = (): Promise<Forecasts> => session.client.forecast(series, kind);
    if (flags.store) {
      await keepForecasts({ series, kind, session, terminal, command: 'forecast' }, async ({ store, note }) => {
        const askedAt = terminal.clock.now();
        const answer = await fetchOne();
        await store.add(series, undefined, kind, answer, askedAt);
        note(answer);
      });
      return;
    }
    const answer = await fetchOne();
    for (const warning of answer.warnings) session.log.warn(warning);
    await writeOut(flags, terminal, async (write) => {
      if (flags.csv) return write(csvHead + toCsv(answer, series));
      const [forecast] = answer.forecasts;
      const data = (forecast?.points ?? []).map(toPoint);
      const meta = { ...toMeta(series, answer, kind), generated_at: showInstant(forecast?.generatedAt ?? 0) };
      return write(`${JSON.stringify({ data, meta })}\n`);
    });
  });
}

/** `watttime forecast-history`: every forecast that was made in the window, in requests of 24 hours. */
export async function showPastForecasts(flags: ForecastFlags & WindowFlags, terminal: Terminal): Promise<number> {
  const { series, kind } = toQuestion(flags);
  const window = readWindow(flags, terminal.clock.now());
  return withWattTime(flags, { credentials: 'both' }, terminal, async (session) => {
    const fetchAll = <T>(spans: readonly Span[], fetchOne: (span: Span) => Promise<T>): AsyncGenerator<Answered<T>> =>
      fetchInOrder(spans, { fetchOne, concurrency: atOnce, shortestMs: 3_600_000, gridMs: 300_000 });
    const ask = (span: Span): Promise<Forecasts> => session.client.pastForecasts(series, span, kind);
    if (flags.store) {
      await keepForecasts(
        { series, kind, session, terminal, window, command: 'forecast-history' },
        async ({ store, note }) => {
          const fetchAndAdd = async (span: Span): Promise<void> => {
            const askedAt = terminal.clock.now();
            const answer = await ask(span);
            await store.add(series, span, kind, answer, askedAt);
            note(answer);
          };
          const missing = await store.missing(series, window, kind);
          for await (const _ of fetchAll(missing, fetchAndAdd));
        },
      );
      return;
    }
    const answers = fetchAll(cutSpan(window, dayMs), ask);
    const warnings = await writeOut(flags, terminal, (write) =>
      flags.csv ? writeCsv(answers, series, write) : writeJson(answers, series, kind, window, write),
    );
    for (const warning of warnings) session.log.warn(warning);
  });
}

function toQuestion({ region, signal, horizonHours, model }: ForecastFlags): {
  readonly series: Series;
  readonly kind: ForecastKind;
} {
  return { series: { region, signal }, kind: { horizonHours, model } };
}

async function writeJson(
  answers: AsyncIterable<Answered<Forecasts>>,
  series: Series,
  kind: ForecastKind,
  window: Span,
  write: Write,
): Promise<ReadonlySet<string>> {
  const warnings = new Set<string>();
  let meta: object = {};
  // Nothing is written before something came.
  let [forecasts, expected, separator] = [0, 0, '{"data":[\n'];
  for await (const { asked, answer } of answers) {
    for (const warning of answer.warnings) warnings.add(warning);
    meta = toMeta(series, answer, kind);
    forecasts += answer.forecasts.length;
    expected += (asked.end - asked.start) / 1000 / answer.generatedEverySeconds;
    for (const { generatedAt, points } of answer.forecasts) {
      const forecast = { generated_at: showInstant(generatedAt), forecast: points.map(toPoint) };
      await write(separator + JSON.stringify(forecast));
      separator = ',\n';
    }
  }
  const rest = {
    meta: { ...meta, warnings: [...warnings] },
    window: { start: showInstant(window.start), end: showInstant(window.end) },
    expected: Math.floor(expected),
    received: forecasts,
  };
  await write(`${forecasts === 0 ? '{"data":[' : ''}\n],${JSON.stringify(rest).slice(1)}\n`);
  return warnings;
}

const csvHead = toCsvRow(['generated_at', 'point_time', 'value', 'region', 'signal', 'model']);

async function writeCsv(
  answers: AsyncIterable<Answered<Forecasts>>,
  series: Series,
  write: Write,
): Promise<ReadonlySet<string>> {
  const warnings = new Set<string>();
  let head = csvHead;
  for await (const { answer } of answers) {
    for (const warning of answer.warnings) warnings.add(warning);
    await write(head + toCsv(answer, series));
    head = '';
  }
  return warnings;
}

function toCsv({ forecasts, model }: Forecasts, { region, signal }: Series): string {
  const rows = forecasts.flatMap(({ generatedAt, points }) => {
    const made = showInstant(generatedAt);
    return points.map(({ time, value }) => toCsvRow([made, showInstant(time), value, region, signal, model]));
  });
  return rows.join('');
}

function toPoint({ time, value }: { readonly time: number; readonly value: number }): object {
  return { point_time: showInstant(time), value };
}

function toMeta({ region, signal }: Series, answer: Forecasts, { horizonHours }: ForecastKind): object {
  return {
    region,
    signal_type: signal,
    data_point_period_seconds: answer.periodSeconds,
    generated_at_period_seconds: answer.generatedEverySeconds,
    horizon_hours: horizonHours,
    units: answer.units,
    model: answer.model,
    warnings: answer.warnings,
  };
}
