import { randomBytes } from 'node:crypto';
import { InterruptedError, WattliftError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { run as runSites } from '../run/run.ts';
import { Tally } from '../run/tally.ts';
import { LookAlikes } from '../run/look-alikes.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { demandCredentials, readCredentials } from './credentials.ts';
import { exitCode, exitCodeOf, exitCodeOfSignal } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { logProblem, logsText, openLog } from './log.ts';
import { findNobody, hasError, openManifest, selectSites, surveySites, toSiteFilter } from './manifest-input.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import type { RunOptions } from './program.ts';
import { openProgress, type Progress } from './progress.ts';
import { rehearse, startRehearsal, type Rehearsal } from './rehearsal.ts';
import { formatRun, toRunDocument } from './run-document.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Terminal } from './terminal.ts';

/** `wattlift run`: takes every selected site through the selected steps, and prints what came of it. */
export async function run(path: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const sandbox = options.sandbox === true;
  const { manifest: written, problems } = await openManifest(path, sandbox, terminal);
  if (!written || hasError(problems)) {
    // What is wrong with the sites is said at once too.
    const survey = written && (await surveySites(written, () => true));
    printCheck(
      toCheckDocument([...problems, ...(survey?.problems ?? [])], survey?.sites ?? 0),
      options.json === true,
      terminal,
    );
    return exitCode.badInput;
  }
  const manifest = sandbox ? rehearse(written) : written;
  const ledger = await openSqliteLedger(manifest.ledger, {
    mode: 'run',
    clock: terminal.clock,
    command: `wattlift run ${path}`,
  });
  try {
    return await runWithLedger(manifest, problems, ledger, options, terminal);
  } finally {
    await ledger.close();
  }
}

async function runWithLedger(
  manifest: Manifest,
  warnings: readonly Problem[],
  ledger: Ledger,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const matches = toSiteFilter(options.site);
  const survey = await surveySites(manifest, matches);
  const problems = [...warnings, ...survey.problems, ...findNobody(manifest, options.site, survey)];
  if (hasError(problems)) {
    printCheck(toCheckDocument(problems, survey.sites), options.json === true, terminal);
    return exitCode.badInput;
  }
  const selected = new Set<StepName>(options.only ?? steps.map(({ name }) => name));
  const credentials = readCredentials(terminal, options.sandbox === true);
  demandCredentials(manifest, credentials, survey.uses, selected);

  const asText = logsText(terminal, options);
  const progress = openProgress(terminal, survey.sites, terminal.stderr.isTerminal && asText);
  const log = openLog(terminal, options, (line) => progress.print(line));
  for (const problem of problems) logProblem(log, problem);
  const interrupts = listenForInterrupts(terminal, (message) => log.warn(message));
  let rehearsal: Rehearsal | undefined;
  let pipeline: Pipeline | undefined;
  try {
    rehearsal = options.sandbox ? await startRehearsal(manifest, terminal) : undefined;
    pipeline = await openPipeline(manifest, {
      ledger,
      credentials,
      terminal,
      stopping: interrupts.stopping,
      log,
      reach: { kind: 'network', fetch: rehearsal?.fetch ?? fetch },
    });
    const creates = survey.uses.wattcarbon && steps.some((step) => step.kind === 'creates' && selected.has(step.name));
    if (creates) await pipeline.demandVerifiedEndpoints();
    const taking = { ledger, selected, options, terminal, progress, log, interrupts, matches };
    return await takeSites(manifest, pipeline, taking).catch((error: unknown) => endOnTheWay(error, log));
  } catch (error) {
    if (error instanceof InterruptedError && interrupts.signal) return exitCodeOfSignal(interrupts.signal);
    throw error;
  } finally {
    interrupts.stopListening();
    progress.end();
    await pipeline?.close();
    await rehearsal?.close();
  }
}

interface Taking {
  readonly ledger: Ledger;
  readonly selected: ReadonlySet<StepName>;
  readonly options: RunOptions;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly log: ReturnType<typeof openLog>;
  readonly interrupts: ReturnType<typeof listenForInterrupts>;
  readonly matches: (id: string) => boolean;
}

async function takeSites(manifest: Manifest, pipeline: Pipeline, taking: Taking): Promise<number> {
  const { ledger, selected, options, terminal, progress, log, interrupts } = taking;
  const startedAt = terminal.clock.now();
  const id = `${new Date(startedAt).toISOString()}-${randomBytes(3).toString('hex')}`;
  await ledger.startRun({ id, at: startedAt, command: `run ${manifest.file}` });
  const { window } = pipeline.tools.settings;
  log.info({ run: id, ...(window && { from: new Date(window.start), to: new Date(window.end) }) }, 'run started');
  const tally = new Tally(steps.filter(({ name }) => selected.has(name)).map(({ name }) => name));
  progress.start(() => ({ counts: tally.counts(), requests: pipeline.counts() }));
  const end = await runSites(selectSites(manifest, taking.matches), {
    ledger,
    tools: pipeline.tools,
    steps,
    selected,
    lookAlikes: new LookAlikes(),
    settleMs: manifest.wattcarbon.settleMs,
    timeoutMs: manifest.wattcarbon.timeoutMs,
    retryUncertain: options.retryUncertain === true,
    stopping: interrupts.stopping,
    concurrency: options.concurrency,
    failFast: options.failFast === true,
    tally,
  });
  progress.end();
  const document = toRunDocument(id, end, pipeline.counts());
  const code = exitCodeOf(end, interrupts.signal);
  // The text on stdout lists the failures; a person need not read them twice.
  if (options.json || !logsText(terminal, options)) {
    for (const { message, ...failure } of document.failures) log.error(failure, message);
  }
  const { failures: _, ...summary } = document;
  await ledger.endRun({ id, at: terminal.clock.now(), exitCode: code, summary });
  log.info({ ...summary, exitCode: code }, 'run ended');
  if (end.error) log.error({ code: end.error.code }, end.error.message);
  const seconds = (terminal.clock.now() - startedAt) / 1000;
  terminal.stdout.write(
    options.json
      ? `${JSON.stringify(document)}\n`
      : formatRun(document, { end, window, seconds, store: manifest.store, cwd: terminal.cwd }),
  );
  return code;
}

/** The ledger or the store gave out on the way. What was done before is recorded; the input is not to blame. */
function endOnTheWay(error: unknown, log: Taking['log']): number {
  if (!(error instanceof WattliftError)) throw error;
  log.error({ code: error.code }, error.message);
  return exitCode.sitesFailed;
}
