import type { Logger } from 'pino';
import { WattliftError, type ApiError } from '../domain/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { LookAlikes } from '../run/look-alikes.ts';
import type { SiteRun } from '../run/run-site.ts';
import { run as runSites, type RunEnd } from '../run/run.ts';
import { Tally } from '../run/tally.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { nameDeed } from './deed.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Interrupts } from './interrupts.ts';
import { logsText } from './log.ts';
import { selectSites, type SiteFilter } from './manifest-input.ts';
import { leadTo } from './named-item.ts';
import type { Pipeline } from './pipeline.ts';
import type { RunOptions } from './program.ts';
import type { Progress } from './progress.ts';
import { formatRun, toRunDocument } from './run-document.ts';
import { sumSeries } from './series-summary.ts';
import { quarantineFolder } from './site-files.ts';
import type { Terminal } from './terminal.ts';

/** What the taking of sites needs besides the pipeline. */
export interface Taking {
  readonly ledger: Ledger;
  readonly selected: ReadonlySet<StepName>;
  /** How many sites are selected. */
  readonly total: number;
  /** Why WattCarbon cannot be asked anything; what is left to do of its steps waits then. */
  readonly unreachable: ApiError | undefined;
  readonly options: RunOptions;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly log: Logger;
  readonly interrupts: Interrupts;
  readonly matches: SiteFilter;
}

/** Takes the sites through the steps, records the run in the ledger, and prints and logs what came of it. Returns the exit code. */
export async function takeSites(manifest: Manifest, pipeline: Pipeline, taking: Taking): Promise<number> {
  const { ledger, options, terminal, log, interrupts } = taking;
  const startedAt = terminal.clock.now();
  const id = nameDeed(startedAt);
  await ledger.startRun({ id, at: startedAt, command: `run ${manifest.file}` });
  const { window } = pipeline.tools.settings;
  log.info({ run: id, ...(window && { from: new Date(window.start), to: new Date(window.end) }) }, 'run started');
  const tally = new Tally(steps.flatMap(({ name }) => (taking.selected.has(name) ? [name] : [])));
  const away: SiteRun['away'] = (api) => (api === 'wattcarbon' ? taking.unreachable : undefined) ?? pipeline.away(api);
  if (!away('wattcarbon')) await announceUnsettled(manifest, taking);
  const end = await runToItsEnd(manifest, pipeline, tally, away, taking);
  taking.progress.end();

  const exitCode = exitCodeOf(end, interrupts.signal);
  const document = toRunDocument(
    {
      run: id,
      total: taking.total,
      requests: pipeline.counts(),
      accounts: pipeline.accountCounts(),
      findings: pipeline.findings(),
      exitCode,
    },
    end,
  );
  // The text on stdout lists the failures; a person need not read them twice.
  if (options.json || !logsText(terminal, options)) {
    for (const { message, ...failure } of document.failures) log.error(failure, message);
  }
  const { failures: _, accepted, moer, exitCode: ended, ...counted } = document;
  const unreachable = away('wattcarbon') ?? away('watttime');
  const summary = {
    ...counted,
    moer: sumSeries(moer),
    accepted: accepted.length,
    ...(unreachable && { unreachable: { code: unreachable.code, message: unreachable.message } }),
    exitCode: ended,
  };
  log.info(summary, 'run ended');
  if (end.error && (options.json || !logsText(terminal, options))) {
    log.error({ code: end.error.code }, end.error.message);
  }
  const seconds = (terminal.clock.now() - startedAt) / 1000;
  const context = {
    end,
    window,
    seconds,
    store: manifest.store,
    quarantine: quarantineFolder(manifest),
    cwd: terminal.cwd,
  };
  terminal.stdout.write(options.json ? `${JSON.stringify(document)}\n` : formatRun(document, context));
  await ledger.endRun({ id, at: terminal.clock.now(), exitCode, summary });
  return exitCode;
}

/** A ledger or store that gives out on the way ends the run, and what was counted so far is still said. */
async function runToItsEnd(
  manifest: Manifest,
  pipeline: Pipeline,
  tally: Tally,
  away: SiteRun['away'],
  { ledger, selected, options, progress, interrupts, matches }: Taking,
): Promise<RunEnd> {
  progress.start(() => ({ counts: tally.counts(), requests: pipeline.counts() }));
  try {
    return await runSites(selectSites(manifest, matches), {
      ledger,
      tools: pipeline.tools,
      steps,
      selected,
      away,
      lookAlikes: new LookAlikes(),
      settleMs: manifest.wattcarbon.settleMs,
      timeoutMs: manifest.wattcarbon.timeoutMs,
      retryUncertain: options.retryUncertain === true,
      lead: leadTo({ manifest: manifest.file, sandbox: options.sandbox }),
      stopping: interrupts.stopping,
      concurrency: options.concurrency,
      failFast: options.failFast === true,
      tally,
    });
  } catch (error) {
    if (!(error instanceof WattliftError)) throw error;
    return { ...tally.counts(), stopped: 'error', error };
  }
}

/** Says that sites wait for creations which an earlier run began and never saw answered. */
async function announceUnsettled(manifest: Manifest, { ledger, terminal, log }: Taking): Promise<void> {
  const intents = await ledger.intents();
  const { settleMs } = manifest.wattcarbon;
  const until = Math.max(...intents.map(({ at, timeoutMs }) => at + timeoutMs + settleMs));
  const seconds = Math.ceil((until - terminal.clock.now()) / 1000);
  if (intents.length === 0) return;
  const when = seconds > 0 ? `within ${String(seconds)} s` : 'now';
  log.warn(`${String(intents.length)} creations of an earlier run were never answered; they are looked for ${when}`);
}
