import picomatch from 'picomatch';
import { ProblemError } from '../domain/errors.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import { loadManifest } from '../manifest/load.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { SpoiltSite } from '../run/run.ts';
import { readSites } from '../manifest/sites.ts';
import type { StepName } from '../steps/step.ts';
import { printCheck, toCheckDocument } from './check-document.ts';
import { rehearse } from './rehearsal.ts';
import type { Terminal } from './terminal.ts';

/** A selection of sites by `--site`. */
export type SiteFilter = (id: string) => boolean;

/** What a first pass over manifest and portfolio found, before any meter file is read. */
export interface Survey {
  readonly problems: readonly Problem[];
  /** Sites that match the filter, those with an error too. */
  readonly sites: number;
  /** Every site the manifest lists, whatever the filter. */
  readonly ids: ReadonlySet<string>;
  /** The steps that may create something for one of the matching sites. */
  readonly writes: ReadonlySet<StepName>;
  /** Which APIs the matching sites can need at all. */
  readonly uses: {
    readonly watttime: boolean;
    readonly wattcarbon: boolean;
    /** The accounts by name whose sites send something to WattCarbon. */
    readonly accounts: ReadonlySet<string>;
  };
}

/** `--site GLOB` over site ids; `*` spans everything, also a slash. */
export function toSiteFilter(glob: string | undefined): SiteFilter {
  return glob === undefined ? () => true : picomatch(glob, { bash: true, dot: true });
}

/** Reads the manifest; its sites are read apart. */
export async function openManifest(
  path: string,
  sandbox: boolean,
  terminal: Terminal,
): Promise<{ readonly manifest?: Manifest; readonly problems: readonly Problem[] }> {
  return loadManifest(path, { env: terminal.env, sandbox, nowMs: terminal.clock.now() });
}

/**
 * The manifest for a verb that has no use for a wrong one, led to the sandbox in a rehearsal. Undefined, with every problem
 * printed as `check` does, when it cannot be used (exit 2).
 */
export async function readManifest(
  path: string,
  { sandbox = false, json = false }: { readonly sandbox?: boolean; readonly json?: boolean },
  terminal: Terminal,
): Promise<Manifest | undefined> {
  const { manifest, problems } = await openManifest(path, sandbox, terminal);
  if (!manifest || hasError(problems)) {
    printCheck(toCheckDocument(problems, 0), json, terminal);
    return undefined;
  }
  return sandbox ? rehearse(manifest) : manifest;
}

/** The same for a verb that prints no list of problems. Throws `ProblemError`. */
export async function demandManifest(
  { manifest: path, sandbox = false }: { readonly manifest: string; readonly sandbox?: boolean },
  terminal: Terminal,
): Promise<Manifest> {
  const { manifest, problems } = await openManifest(path, sandbox, terminal);
  const [first, ...rest] = problems.filter((problem) => hasError([problem]));
  if (first) throw new ProblemError([first, ...rest]);
  if (!manifest) throw new TypeError('a manifest without an error was not read');
  return sandbox ? rehearse(manifest) : manifest;
}

/** Goes once through all sites, so that every problem of manifest and portfolio is known before anything is sent. */
export async function surveySites(manifest: Manifest, matches: SiteFilter): Promise<Survey> {
  const problems: Problem[] = [];
  const uses = { watttime: false, wattcarbon: false, accounts: new Set<string>() };
  const writes = new Set<StepName>();
  const ids = new Set<string>();
  let sites = 0;
  for await (const read of readSites(manifest)) {
    problems.push(...read.problems);
    const { id, site } = read;
    if (id !== undefined) ids.add(id);
    if (id === undefined || !matches(id)) continue;
    sites += 1;
    if (!site) continue;
    uses.watttime ||= site.coordinates !== undefined || site.region !== undefined;
    const sends = site.meters.length > 0 || site.asset !== undefined || site.events !== undefined;
    uses.wattcarbon ||= sends;
    if (site.meters.length > 0) writes.add('meter');
    if (site.meters.some(({ data }) => data.length > 0)) writes.add('upload');
    if (site.asset !== undefined) writes.add('asset');
    if (site.events !== undefined) writes.add('events');
    if (sends && site.account !== undefined) uses.accounts.add(site.account);
  }
  return { problems, sites, ids, writes, uses };
}

/** What is wrong when `--site` selects nobody: a mistyped id must not pass for a portfolio that is done. */
export function findNobody(manifest: Manifest, glob: string | undefined, { sites }: Survey): readonly Problem[] {
  if (glob === undefined || sites > 0) return [];
  const message = `no site's id matches --site "${glob}"`;
  return [{ severity: 'error', code: 'site.none-selected', message, file: manifest.file }];
}

/**
 * The matching sites, streamed. The survey found no error; what has one now was changed since, and is given as spoilt,
 * under no id where it is not known whose it is.
 */
export async function* selectSites(manifest: Manifest, matches: SiteFilter): AsyncIterable<Site | SpoiltSite> {
  for await (const { id = '', site, problems } of readSites(manifest)) {
    const spoilt = problems.filter(({ severity }) => severity === 'error');
    if (id !== '' && !matches(id)) continue;
    if (spoilt.length > 0) yield { id, spoilt };
    else if (site) yield site;
  }
}

/** Is there an error among them? Warnings stop nothing. */
export function hasError(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
