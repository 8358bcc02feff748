import PQueue from 'p-queue';
import { AccessError, InterruptedError } from '../domain/errors.ts';
import type { Site } from '../domain/site.ts';
import type { Outcome } from './outcome.ts';
import { runSite, type SiteRun } from './run-site.ts';
import { SharedWork } from './shared-work.ts';
import { slotName } from './survey.ts';
import type { RunCounts } from './tally.ts';

export interface RunOptions extends Omit<SiteRun, 'shared' | 'intents'> {
  /** Sites under way at once. */
  readonly concurrency: number;
  /** Stop taking sites at the first failure. */
  readonly failFast: boolean;
}

export interface RunEnd extends RunCounts {
  /** Stopped before every site was taken: by a signal, by `failFast`, or because credentials were refused. */
  readonly stopped: 'interrupted' | 'fail-fast' | 'access' | undefined;
  /** What stopped it, when it was not asked to. */
  readonly error: AccessError | undefined;
}

/** Takes every site through its steps, a bounded number at once, so that a million sites need no more memory than a hundred. */
export async function run(sites: AsyncIterable<Site>, options: RunOptions): Promise<RunEnd> {
  const { ledger, stopping, tally } = options;
  const shared = new SharedWork<Outcome>(({ kind }) => kind === 'failed');
  const intents = new Map((await ledger.intents()).map((intent) => [slotName(intent.slot), intent]));
  const siteRun: SiteRun = { ...options, shared, intents };
  const queue = new PQueue({ concurrency: options.concurrency });
  let stopped: RunEnd['stopped'];
  let error: unknown;

  const take = async (site: Site): Promise<void> => {
    if (stopped) return;
    try {
      const end = await runSite(site, siteRun);
      tally.site(end);
      if (options.failFast && end !== 'done') stopped ??= 'fail-fast';
    } catch (thrown) {
      tally.site(undefined);
      if (thrown instanceof InterruptedError) stopped ??= 'interrupted';
      else {
        stopped = 'access';
        error ??= thrown;
      }
    }
  };

  for await (const site of sites) {
    if (stopping.aborted) stopped ??= 'interrupted';
    if (stopped) break;
    void queue.add(() => take(site));
    await queue.onSizeLessThan(options.concurrency);
  }
  await queue.onIdle();
  if (stopping.aborted) stopped = 'interrupted';
  if (error !== undefined && !(error instanceof AccessError)) throw error;
  return { ...tally.counts(), stopped, error: error instanceof AccessError ? error : undefined };
}
