import { ApiError, InterruptedError, ProblemError, WattliftError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import { holdStore } from '../ledger/hold-store.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { findInvalidAhead } from '../run/payloads.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { toolsFor } from '../steps/tools-for.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { demandCredentials, readCredentials } from './credentials.ts';
import { exitCode, exitCodeOfError, exitCodeOfSignal } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { logProblem, logsText, openLog } from './log.ts';
import {
  findNobody,
  hasError,
  openManifest,
  selectSites,
  surveySites,
  toSiteFilter,
  type SiteFilter,
} from './manifest-input.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import type { RunOptions } from './program.ts';
import { openProgress } from './progress.ts';
import { rehearse, startRehearsal, type Rehearsal } from './rehearsal.ts';
import { toStoppedDocument } from './run-document.ts';
import { takeSites } from './take-sites.ts';
import type { Terminal } from './terminal.ts';
import { findUnlisted } from './unlisted.ts';

/** `wattlift run`: takes every selected site through the selected steps, and prints what came of it. */
export async function run(path: string, options: RunOptions, terminal: Terminal): Promise<number> {
  try {
    return await runManifest(path, options, terminal);
  } catch (error) {
    if (options.json && error instanceof WattliftError) {
      const problems = error instanceof ProblemError ? error.problems : undefined;
      const document = problems ? toCheckDocument(problems, 0) : toStoppedDocument(error, exitCodeOfError(error));
      terminal.stdout.write(`${JSON.stringify(document)}\n`);
    }
    throw error;
  }
}

async function runManifest(path: string, options: RunOptions, terminal: Terminal): Promise<number> {
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
  const unlisted = await findUnlisted(ledger, survey.ids, manifest.file);
  const problems = [...warnings, ...survey.problems, ...findNobody(manifest, options.site, survey), ...unlisted];
  if (hasError(problems)) {
    printCheck(toCheckDocument(problems, survey.sites), options.json === true, terminal);
    return exitCode.badInput;
  }
  const selected = new Set<StepName>(options.only ?? steps.map(({ name }) => name));
  const credentials = readCredentials(manifest, terminal, options.sandbox === true);
  demandCredentials(manifest, credentials, survey.uses, selected);

  const letGo = manifest.moer && selected.has('moer') ? await holdStore(manifest.store) : undefined;
  const asText = logsText(terminal, options);
  const progress = openProgress(terminal, survey.sites, terminal.stderr.isTerminal && asText);
  const log = openLog(terminal, options, (line) => progress.print(line));
  for (const problem of problems) logProblem(log, problem);
  const interrupts = listenForInterrupts(terminal, (message) => log.warn(message));
  let rehearsal: Rehearsal | undefined;
  let pipeline: Pipeline | undefined;
  try {
    rehearsal = options.sandbox ? await startRehearsal(manifest, options, terminal) : undefined;
    pipeline = await openPipeline(manifest, {
      ledger,
      credentials,
      terminal,
      stopping: interrupts.stopping,
      log,
      reach: { kind: 'network', fetch: rehearsal?.fetch ?? fetch },
      matches,
    });
    const writing = new Set([...survey.writes].filter((step) => selected.has(step)));
    const unreachable = writing.size > 0 ? await findUnreachable(pipeline, writing) : undefined;
    const refused = unreachable ? [] : await findRefused(manifest, pipeline, ledger, writing, matches);
    if (hasError(refused)) {
      progress.end();
      printCheck(toCheckDocument([...problems, ...refused], survey.sites), options.json === true, terminal);
      return exitCode.badInput;
    }
    for (const problem of refused) logProblem(log, problem);
    const taking = {
      ledger,
      selected,
      total: survey.sites,
      unreachable,
      options,
      terminal,
      progress,
      log,
      interrupts,
      matches,
    };
    return await takeSites(manifest, pipeline, taking);
  } catch (error) {
    if (error instanceof InterruptedError && interrupts.signal) return exitCodeOfSignal(interrupts.signal);
    throw error;
  } finally {
    interrupts.stopListening();
    progress.end();
    await pipeline?.close();
    letGo?.();
    await rehearsal?.close();
  }
}

/**
 * Why nothing can be sent to WattCarbon now: its description of itself cannot be had. The other API's steps go on.
 * Throws `wattcarbon.endpoint-unverified`.
 */
async function findUnreachable(pipeline: Pipeline, writing: ReadonlySet<StepName>): Promise<ApiError | undefined> {
  try {
    await pipeline.demandVerifiedEndpoints(writing);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** What WattCarbon's description says against the bodies of meters and assets, of all sites, before the first is sent. */
async function findRefused(
  manifest: Manifest,
  { tools }: Pipeline,
  ledger: Ledger,
  writing: ReadonlySet<StepName>,
  matches: SiteFilter,
): Promise<readonly Problem[]> {
  const sending = steps.filter(({ name }) => writing.has(name));
  return findInvalidAhead(selectSites(manifest, matches), sending, {
    ledger,
    toolsOf: (site) => toolsFor(site, tools),
    offline: false,
  });
}
