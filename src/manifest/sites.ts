import type { Problem } from '../domain/problem.ts';
import { type BuiltSite, buildSite, type SiteContext } from './build-site.ts';
import { FileFinder } from './find-files.ts';
import type { Manifest } from './manifest.ts';
import { readPortfolio } from './portfolio.ts';
import { siteShape } from './schema-path.ts';
import type { SiteSource } from './site-source.ts';

/** Remembers where each id was first used, in a number each: a portfolio may have a million. */
class IdRegister {
  /** Lines of the portfolio, and lines of the manifest below zero. */
  readonly #lines = new Map<string, number>();

  /** The line where the id was used before, or undefined when this is its first use. */
  claim(
    id: string,
    line: number,
    place: 'manifest' | 'portfolio',
  ): { readonly line: number; readonly place: 'manifest' | 'portfolio' } | undefined {
    const first = this.#lines.get(id);
    if (first === undefined) {
      this.#lines.set(id, place === 'manifest' ? -line : line);
      return undefined;
    }
    return { line: Math.abs(first), place: first < 0 ? 'manifest' : 'portfolio' };
  }
}

function inlineSource(manifest: Manifest, index: number): SiteSource {
  const { document } = manifest;
  return {
    raw: manifest.inlineSites[index],
    rewritten: document.rewrittenNumbers(['sites', index]),
    where: (path, part) => document.where(['sites', index, ...path], part),
  };
}

/** What `readSites` gives for each site, and for each problem that belongs to none. */
export type ReadSite = BuiltSite;

/**
 * The manifest's sites in order, those of the manifest first, then the portfolio's rows as they are read: nothing is kept
 * but the ids. A site comes only when it has no error; its problems come with it or in its place. Opens no socket, reads
 * the portfolio and the names in the folders of meter and event files. Can be called again; each call reads anew.
 */
export async function* readSites(manifest: Manifest): AsyncGenerator<ReadSite> {
  const context: SiteContext = { manifest, shape: siteShape(), finder: new FileFinder() };
  const ids = new IdRegister();
  for (const index of manifest.inlineSites.keys()) {
    const source = inlineSource(manifest, index);
    yield unique(await buildSite(source, context), source, 'manifest', ids, undefined);
  }
  // A constant of `set` that is wrong is wrong once, not on every row.
  const told = new Set<string>();
  const isNews = (problem: Problem) => {
    if (problem.file !== manifest.file) return true;
    const text = `${String(problem.line)}:${String(problem.column)} ${problem.code} ${problem.message}`;
    if (told.has(text)) return false;
    told.add(text);
    return true;
  };
  let file: string | undefined;
  for await (const row of readPortfolio(manifest, context.shape)) {
    if ('problem' in row) {
      yield { problems: [row.problem] };
      continue;
    }
    file ??= row.source.where([]).file;
    const built = unique(await buildSite(row.source, context), row.source, 'portfolio', ids, file);
    yield built.problems.length === 0 ? built : { ...built, problems: built.problems.filter(isNews) };
  }

  function unique(
    built: BuiltSite,
    source: SiteSource,
    place: 'manifest' | 'portfolio',
    ids: IdRegister,
    portfolio: string | undefined,
  ): BuiltSite {
    if (built.id === undefined) return built;
    const at = source.where(['id']);
    const first = ids.claim(built.id, at.line ?? 0, place);
    if (first === undefined) return built;
    const firstFile = first.place === 'manifest' ? manifest.file : (portfolio ?? '');
    const record = source.record === undefined || source.record === at.line ? {} : { record: source.record };
    const message = `"${built.id}" is the id of another site too, first used at ${firstFile}:${String(first.line)}; give each its own`;
    const problem: Problem = { severity: 'error', code: 'site.id-doubled', message, ...at, ...record, site: built.id };
    return { id: built.id, problems: [...built.problems, problem] };
  }
}
