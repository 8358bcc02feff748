import PQueue from 'p-queue';
import { InterruptedError, WattliftError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import { describeProblem, type Outcome } from './outcome.ts';
import { runSite, type SiteRun } from './run-site.ts';
import { SharedWork } from './shared-work.ts';
import { readIntents } from './survey.ts';
import type { RunCounts } from './tally.ts';

export interface RunOptions extends Omit<SiteRun, 'shared' | 'intents'> {
  /** Sites under way at once. */
  readonly concurrency: number;
  /** Stop taking sites at the first failure. */
  readonly failFast: boolean;
}

/** A site that was right when the run began and is not now: its file was taken away, its row was changed. */
export interface SpoiltSite {
  readonly id: string;
  readonly spoilt: readonly Problem[];
}

export interface RunEnd extends RunCounts {
  /** Stopped before every site was taken: by a signal, by `failFast`, or by an error. */
  readonly stopped: 'interrupted' | 'fail-fast' | 'error' | undefined;
  /** What stopped it, when it was not asked to: refused credentials, or a ledger that cannot be written. */
  readonly error: WattliftError | undefined;
}

/** Takes every site through its steps, a bounded number at once, so that a million sites need no more memory than a hundred. */
export async function run(sites: AsyncIterable<Site | SpoiltSite>, options: RunOptions): Promise<RunEnd> {
  const { ledger, stopping, tally } = options;
  const shared = new SharedWork<Outcome>(({ kind }) => kind === 'failed');
  const intents = await readIntents(ledger);
  const siteRun: SiteRun = { ...options, shared, intents };
  const queue = new PQueue({ concurrency: options.concurrency });
  let stopped: RunEnd['stopped'];
  let error: unknown;

  const take = async (site: Site | SpoiltSite): Promise<void> => {
    if (stopped) return;
    try {
      const end = 'spoilt' in site ? refuse(site, options) : await runSite(site, siteRun);
      tally.site(end, 'spoilt' in site ? undefined : site.account);
      if (options.failFast && end !== 'done') stopped ??= 'fail-fast';
    } catch (thrown) {
      if (thrown instanceof InterruptedError) stopped ??= 'interrupted';
      else {
        stopped = 'error';
        error ??= thrown;
      }
    }
  };

  try {
    for await (const site of sites) {
      if (stopping.aborted) stopped ??= 'interrupted';
      if (stopped) break;
      void queue.add(() => take(site));
      await queue.onSizeLessThan(options.concurrency);
    }
  } finally {
    await queue.onIdle();
    for (const api of ['watttime', 'wattcarbon'] as const) {
      const away = options.away(api);
      if (away) tally.failure({ site: '', step: api, code: away.code, message: away.message }, false);
    }
  }
  if (error !== undefined && !(error instanceof WattliftError)) throw error;
  return { ...tally.counts(), stopped, error };
}

function refuse({ id, spoilt }: SpoiltSite, { tally }: RunOptions): 'failed' {
  for (const problem of spoilt) {
    tally.failure({ site: id, step: 'input', code: problem.code, message: describeProblem(problem) }, false);
  }
  return 'failed';
}
