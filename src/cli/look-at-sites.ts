import { ProblemError } from '../domain/errors.ts';
import type { AcceptedFinding } from '../domain/findings.ts';
import type { FileFacts, Quarantined } from '../domain/meter-data.ts';
import type { Problem } from '../domain/problem.ts';
import type { Site } from '../domain/site.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readSites } from '../manifest/sites.ts';
import type { SiteFiles } from '../steps/tools.ts';
import { openSiteFiles, readingThreads } from './site-files.ts';
import type { Terminal } from './terminal.ts';

/** What a site's files hold, and what is wrong with them. */
export interface Looked {
  /** Absent where the site has none that can be read. */
  readonly id: string | undefined;
  readonly problems: readonly Problem[];
  readonly accepted: readonly AcceptedFinding[];
  readonly quarantined: Quarantined;
  readonly files: readonly { readonly meter: string; readonly facts: FileFacts }[];
}

type Found = Omit<Looked, 'id'>;

const nothing: Found = { problems: [], accepted: [], quarantined: { rows: 0, files: 0 }, files: [] };

/** Reads every site's files, some sites at once, and gives them in the manifest's order. */
export async function* lookAtSites(manifest: Manifest, terminal: Terminal): AsyncGenerator<Looked, void, void> {
  const files = openSiteFiles(manifest, terminal);
  const atOnce = 4 * readingThreads();
  const begun: Promise<Looked>[] = [];
  try {
    for await (const { id, site, problems } of readSites(manifest)) {
      const looking = site ? lookAtSite(site, files) : Promise.resolve(nothing);
      begun.push(looking.then((found) => ({ ...found, id, problems: [...problems, ...found.problems] })));
      const [first] = begun;
      if (first && begun.length > atOnce) {
        yield await first;
        void begun.shift();
      }
    }
    for (const one of begun) yield await one;
  } finally {
    await files.close();
  }
}

async function lookAtSite(site: Site, files: SiteFiles): Promise<Found> {
  const looks = site.meters
    .filter(({ data }) => data.length > 0)
    .map((meter) =>
      foundBy(site, async () => {
        const { findings, accepted, quarantined, files: read } = await files.meter(site, meter);
        return { problems: findings, accepted, quarantined, files: read.map((facts) => ({ meter: meter.id, facts })) };
      }),
    );
  if (site.events !== undefined) {
    looks.push(
      foundBy(site, async () => {
        const { findings, accepted = [] } = await files.events(site);
        return { ...nothing, problems: findings, accepted };
      }),
    );
  }
  const all = await Promise.all(looks);
  return {
    problems: all.flatMap(({ problems }) => problems),
    accepted: all.flatMap(({ accepted }) => accepted),
    quarantined: {
      rows: all.reduce((sum, { quarantined }) => sum + quarantined.rows, 0),
      files: all.reduce((sum, { quarantined }) => sum + quarantined.files, 0),
    },
    files: all.flatMap((found) => found.files),
  };
}

/** What a look finds, errors included, each under its site's id. */
async function foundBy(site: Site, look: () => Promise<Found>): Promise<Found> {
  const here = (problems: readonly Problem[]): readonly Problem[] =>
    problems.map((problem) => ({ ...problem, site: site.id }));
  try {
    const found = await look();
    return { ...found, problems: here(found.problems) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { ...nothing, problems: here(error.problems) };
  }
}
