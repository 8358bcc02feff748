import { openSqliteLedger } from '../ledger/sqlite.ts';
import { plan as planSites } from '../run/plan.ts';
import type { PlannedItem } from '../run/plan-tally.ts';
import { steps } from '../steps/index.ts';
import type { StepName } from '../steps/step.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { readCredentials } from './credentials.ts';
import { exitCode } from './exit-code.ts';
import { logProblem, openLog } from './log.ts';
import { findNobody, hasError, openManifest, selectSites, surveySites, toSiteFilter } from './manifest-input.ts';
import { openPipeline } from './pipeline.ts';
import { formatPlan, toPlanDocument } from './plan-document.ts';
import type { SelectingOptions } from './program.ts';
import { readAhead } from './read-ahead.ts';
import { rehearse } from './rehearsal.ts';
import { readingThreads } from './site-files.ts';
import type { Terminal } from './terminal.ts';
import { findUnlisted } from './unlisted.ts';

/**
 * `wattlift plan` and `run --dry-run`: the manifest less the ledger. Opens no socket, writes nothing.
 * Exit 2 for input that stops a run, 1 when some site would fail, else 0.
 */
export async function plan(
  path: string,
  options: SelectingOptions & { readonly explain?: true },
  terminal: Terminal,
): Promise<number> {
  const sandbox = options.sandbox === true;
  const { manifest: written, problems: found } = await openManifest(path, sandbox, terminal);
  const matches = toSiteFilter(options.site);
  const survey = written && (await surveySites(written, matches));
  const nobody = written && survey ? findNobody(written, options.site, survey) : [];
  const problems = [...found, ...(survey?.problems ?? []), ...nobody];
  if (!written || hasError(problems)) {
    printCheck(toCheckDocument(problems, survey?.sites ?? 0), options.json === true, terminal);
    return exitCode.badInput;
  }
  const manifest = sandbox ? rehearse(written) : written;
  const log = openLog(terminal, options, (line) => terminal.stderr.write(line));
  const ledger = await openSqliteLedger(manifest.ledger, { mode: 'read', clock: terminal.clock });
  const pipeline = await openPipeline(manifest, {
    ledger,
    credentials: readCredentials(manifest, terminal, sandbox),
    terminal,
    stopping: new AbortController().signal,
    log,
    reach: { kind: 'offline' },
    matches,
  });
  try {
    const items: PlannedItem[] = [];
    const ahead = readAhead(selectSites(manifest, matches), pipeline.tools.files, 2 * readingThreads());
    const planned = await planSites(ahead.sites, {
      steps,
      selected: new Set<StepName>(options.only ?? steps.map(({ name }) => name)),
      ledger,
      tools: { ...pipeline.tools, files: ahead.files },
      ...(options.explain && { onItem: (item) => items.push(item) }),
    });
    const document = toPlanDocument(
      planned,
      {
        endpoints: await pipeline.endpoints(),
        description: await pipeline.description(),
        checks: await pipeline.accountChecks(),
      },
      manifest,
    );
    const unlisted = survey ? await findUnlisted(ledger, survey.ids, manifest.file) : [];
    for (const problem of [...problems, ...unlisted, ...planned.warnings, ...planned.problems])
      logProblem(log, problem);
    if (options.json) terminal.stdout.write(`${JSON.stringify(options.explain ? { ...document, items } : document)}\n`);
    else terminal.stdout.write(items.map(describeItem).join('') + formatPlan(document, planned.revisions));
    if (planned.stops) return exitCode.badInput;
    return planned.problems.length > 0 ? exitCode.sitesFailed : exitCode.done;
  } finally {
    await pipeline.close();
    await ledger.close();
  }
}

function describeItem({ site, account, step, item, standing }: PlannedItem): string {
  return `${site}${account === undefined ? '' : ` (${account})`} ${step}${item === step ? '' : ` ${item}`}: ${standing}\n`;
}
