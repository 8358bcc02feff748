import { relative } from 'node:path';
import type { Span } from '../domain/span.ts';
import type { RunEnd } from '../run/run.ts';
import type { Failure, StepCounts } from '../run/tally.ts';
import { count } from './check-document.ts';
import { formatDuration } from './duration.ts';
import { formatTable } from './table.ts';

/** What was sent to one API. `limited` counts answers 429, `retries` attempts that repeated an earlier one. */
export type RequestCounts = Readonly<Record<'total' | 'retries' | 'limited', number>>;

export type ApiCounts = Readonly<Record<'watttime' | 'wattcarbon', RequestCounts>>;

/** The `--json` document of `run`. */
export interface RunDocument {
  readonly run: string;
  readonly sites: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly uncertain: number;
  };
  readonly steps: Readonly<Record<string, StepCounts>>;
  readonly requests: ApiCounts;
  readonly failures: readonly Failure[];
}

export function toRunDocument(run: string, { sites, steps, failures }: RunEnd, requests: ApiCounts): RunDocument {
  return { run, sites, steps, requests, failures };
}

/** Failures a person is shown; the rest is in `--json` and `status`. */
const shownFailures = 20;

/** The text form: steps, failures, requests, and the one sentence that says how it ended. */
export function formatRun(
  { sites, steps, requests, failures }: RunDocument,
  context: {
    readonly end: RunEnd;
    readonly window: Span | undefined;
    readonly seconds: number;
    readonly store: string;
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
    .map(({ site, step, code, message }) => `${site} ${step}: ${code}  ${message}\n`);
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
    `\n${stored}requests: WattTime ${describe(requests.watttime)}, WattCarbon ${describe(requests.wattcarbon)}\n`,
    `${count(sites.total, 'site')} in ${formatDuration(context.seconds)}: ${ending(sites, context.end)}\n`,
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

function ending({ total, done, failed, uncertain }: RunDocument['sites'], end: RunEnd): string {
  const parts = [
    `${String(done)} done`,
    failed > 0 ? `${String(failed)} failed` : '',
    uncertain > 0 ? `${String(uncertain)} uncertain` : '',
    end.waitingSites > 0 ? `${String(end.waitingSites)} waiting` : '',
  ].filter(Boolean);
  if (end.stopped === 'interrupted') return `interrupted; ${parts.join(', ')}; run again to go on`;
  if (end.stopped === 'fail-fast') return `stopped at the first failure; ${parts.join(', ')}`;
  if (end.stopped === 'access') return `stopped: ${end.error?.message ?? 'credentials refused'}`;
  return done === total ? 'all done' : parts.join(', ');
}
