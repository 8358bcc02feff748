import type { Logger } from 'pino';
import type { DocumentCache } from '../apis/openapi-source.ts';
import type { Problem } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { plan as planSites } from '../run/plan.ts';
import type { PlannedItem } from '../run/plan-tally.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { askApis } from './ask-apis.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { readCredentials } from './credentials.ts';
import { watchDocuments } from './doctor-wattcarbon.ts';
import { exitCode } from './exit-code.ts';
import { exitCodeOfFindings, type Finding } from './finding.ts';
import { interruptible } from './interrupts.ts';
import { logProblem, openLog } from './log.ts';
import {
  findNobody,
  hasError,
  openManifest,
  selectSites,
  surveySites,
  toSiteFilter,
  type SiteFilter,
  type Survey,
} from './manifest-input.ts';
import { leadTo } from './named-item.ts';
import { openPipeline } from './pipeline.ts';
import { formatPlan, toPlanDocument } from './plan-document.ts';
import type { PlanOptions } from './plan-options.ts';
import { readAhead } from './read-ahead.ts';
import { rehearse } from './rehearsal.ts';
import { readingThreads } from './site-files.ts';
import type { Terminal } from './terminal.ts';
import { findUnlisted } from './unlisted.ts';

/**
 * `wattlift plan` and `run --dry-run`: the manifest less the ledger. Opens no socket, writes nothing. With `--remote` it asks
 * both APIs first, and plans by what they say; nothing but the count of these requests stays, in a ledger that is there.
 * Exit 2 for input that stops a run, 1 when some site would fail, else 0; with `--remote` also as what was found says.
 */
export async function plan(path: string, options: PlanOptions, terminal: Terminal): Promise<number> {
  const sandbox = options.sandbox === true;
  const { manifest: written, problems: found } = await openManifest(path, sandbox, terminal);
  const matches = toSiteFilter(options.site);
  const survey = written && (await surveySites(written, matches));
  const nobody = written && survey ? findNobody(written, options.site, survey) : [];
  const problems = [...found, ...(survey?.problems ?? []), ...nobody];
  if (!written || !survey || hasError(problems)) {
    printCheck(toCheckDocument(problems, survey?.sites ?? 0), options.json === true, terminal);
    return exitCode.badInput;
  }
  const manifest = sandbox ? rehearse(written) : written;
  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const look = async (stopping: AbortSignal): Promise<number> => {
    const ledger = await openSqliteLedger(manifest.ledger, { mode: 'read', clock: terminal.clock });
    try {
      return await planManifest({ manifest, survey, matches, problems, ledger, log, stopping }, options, terminal);
    } finally {
      await ledger.close();
    }
  };
  // What sends nothing has nothing in flight: a signal ends it at once.
  if (!options.remote) return look(new AbortController().signal);
  return interruptible(terminal, (message) => log.warn(message), look);
}

/** What is planned, and what was found on the way there. */
interface Planning {
  readonly manifest: Manifest;
  readonly survey: Survey;
  readonly matches: SiteFilter;
  readonly problems: readonly Problem[];
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

async function planManifest(planning: Planning, options: PlanOptions, terminal: Terminal): Promise<number> {
  const { manifest, survey, matches, problems, ledger, log, stopping } = planning;
  const selected = new Set<StepName>(options.only ?? steps.map(({ name }) => name));
  // What the APIs say is planned by, and kept no longer.
  const cache = watchDocuments({ get: (url) => ledger.document(url) });
  const remote = options.remote ? await ask(planning, selected, cache, options, terminal) : undefined;
  const pipeline = await openPipeline(manifest, {
    ledger,
    credentials: readCredentials(manifest, terminal, options.sandbox === true),
    terminal,
    stopping,
    log,
    reach: { kind: 'offline' },
    cache,
    matches,
  });
  try {
    const items: PlannedItem[] = [];
    const sites = untilStopped(selectSites(manifest, matches), stopping);
    const ahead = readAhead(sites, pipeline.tools.files, 2 * readingThreads());
    const planned = await planSites(ahead.sites, {
      steps,
      selected,
      ledger,
      lead: leadTo({ manifest: manifest.file, sandbox: options.sandbox }),
      tools: { ...pipeline.tools, files: ahead.files },
      ...(options.explain && { onItem: (item) => items.push(item) }),
    });
    const document = toPlanDocument(
      planned,
      {
        endpoints: await pipeline.endpoints(),
        description: await pipeline.description(),
        checks: await pipeline.accountChecks(),
        remote,
      },
      manifest,
    );
    const unlisted = await findUnlisted(ledger, survey.ids, manifest.file);
    for (const problem of [...problems, ...unlisted, ...planned.warnings, ...planned.problems])
      logProblem(log, problem);
    if (options.json) terminal.stdout.write(`${JSON.stringify(options.explain ? { ...document, items } : document)}\n`);
    else terminal.stdout.write(items.map(describeItem).join('') + formatPlan(document, planned.revisions));
    if (planned.stops) return exitCode.badInput;
    const asked = exitCodeOfFindings(remote ?? []);
    return asked === exitCode.done && planned.problems.length > 0 ? exitCode.sitesFailed : asked;
  } finally {
    await pipeline.close();
  }
}

/** Asks the APIs that the selected steps of the selected sites need. */
async function ask(
  { manifest, survey, matches, ledger, log, stopping }: Planning,
  selected: ReadonlySet<StepName>,
  cache: DocumentCache,
  options: PlanOptions,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const needs = (api: 'watttime' | 'wattcarbon'): boolean =>
    survey.uses[api] && steps.some((step) => step.api === api && selected.has(step.name));
  const { findings } = await askApis(
    {
      manifest,
      credentials: readCredentials(manifest, terminal, options.sandbox === true),
      uses: { ...survey.uses, watttime: needs('watttime'), wattcarbon: needs('wattcarbon') },
      writes: new Set([...survey.writes].filter((step) => selected.has(step))),
      matches,
      ledger,
      cache,
      flags: options,
      log,
      stopping,
      leavesNothing: true,
    },
    terminal,
  );
  // The plan itself says which description holds, and what has moved in it.
  return findings.filter(({ check }) => check !== 'wattcarbon-description');
}

/** The same, until a signal comes: then it throws `InterruptedError`. */
async function* untilStopped<T>(sites: AsyncIterable<T>, stopping: AbortSignal): AsyncIterable<T> {
  for await (const site of sites) {
    stopping.throwIfAborted();
    yield site;
  }
}

function describeItem({ site, account, step, item, standing }: PlannedItem): string {
  return `${site}${account === undefined ? '' : ` (${account})`} ${step}${item === step ? '' : ` ${item}`}: ${standing}\n`;
}
