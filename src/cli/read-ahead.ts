import type { MeterData } from '../domain/meter-data.ts';
import type { Site } from '../domain/site.ts';
import type { SpoiltSite } from '../run/run.ts';
import type { SiteFiles } from '../steps/tools.ts';

/** Sites, and files that may have been read by the time they are asked for. */
export interface ReadAhead {
  readonly sites: AsyncIterable<Site | SpoiltSite>;
  readonly files: SiteFiles;
}

/**
 * Begins to read the meters of the next `ahead` sites while one is looked at, for what takes its sites one by one. What is
 * read, and in which order it is given, stays the same.
 */
export function readAhead(sites: AsyncIterable<Site | SpoiltSite>, files: SiteFiles, ahead: number): ReadAhead {
  const begun = new Map<Site | SpoiltSite, ReadonlyMap<string, Promise<MeterData>>>();

  function begin(site: Site | SpoiltSite): void {
    const meters = 'spoilt' in site ? [] : site.meters.filter(({ data }) => data.length > 0);
    if ('spoilt' in site || meters.length === 0) return;
    const reading = new Map(meters.map((meter) => [meter.id, files.meter(site, meter)]));
    // Whoever asks for it is told; until then nobody listens.
    for (const one of reading.values()) one.catch(() => undefined);
    begun.set(site, reading);
  }

  async function* inOrder(): AsyncGenerator<Site | SpoiltSite, void, void> {
    const next: (Site | SpoiltSite)[] = [];
    const give = async function* (site: Site | SpoiltSite | undefined): AsyncGenerator<Site | SpoiltSite, void, void> {
      if (site === undefined) return;
      yield site;
      begun.delete(site);
    };
    for await (const site of sites) {
      begin(site);
      next.push(site);
      if (next.length > ahead) yield* give(next.shift());
    }
    while (next.length > 0) yield* give(next.shift());
  }

  return {
    sites: inOrder(),
    files: { ...files, meter: async (site, meter) => begun.get(site)?.get(meter.id) ?? files.meter(site, meter) },
  };
}
