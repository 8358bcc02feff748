import { z } from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import { count } from './check-document.ts';
import { describeEnds } from './run-document.ts';

const siteCounts = z.object({
  total: z.number(),
  done: z.number(),
  failed: z.number(),
  uncertain: z.number(),
  waiting: z.number(),
});

/** What is read of the summary that a run leaves; other versions may have left other ones. */
const summarySchema = z.object({
  sites: siteCounts.optional().catch(undefined),
  unreachable: z.object({ code: z.string(), message: z.string() }).optional().catch(undefined),
});

/** How the last run ended, as `status --json` shows it. */
export interface LastRun {
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Absent for one that is under way, or was ended by force. */
  readonly endedAt?: string;
  readonly exitCode?: number;
  readonly sites?: z.infer<typeof siteCounts>;
  /** Why an API could not be asked anything, or not any more, where that was so. */
  readonly unreachable?: { readonly code: string; readonly message: string };
}

/** The ledger's last run; undefined before the first. */
export async function readLastRun(ledger: Ledger): Promise<LastRun | undefined> {
  const run = await ledger.lastRun();
  if (run === undefined) return undefined;
  const { sites, unreachable } = summarySchema.safeParse(run.summary).data ?? {};
  return {
    command: run.command,
    at: new Date(run.at).toISOString(),
    ...(run.endedAt !== undefined && { endedAt: new Date(run.endedAt).toISOString() }),
    ...(run.exitCode !== undefined && { exitCode: run.exitCode }),
    ...(sites && { sites }),
    ...(unreachable && { unreachable }),
  };
}

/** When it was and what came of its sites, in the words of the run's own summary. */
export function formatLastRun({ command, at, endedAt, exitCode, sites, unreachable }: LastRun): string {
  const ended = sites && `${count(sites.total, 'site')}, ${describeEnds(sites)}; `;
  const end =
    endedAt === undefined ? 'has not ended, or was ended by force' : `${ended ?? ''}exit code ${String(exitCode)}`;
  // One that was away on the way says itself which API it is.
  const lead = unreachable?.code.endsWith('.away') ? '' : 'nothing could be asked of WattCarbon: ';
  const why = unreachable && `${lead}${unreachable.code}  ${unreachable.message}\n`;
  return `last run, ${at} (${command}): ${end}\n${why ?? ''}`;
}
