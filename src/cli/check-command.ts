import type { AcceptedFinding } from '../domain/findings.ts';
import type { FileFacts } from '../domain/meter-data.ts';
import { noticeUnsetAccounts } from '../manifest/environment.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { exitCode } from './exit-code.ts';
import { formatFile, toFileEntry, type FileEntry } from './file-line.ts';
import { lookAtSites } from './look-at-sites.ts';
import { openManifest } from './manifest-input.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly json?: true;
  readonly explain?: true;
}

/**
 * `wattlift check`: manifest, portfolio, meter data and events; every problem at once, and a line for each meter file that
 * could be read. Opens no socket, writes nothing.
 */
export async function check(path: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  const { manifest, problems: found } = await openManifest(path, false, terminal);
  const problems = [...found];
  const accepted: AcceptedFinding[] = [];
  const entries: FileEntry[] = [];
  const quarantined = { rows: 0, files: 0 };
  let sites = 0;
  if (manifest) {
    problems.push(...noticeUnsetAccounts(manifest, terminal.env));
    for await (const looked of lookAtSites(manifest, terminal)) {
      if (looked.id !== undefined) sites += 1;
      problems.push(...looked.problems);
      accepted.push(...looked.accepted);
      quarantined.rows += looked.quarantined.rows;
      quarantined.files += looked.quarantined.files;
      for (const { meter, facts } of looked.files) {
        if (options.json !== true) terminal.stdout.write(describeFile(facts, options.explain === true));
        else if (options.explain) entries.push(toFileEntry(looked.id ?? '', meter, facts));
      }
      await terminal.stdout.drained();
    }
  }
  const document = toCheckDocument(problems, sites, accepted, quarantined);
  if (options.explain && options.json) {
    const inferred = entries.map(({ file, inferred }) => `${file}: ${inferred.join(', ')}`);
    terminal.stdout.write(`${JSON.stringify({ ...document, inferred, files: entries })}\n`);
  } else printCheck(document, options.json === true, terminal);
  return document.ok ? exitCode.done : exitCode.badInput;
}

function describeFile(facts: FileFacts, explain: boolean): string {
  return `${formatFile(facts)}\n${explain ? `  ${facts.inferred.join(', ')}\n` : ''}`;
}
