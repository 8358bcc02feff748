import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { ProblemError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { canonicalJson, sha256 } from '../domain/json.ts';
import type { CanonicalForm, EventsDocument, MeterData, Part } from '../domain/meter-data.ts';
import { judgeFindings } from '../domain/findings.ts';
import type { Problem } from '../domain/problem.ts';
import type { Meter, Site } from '../domain/site.ts';
import type { Span } from '../domain/span.ts';
import { readEvents } from './events/events.ts';
import { findingsAt } from './quality/findings-at.ts';
import { eventSpans, needsEvents, subjectOf } from './quality/subject-of.ts';
import type { Subject } from './quality/series.ts';
import type { KeptParts } from './series/parts.ts';
import { MeterPool } from './meter-pool.ts';
import { readSeries, type ReadMeter } from './read-meter.ts';
import { findStart } from './series/find-start.ts';
import { isQuarantined, quarantinePath, writeQuarantine } from './quarantine.ts';
import { meterDataSchema } from './remembered.ts';
import { keptBytes, RecentBytes } from './recent-bytes.ts';
import { Turns } from './turns.ts';

/** Raised whenever the same file would be read differently than before: what was remembered is then read again. */
const readerVersion = 6;

/** Of one meter: some months of minutes, years of anything else. More would be in memory beside its columns. */
const keptOfMeter = keptBytes / 6;

/** A file as it was when it was read. Nanoseconds do not fit a number: text. */
export interface Stamp {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
}

/** A memory of what files held, kept by the ledger. `reading` hashes everything else that the result depends on. */
export interface InputMemory {
  recall(reading: string, files: readonly Stamp[]): Promise<Json | undefined>;
  remember(reading: string, files: readonly Stamp[], found: Json): Promise<void>;
}

export interface SiteFilesOptions {
  readonly form: CanonicalForm;
  /** How a path is shown in problems: relative to where the program was started. */
  readonly displayPath: (absolute: string) => string;
  /** Absent: every call reads (`check` does). */
  readonly remember?: InputMemory | undefined;
  /** The moment that findings about today's date are judged by; absent: those are left out. */
  readonly now?: (() => number) | undefined;
  /** The folder for rows that are left out (`onBadRow: quarantine`); absent: they are counted and nothing is written. */
  readonly quarantine?: string | undefined;
  /** Threads that read meters; 1 when absent: all is read in this one. */
  readonly threads?: number | undefined;
  /** False where nobody will ask for `bytes`: then none are kept. */
  readonly keepsBytes?: boolean | undefined;
}

/** What was found in a meter's files, before the manifest's word on it. */
interface Found extends Omit<MeterData, 'accepted'>, Pick<ReadMeter, 'dated'> {}

/** What the steps see as `SiteFiles` (`src/steps/tools.ts`). */
export interface MeterAndEventFiles {
  meter(site: Site, meter: Meter): Promise<MeterData>;
  bytes(site: Site, meter: Meter, part: Part): Promise<Uint8Array>;
  place(site: Site, meter: Meter, start: number): Promise<{ readonly file: string; readonly line: number } | undefined>;
  events(site: Site): Promise<EventsDocument>;
  /** Ends what reads in the background. */
  close(): Promise<void>;
}

/** The files as they are now; undefined when one cannot be looked at, which reading it will explain. */
async function stampsOf(paths: readonly string[]): Promise<readonly Stamp[] | undefined> {
  try {
    return await Promise.all(
      paths.map(async (path) => {
        const found = await stat(path, { bigint: true });
        return { path, size: Number(found.size), mtimeNs: String(found.mtimeNs), inode: String(found.ino) };
      }),
    );
  } catch {
    return undefined;
  }
}

function withSite(problems: readonly Problem[], site: string): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, site }));
}

/** Runs a reading, and names the site in every problem it ends with. */
async function naming<T>(site: string, reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [first, ...rest] = withSite(error.problems, site);
    throw first === undefined ? error : new ProblemError([first, ...rest]);
  }
}

/**
 * Opens the reader of meter and event files. Files are read when asked for, one meter at a time; with `remember`, a file
 * that is as it was (path, size, time, inode) is not read again by `meter`. Every method throws `ProblemError` with all
 * that is wrong, the site named; `bytes` throws `meter.changed-while-running` when the files no longer give that part.
 */
export function createSiteFiles(options: SiteFilesOptions): MeterAndEventFiles {
  const { form, displayPath, remember, now } = options;
  const recent = new RecentBytes();
  const pool = new MeterPool(options.threads ?? 1);
  const turns = new Turns();

  /** The manifest's word on what was found; it is no part of what is remembered. Throws what it makes an error, with the rest. */
  function judge(site: Site, meter: Meter | undefined, found: readonly Problem[]) {
    const { errors, findings, accepted } = judgeFindings(
      withSite(found, site.id),
      site.quality ?? [],
      site.id,
      meter?.id,
    );
    const [first, ...rest] = errors;
    if (first !== undefined) throw new ProblemError([first, ...rest, ...findings]);
    return { findings, accepted };
  }

  /** Reads a meter; where a file of it cannot be read, the manifest's word on what was found in the others is told with that. */
  async function readJudged(site: Site, meter: Meter, about: Subject): Promise<ReadMeter> {
    try {
      return await read(site, meter, { mostBytes: options.keepsBytes === false ? 0 : keptOfMeter }, about);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const warnings = error.problems.filter(({ severity }) => severity === 'warning');
      const judged = judgeFindings(warnings, site.quality ?? [], site.id, meter.id);
      const errors = error.problems.filter(({ severity }) => severity === 'error');
      const [first, ...rest] = [...errors, ...judged.errors, ...judged.findings];
      throw first === undefined ? error : new ProblemError([first, ...rest]);
    }
  }

  function present(site: Site, meter: Meter, { dated, ...data }: Found): MeterData {
    const today = now === undefined ? [] : findingsAt(dated, now());
    return { ...data, ...judge(site, meter, [...data.findings, ...today]) };
  }

  /** The site as the findings see it. Events that cannot be read are the events step's trouble, not the meter's. */
  async function subject(site: Site): Promise<Subject> {
    let events: readonly Span[] = [];
    if (needsEvents(site)) {
      try {
        events = eventSpans((await readEvents(site, displayPath)).bytes);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
      }
    }
    return subjectOf(site, events);
  }

  function readingOf(site: Site, meter: Meter): string {
    const { id: _id, data, ...reading } = meter;
    const shown = data.map((path) => displayPath(path));
    const zone = meter.timezone ?? site.timezone ?? null;
    return sha256(canonicalJson([readerVersion, reading, data, shown, zone, form]));
  }

  /** What the ledger knows of this reading of the files as they are now; undefined where they cannot be looked at. */
  async function memoryOf(kept: InputMemory, site: Site, meter: Meter, about: Subject) {
    const looked = sha256(canonicalJson([readingOf(site, meter), about]));
    const stamps = await stampsOf(meter.data);
    if (stamps === undefined) return undefined;
    return {
      recall: () => kept.recall(looked, stamps),
      remember: (found: Found) => kept.remember(looked, stamps, z.json().parse(JSON.parse(JSON.stringify(found)))),
    };
  }

  async function read(site: Site, meter: Meter, kept: KeptParts, about?: Subject): Promise<ReadMeter> {
    const shown = meter.data.map((path) => displayPath(path));
    const timezone = meter.timezone ?? site.timezone;
    const found = await naming(site.id, async () => pool.read({ meter, timezone, form, shown, subject: about, kept }));
    if (options.keepsBytes !== false) recent.put(readingOf(site, meter), found);
    return found;
  }

  /** What is remembered stands only while the rows that were left out are still kept. */
  async function isKept(site: Site, meter: Meter, { quarantined }: Found): Promise<boolean> {
    if (options.quarantine === undefined || quarantined.rows === 0) return true;
    return isQuarantined(quarantinePath(options.quarantine, site.id, meter.id));
  }

  /** Reads a meter again for one of its parts, and keeps those that follow with it. */
  async function readPart(site: Site, meter: Meter, part: Part): Promise<Uint8Array> {
    const found = await read(site, meter, { from: part.name, mostBytes: keptOfMeter });
    const written = found.parts.find((candidate) => candidate.part.name === part.name);
    if (written?.part.sha256 === part.sha256 && written.bytes !== undefined) return written.bytes;
    const file = meter.data[0];
    throw new ProblemError([
      {
        severity: 'error',
        code: 'meter.changed-while-running',
        message: `the data of meter "${meter.id}" for ${part.name} has changed since this run looked at it; run again to upload what is there now`,
        site: site.id,
        ...(file === undefined ? {} : { file: displayPath(file) }),
      },
    ]);
  }

  return {
    async meter(site, meter) {
      const about = await subject(site);
      const memory = remember === undefined ? undefined : await memoryOf(remember, site, meter, about);
      const known = meterDataSchema.safeParse(await memory?.recall());
      if (known.success && (await isKept(site, meter, known.data))) return present(site, meter, known.data);
      const { left, parts, ...found } = await readJudged(site, meter, about);
      const quarantined = { rows: left.length, files: new Set(left.map(({ file }) => file)).size };
      const data: Found = { ...found, parts: parts.map(({ part }) => part), quarantined };
      if (options.quarantine !== undefined && meter.onBadRow === 'quarantine') {
        const { encoding } = meter;
        const files = meter.data.map((path) => ({ path, shown: displayPath(path), encoding }));
        await writeQuarantine(quarantinePath(options.quarantine, site.id, meter.id), left, files);
      }
      await memory?.remember(data);
      return present(site, meter, data);
    },

    async bytes(site, meter, part) {
      const reading = readingOf(site, meter);
      // Several parts are asked for at once: the first to be missing brings those that follow along.
      const kept = recent.get(reading, part.sha256);
      return kept ?? turns.inTurn(reading, async () => recent.get(reading, part.sha256) ?? readPart(site, meter, part));
    },

    async place(site, meter, start) {
      const timezone = meter.timezone ?? site.timezone;
      const { readings } = await naming(site.id, async () => readSeries(meter, timezone, form.gasUnit, displayPath));
      const at = findStart(readings, start);
      const file = at === undefined ? undefined : meter.data[readings.file(at)];
      return at === undefined || file === undefined ? undefined : { file: displayPath(file), line: readings.line(at) };
    },

    async events(site) {
      const document = await naming(site.id, async () => readEvents(site, displayPath));
      return { ...document, ...judge(site, undefined, document.findings) };
    },

    close: () => pool.close(),
  };
}
