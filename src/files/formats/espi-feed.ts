import type { ProblemList } from '../problem-list.ts';
import type { XmlHandler, XmlStart } from './xml-elements.ts';

/** A reading as it stands in the feed; NaN where an element is absent. Seconds since 1970, and seconds. */
export interface EspiReading {
  readonly start: number;
  readonly duration: number;
  readonly value: number;
  readonly qualityCodes: readonly string[];
  readonly line: number;
}

/** The readings of one or more IntervalBlocks that say that they belong to the same MeterReading. */
export interface EspiBlock {
  readonly up: string;
  readonly line: number;
  readonly readings: EspiReading[];
}

/** A ReadingType or a MeterReading, with the addresses by which others name it. */
export interface EspiEntry {
  readonly self: string;
  readonly related: readonly string[];
  readonly title: string;
  readonly line: number;
  readonly facts: ReadonlyMap<string, string>;
}

/** A reading whose elements are still being read. */
interface OpenReading {
  start: string;
  duration: string;
  value: string;
  readonly codes: string[];
  readonly line: number;
}

/** Elements of a feed that stand for themselves. */
const resources: ReadonlySet<string> = new Set([
  'ReadingType',
  'MeterReading',
  'IntervalBlock',
  'UsagePoint',
  'LocalTimeParameters',
]);

/** An address without its host and the differences in writing that do not matter. */
export function addressOf(href: string): string {
  return href
    .trim()
    .replace(/^https?:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();
}

/** Collects what a Green Button feed holds. One a file: it is state, not a service. */
export class EspiFeed implements XmlHandler {
  readonly readingTypes: EspiEntry[] = [];
  readonly meterReadings: EspiEntry[] = [];
  readonly blocks: EspiBlock[] = [];
  usagePoints = 0;
  isFeed = false;
  readonly #problems: ProblemList;
  #root = true;
  #entry = {
    self: '',
    up: '',
    related: [] as string[],
    title: '',
    kind: '',
    line: 0,
    facts: new Map<string, string>(),
  };
  #inResource = '';
  #blocks: EspiBlock[] = [];
  #reading: OpenReading | undefined;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  start({ name, attributes, line }: XmlStart): void {
    if (this.#root) {
      this.isFeed = name === 'feed' || name === 'entry' || resources.has(name);
      this.#root = false;
    }
    if (name === 'entry') this.#begin(line);
    if (name === 'link') {
      const href = addressOf(attributes.href ?? '');
      if (attributes.rel === 'self') this.#entry.self = href;
      else if (attributes.rel === 'up') this.#entry.up = href;
      else if (attributes.rel === 'related') this.#entry.related.push(href);
    }
    if (this.#inResource === '' && resources.has(name)) {
      this.#inResource = name;
      this.#entry.kind = name;
      if (this.#entry.line === 0) this.#entry.line = line;
    }
    if (name === 'IntervalBlock') this.#blocks.push({ up: '', line, readings: [] });
    if (name === 'IntervalReading') this.#reading = { start: '', duration: '', value: '', codes: [], line };
  }

  end(name: string, text: string): void {
    const reading = this.#reading;
    if (reading !== undefined) this.#endInReading(reading, name, text);
    else if (this.#inResource === 'ReadingType' && text !== '') this.#entry.facts.set(name, text);
    else if (name === 'title' && this.#inResource === '') this.#entry.title = text;
    if (name === this.#inResource) {
      this.#inResource = '';
      if (name === 'UsagePoint') this.usagePoints += 1;
    }
    if (name === 'entry') this.#finish();
  }

  /** Ends what a file without a feed around it has begun. */
  finish(): void {
    this.#finish();
  }

  #begin(line: number): void {
    this.#finish();
    this.#entry.line = line;
  }

  #finish(): void {
    const { self, up, related, title, kind, line, facts } = this.#entry;
    const entry = { self, related, title, line, facts };
    if (kind === 'ReadingType') this.readingTypes.push(entry);
    if (kind === 'MeterReading') this.meterReadings.push(entry);
    // A block belongs to the MeterReading that its "up" address lies in, or its own address where it has none.
    const owner = (up === '' ? self.replace(/\/[^/]*$/, '') : up).replace(/\/intervalblock$/, '');
    for (const block of this.#blocks) this.blocks.push({ ...block, up: owner });
    this.#blocks = [];
    this.#entry = { self: '', up: '', related: [], title: '', kind: '', line: 0, facts: new Map() };
    this.#inResource = '';
  }

  #endInReading(reading: OpenReading, name: string, text: string): void {
    if (name === 'start') reading.start = text;
    else if (name === 'duration') reading.duration = text;
    else if (name === 'value') reading.value = text;
    else if (name === 'quality') reading.codes.push(text);
    else if (name === 'IntervalReading') {
      this.#reading = undefined;
      this.#add(reading);
    }
  }

  #add(reading: OpenReading): void {
    const { line } = reading;
    const start = wholeNumber(reading.start);
    if (Number.isNaN(start) || Math.abs(start) > 1e11) {
      const message = `"${reading.start.slice(0, 40)}" is no start of a reading; it must be seconds since 1970`;
      this.#problems.badRow('meter.time-unreadable', message, { line });
      return;
    }
    const value =
      reading.value === ''
        ? Number.NaN
        : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(reading.value)
          ? Number(reading.value)
          : undefined;
    if (value === undefined) {
      const message = `"${reading.value.slice(0, 40)}" is not a number; correct it, or export the file again`;
      this.#problems.badRow('meter.value-unreadable', message, { line });
      return;
    }
    const duration = wholeNumber(reading.duration);
    this.#blocks.at(-1)?.readings.push({ start, duration, value, qualityCodes: reading.codes, line });
  }
}

const wholeNumber = (text: string): number => (/^-?\d{1,12}$/.test(text) ? Number(text) : Number.NaN);
