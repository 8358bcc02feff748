import { ProblemError } from '../domain/errors.ts';
import type { AcceptedFinding } from '../domain/findings.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import { noticeUnsetAccount } from '../manifest/environment.ts';
import { readSites } from '../manifest/sites.ts';
import type { SiteFiles } from '../steps/tools.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { exitCode } from './exit-code.ts';
import { openManifest } from './manifest-input.ts';
import { openSiteFiles } from './site-files.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly json?: true;
  readonly explain?: true;
}

/** `wattlift check`: manifest, portfolio, meter data and events; every problem at once. Opens no socket, writes nothing. */
export async function check(path: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  const { manifest, problems: found } = await openManifest(path, false, terminal);
  const problems = [...found];
  const inferred: string[] = [];
  const accepted: AcceptedFinding[] = [];
  let sites = 0;
  if (manifest) {
    problems.push(...noticeUnsetAccount(manifest, terminal.env));
    const files = openSiteFiles(manifest, terminal);
    for await (const read of readSites(manifest)) {
      if (read.id !== undefined) sites += 1;
      problems.push(...read.problems);
      if (read.site) await checkFiles(read.site, files, { problems, inferred, accepted });
    }
  }
  const document = toCheckDocument(problems, sites, accepted);
  if (options.explain && options.json !== true) for (const line of inferred) terminal.stdout.write(`${line}\n`);
  if (options.explain && options.json) terminal.stdout.write(`${JSON.stringify({ ...document, inferred })}\n`);
  else printCheck(document, options.json === true, terminal);
  return document.ok ? exitCode.done : exitCode.badInput;
}

/** What the files of all sites came to. */
interface Checked {
  readonly problems: Problem[];
  readonly inferred: string[];
  readonly accepted: AcceptedFinding[];
}

async function checkFiles(site: Site, files: SiteFiles, { problems, inferred, accepted }: Checked): Promise<void> {
  const look = async (
    read: () => Promise<{
      findings: readonly Problem[];
      inferred?: readonly string[];
      accepted?: readonly AcceptedFinding[];
    }>,
  ): Promise<void> => {
    try {
      const data = await read();
      problems.push(...data.findings.map((finding) => ({ ...finding, site: site.id })));
      inferred.push(...(data.inferred ?? []));
      accepted.push(...(data.accepted ?? []));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, site: site.id })));
    }
  };
  for (const meter of site.meters) if (meter.data.length > 0) await look(() => files.meter(site, meter));
  if (site.events !== undefined) await look(() => files.events(site));
}
