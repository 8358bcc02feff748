import { ProblemError } from '../domain/errors.ts';
import type { AcceptedFinding } from '../domain/findings.ts';
import type { Quarantined } from '../domain/meter-data.ts';
import type { Problem } from '../domain/problem.ts';
import type { SiteFiles } from '../steps/tools.ts';

/** What a run noticed in the data. */
export interface RunFindings {
  /** How often each code was found and only speaks. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly accepted: readonly AcceptedFinding[];
  /** Rows that could not be read and were left out. */
  readonly quarantined: Quarantined;
}

interface Seen {
  readonly quarantined?: Quarantined | undefined;
  readonly findings: readonly Problem[];
  readonly accepted?: readonly AcceptedFinding[] | undefined;
}

/** Keeps count of the findings in the files that steps look at; each meter and event list counts once, however often it is asked for. */
export class FindingsLog {
  readonly #seen = new Set<string>();
  readonly #warnings = new Map<string, number>();
  readonly #accepted: AcceptedFinding[] = [];
  readonly #quarantined = { rows: 0, files: 0 };

  /** The same files, with what is found in them noted. */
  listen(files: SiteFiles): SiteFiles {
    return {
      meter: async (site, meter) => this.#note([site.id, meter.id], () => files.meter(site, meter)),
      events: async (site) => this.#note([site.id], () => files.events(site)),
      bytes: (site, meter, part) => files.bytes(site, meter, part),
      place: (site, meter, start) => files.place(site, meter, start),
    };
  }

  found(): RunFindings {
    return { warnings: Object.fromEntries(this.#warnings), accepted: this.#accepted, quarantined: this.#quarantined };
  }

  async #note<T extends Seen>(what: readonly string[], read: () => Promise<T>): Promise<T> {
    try {
      const seen = await read();
      this.#add(what, seen);
      return seen;
    } catch (error) {
      // What failed is a failure of its own; the warnings beside it are noted all the same.
      if (error instanceof ProblemError) {
        this.#add(what, { findings: error.problems.filter(({ severity }) => severity === 'warning') });
      }
      throw error;
    }
  }

  #add(what: readonly string[], { findings, accepted = [], quarantined }: Seen): void {
    const name = JSON.stringify(what);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    for (const { code } of findings) this.#warnings.set(code, (this.#warnings.get(code) ?? 0) + 1);
    this.#accepted.push(...accepted);
    this.#quarantined.rows += quarantined?.rows ?? 0;
    this.#quarantined.files += quarantined?.files ?? 0;
  }
}
