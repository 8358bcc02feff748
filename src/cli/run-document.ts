import { relative } from 'node:path';
import type { Quarantined } from '../domain/meter-data.ts';
import type { Span } from '../domain/span.ts';
import type { WattliftError } from '../domain/errors.ts';
import type { AcceptedFinding } from '../domain/findings.ts';
import type { RunEnd } from '../run/run.ts';
import type { Failure, SiteCounts, StepCounts } from '../run/tally.ts';
import type { SeriesSummary } from '../steps/moer-count.ts';
import { count, formatAccepted } from './check-document.ts';
import type { RunFindings } from './findings-log.ts';
import { formatDuration } from './duration.ts';
import { formatSeries, readSeries } from './series-summary.ts';
import { formatTable } from './table.ts';

/** What was sent to one API. `limited` counts answers 429, `retries` attempts that repeated an earlier one. */
export type RequestCounts = Readonly<Record<'total' | 'retries' | 'limited', number>>;

/** What was sent with several accounts together. */
export function sumCounts(counts: readonly RequestCounts[]): RequestCounts {
  const sum = (key: keyof RequestCounts): number => counts.reduce((total, one) => total + one[key], 0);
  return { total: sum('total'), retries: sum('retries'), limited: sum('limited') };
}

export type ApiCounts = Readonly<Record<'watttime' | 'wattcarbon', RequestCounts>>;

/** What came of the sites of one account. */
export type AccountEnd = Readonly<{ account: string; sites: SiteCounts; requests: RequestCounts }>;

/** The `--json` document of `run`. */
export interface RunDocument {
  readonly run: string;
  /** `total` is those selected; what is in none of the others was not taken. */
  readonly sites: RunEnd['sites'];
  readonly steps: Readonly<Record<string, StepCounts>>;
  readonly requests: ApiCounts;
  /** Sites and requests of each account, where there are several. */
  readonly accounts?: readonly AccountEnd[];
  /** What the dataset holds of each series of the sites that were taken, and what it lacks, by region and signal. */
  readonly moer: readonly SeriesSummary[];
  readonly failures: readonly Failure[];
  /** Findings in the data that only speak, by code. */
  readonly warnings: Readonly<Record<string, number>>;
  /** Findings that the manifest accepts, with its reasons. */
  readonly accepted: readonly AcceptedFinding[];
  /** Rows that could not be read and were left out (`onBadRow: quarantine`), and the files that have them. */
  readonly quarantined: Quarantined;
  readonly exitCode: number;
  /** What stopped the run before its end. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface RunFacts {
  readonly run: string;
  /** Sites selected. */
  readonly total: number;
  readonly requests: ApiCounts;
  /** What was sent with each account, by name. */
  readonly accounts: ReadonlyMap<string, RequestCounts>;
  readonly findings: RunFindings;
  readonly exitCode: number;
}

export function toRunDocument(
  { run, total, requests, accounts, findings, exitCode }: RunFacts,
  end: RunEnd,
): RunDocument {
  const { sites, steps, failures, error } = end;
  const moer = readSeries(end.learned);
  const stopped = error && { error: { code: error.code, message: error.message } };
  const none = { total: 0, done: 0, failed: 0, uncertain: 0, waiting: 0 };
  const several = accounts.size > 1 && {
    accounts: [...accounts].map(([account, sent]) => ({
      account,
      sites: end.accounts.get(account) ?? none,
      requests: sent,
    })),
  };
  return {
    run,
    sites: { ...sites, total },
    steps,
    requests,
    ...several,
    moer,
    failures,
    ...findings,
    exitCode,
    ...stopped,
  };
}

/** The document of a run that ended before it took a site. */
export function toStoppedDocument(error: WattliftError, exitCode: number): RunDocument {
  const none = { total: 0, retries: 0, limited: 0 };
  return {
    run: '',
    sites: { total: 0, done: 0, failed: 0, uncertain: 0, waiting: 0 },
    steps: {},
    requests: { watttime: none, wattcarbon: none },
    moer: [],
    failures: [],
    warnings: {},
    accepted: [],
    quarantined: { rows: 0, files: 0 },
    exitCode,
    error: { code: error.code, message: error.message },
  };
}

/** Failures a person is shown; the rest is in `--json` and `status`. */
const shownFailures = 20;

/** The text form: steps, failures, requests, and the one sentence that says how it ended. */
export function formatRun(
  { sites, steps, requests, accounts = [], moer: series, failures, warnings, accepted, quarantined }: RunDocument,
  context: {
    readonly end: RunEnd;
    readonly window: Span | undefined;
    readonly seconds: number;
    readonly store: string;
    readonly quarantine: string;
    readonly cwd: string;
  },
): string {
  const rows = [
    ['step', 'done', 'skipped', 'failed', 'uncertain', 'waiting'],
    ...Object.entries(steps).map(([step, { done, skipped, failed, uncertain, waiting }]) => [
      step,
      done,
      skipped,
      failed,
      uncertain,
      waiting,
    ]),
  ];
  const shown = failures
    .slice(0, shownFailures)
    .map(({ site, step, code, message }) => `${site}${site && ' '}${step}: ${code}  ${message}\n`);
  const more =
    failures.length > shownFailures
      ? `... and ${String(failures.length - shownFailures)} more; wattlift status lists all\n`
      : '';
  const moer = steps['moer'];
  const stored =
    context.window && moer && moer.done + moer.skipped > 0
      ? `MOER ${new Date(context.window.start).toISOString()} to ${new Date(context.window.end).toISOString()} in ${relative(context.cwd, context.store) || '.'}\n`
      : '';
  return [
    formatTable(rows),
    failures.length > 0 ? `\n${shown.join('')}${more}` : '',
    series.length > 0 ? `\n${formatSeries(series)}` : '',
    formatFindings(warnings, accepted),
    formatQuarantined(quarantined, relative(context.cwd, context.quarantine)),
    `\n${stored}requests: WattTime ${describe(requests.watttime)}, WattCarbon ${describe(requests.wattcarbon)}\n`,
    formatAccounts(accounts),
    `${count(sites.total, 'site')} in ${formatDuration(context.seconds)}: ${ending(sites, context.end)}\n`,
  ].join('');
}

function formatAccounts(accounts: readonly AccountEnd[]): string {
  if (accounts.length === 0) return '';
  const rows = accounts.map(({ account, sites: { total, done, failed, uncertain, waiting }, requests }) => [
    account,
    total,
    done,
    failed,
    uncertain,
    waiting,
    describe(requests),
  ]);
  const head = ['account', 'sites', 'done', 'failed', 'uncertain', 'waiting', 'requests'];
  return `\n${formatTable([head, ...rows])}\n`;
}

/** Says how many rows were left out, and where they are kept. */
function formatQuarantined({ rows, files }: Quarantined, folder: string): string {
  if (rows === 0) return '';
  return `\n${count(rows, 'row')} of ${count(files, 'file')} left out (onBadRow: quarantine), kept in ${folder || '.'}\n`;
}

/** Accepted findings a person is shown one by one. */
const shownAccepted = 20;

/** What was noticed in the data: a line a code, and what the manifest accepts of it. */
function formatFindings(warnings: RunDocument['warnings'], accepted: RunDocument['accepted']): string {
  const codes = Object.entries(warnings).sort(([a], [b]) => (a < b ? -1 : 1));
  if (codes.length === 0 && accepted.length === 0) return '';
  const rows = codes.map(([code, times]) => ['warning', code, times]);
  const more =
    accepted.length > shownAccepted ? `... and ${String(accepted.length - shownAccepted)} more accepted\n` : '';
  return [
    codes.length > 0
      ? `\n${formatTable([['noticed', 'in the data (wattlift check tells where)', 'times'], ...rows])}`
      : '',
    accepted.length > 0 ? `\n${formatAccepted(accepted.slice(0, shownAccepted))}${more}` : '',
  ].join('');
}

function describe({ total, retries, limited }: RequestCounts): string {
  const notes = [
    retries > 0 ? `${String(retries)} repeated` : '',
    limited > 0 ? `${String(limited)} over the limit` : '',
  ];
  const noted = notes.filter(Boolean).join(', ');
  return `${String(total)}${noted && ` (${noted})`}`;
}

function ending(sites: RunDocument['sites'], end: RunEnd): string {
  const ended = describeEnds(sites);
  if (end.stopped === 'interrupted') return `interrupted; ${ended}; run again to go on`;
  if (end.stopped === 'fail-fast') return `stopped at the first failure; ${ended}`;
  if (end.stopped === 'error') return `stopped after ${ended}: ${end.error?.message ?? ''}`;
  return sites.done === sites.total && end.failures.length === 0 ? 'all done' : ended;
}

/** `14 done, 2 waiting`: what is none is left out, but for what is done. */
export function describeEnds({ done, failed, uncertain, waiting }: RunDocument['sites']): string {
  return [
    `${String(done)} done`,
    failed > 0 ? `${String(failed)} failed` : '',
    uncertain > 0 ? `${String(uncertain)} uncertain` : '',
    waiting > 0 ? `${String(waiting)} waiting` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
