import { formatProblem, type Problem } from '../../src/domain/problem.ts';
import type { Site } from '../../src/domain/site.ts';
import { loadManifest, type LoadOptions } from '../../src/manifest/load.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { readSites } from '../../src/manifest/sites.ts';

/** What `check` gathers from a manifest: its sites and every problem. */
export interface Checked {
  readonly manifest: Manifest | undefined;
  readonly sites: readonly Site[];
  readonly problems: readonly Problem[];
}

/** Reads a manifest and all its sites, as the command line does, on a fixed day. */
export async function checkManifest(path: string, options: Partial<LoadOptions> = {}): Promise<Checked> {
  const { manifest, problems } = await loadManifest(path, {
    env: {},
    sandbox: false,
    nowMs: Date.UTC(2026, 2, 31, 12),
    ...options,
  });
  const found = [...problems];
  const sites: Site[] = [];
  if (manifest !== undefined) {
    for await (const read of readSites(manifest)) {
      found.push(...read.problems);
      if (read.site !== undefined) sites.push(read.site);
    }
  }
  return { manifest, sites, problems: found };
}

/** Problems as text, sorted by file, line and column. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  return [...problems]
    .sort(
      (a, b) =>
        (a.file ?? '').localeCompare(b.file ?? '', 'en') ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    )
    .map(formatProblem);
}
