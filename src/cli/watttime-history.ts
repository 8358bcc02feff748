import { findGaps, type History, type MoerPoint, type Series } from '../domain/moer.ts';
import { cutSpan, mergeSpans, type Span } from '../domain/span.ts';
import { fetchInOrder, type Answered } from './fetch-in-order.ts';
import type { Terminal } from './terminal.ts';
import { showInstant, toCsvRow, writeOut, type OutFlags, type Write } from './watttime-output.ts';
import { withWattTime, type SessionFlags, type WattTimeUse } from './watttime-session.ts';
import { readWindow, type WindowFlags } from './watttime-window.ts';

export interface HistoryFlags extends SessionFlags, OutFlags, WindowFlags {
  readonly region: string;
  readonly signal: string;
  readonly model?: string;
  readonly imputed?: true;
  readonly csv?: true;
}

const dayMs = 86_400_000;

/** What a finished series says of itself, besides its points. */
interface Summary {
  expected: number;
  received: number;
  periodSeconds: number | undefined;
  units: string | undefined;
  readonly models: Set<string>;
  readonly warnings: Set<string>;
  readonly missing: Span[];
}

/** `watttime historical`: any window, in as few requests as can be, each point once, and what did not come. */
export async function showHistory(flags: HistoryFlags, terminal: Terminal): Promise<number> {
  const { region, signal, model, imputed } = flags;
  const window = readWindow(flags, terminal.clock.now());
  const needs = { credentials: 'both', model, imputed } as const;
  return withWattTime(flags, needs, terminal, async (session) => {
    const series = { region, signal };
    const answers = fetchInOrder(cutSpan(window, 32 * dayMs), {
      fetchOne: (span) => session.client.history(series, span),
      concurrency: session.manifest.watttime.concurrency,
      shortestMs: dayMs,
      gridMs: 3_600_000,
    });
    const summary = await writeOut(flags, terminal, (write) =>
      flags.csv ? writeCsv(answers, series, write) : writeJson(answers, series, window, write),
    );
    tell(summary, series, session);
  });
}

async function writeJson(
  answers: AsyncIterable<Answered<History>>,
  series: Series,
  window: Span,
  write: Write,
): Promise<Summary> {
  const summary = emptySummary();
  // Nothing is written before something came.
  let separator = '{"data":[\n';
  for await (const { asked, answer } of answers) {
    note(summary, asked, answer);
    const rows = Array.from(answer.points, (point) => JSON.stringify(toRow(point)));
    if (rows.length > 0) await write(separator + rows.join(',\n'));
    if (rows.length > 0) separator = ',\n';
  }
  const { periodSeconds, units, models, warnings, expected, received } = summary;
  const rest = {
    meta: {
      region: series.region,
      signal_type: series.signal,
      data_point_period_seconds: periodSeconds,
      units,
      models: [...models].sort(),
      warnings: [...warnings],
    },
    window: showSpan(window),
    expected,
    received,
    missing: mergeSpans(summary.missing).map(showSpan),
  };
  await write(`${received === 0 ? '{"data":[' : ''}\n],${JSON.stringify(rest).slice(1)}\n`);
  return summary;
}

async function writeCsv(
  answers: AsyncIterable<Answered<History>>,
  { region, signal }: Series,
  write: Write,
): Promise<Summary> {
  const summary = emptySummary();
  let head = toCsvRow(['point_time', 'value', 'region', 'signal', 'model', 'imputed']);
  for await (const { asked, answer } of answers) {
    note(summary, asked, answer);
    const rows = Array.from(answer.points, ({ time, value, model, imputed }) =>
      toCsvRow([showInstant(time), value, region, signal, model, imputed]),
    );
    await write(head + rows.join(''));
    head = '';
  }
  return summary;
}

function toRow({ time, value, model, imputed }: MoerPoint): object {
  return {
    point_time: showInstant(time),
    value,
    ...(model !== undefined && { model }),
    ...(imputed !== undefined && { imputed_data_used: imputed }),
  };
}

function emptySummary(): Summary {
  return {
    expected: 0,
    received: 0,
    periodSeconds: undefined,
    units: undefined,
    models: new Set(),
    warnings: new Set(),
    missing: [],
  };
}

function note(summary: Summary, asked: Span, answer: History): void {
  const { full, gaps } = findGaps(asked, answer);
  summary.expected += full;
  summary.received += answer.points.length;
  summary.periodSeconds = answer.periodSeconds;
  summary.units ??= answer.units;
  for (const { model } of answer.points) if (model !== undefined) summary.models.add(model);
  for (const warning of answer.warnings) summary.warnings.add(warning);
  summary.missing.push(...gaps);
}

/** What a reader of CSV would not see. */
function tell(summary: Summary, { region, signal }: Series, { log }: WattTimeUse): void {
  const name = `${signal} of ${region}`;
  for (const warning of summary.warnings) log.warn({ region, signal }, `WattTime warns of ${name}: ${warning}`);
  if (summary.models.size > 1) {
    const models = [...summary.models].sort();
    log.warn({ region, signal, models }, `${name} is of ${String(models.length)} models; ask for one with --model`);
  }
  const gaps = mergeSpans(summary.missing);
  const [first, last] = [gaps[0], gaps.at(-1)];
  if (first === undefined || last === undefined) return;
  const missing = summary.expected - summary.received;
  const stretches = gaps.length === 1 ? 'one stretch' : `${String(gaps.length)} stretches`;
  log.warn(
    { region, signal, missing, expected: summary.expected },
    `${name}: ${String(missing)} of ${String(summary.expected)} points did not come, in ${stretches} from ${showInstant(first.start)} to ${showInstant(last.end)}: before the first data of the model, not published yet, or not there`,
  );
}

function showSpan({ start, end }: Span): { readonly start: string; readonly end: string } {
  return { start: showInstant(start), end: showInstant(end) };
}
