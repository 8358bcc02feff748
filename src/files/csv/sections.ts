import { columnNamed } from './given-columns.ts';
import type { CsvRecord } from './csv-records.ts';
import { selection } from './csv-header.ts';
import type { ProblemList } from '../problem-list.ts';

const directionWord =
  /^\W*(?:(?:energy|electricity|power|kwh)\s+)?(?:delivered|received|import(?:ed)?|export(?:ed)?|net|consumption|generation|bezug|lieferung|einspeisung|soutirage|injection)(?:\s+(?:energy|electricity|power|\(?kwh\)?))?\W*$/i;

/** The text of a row that says one thing alone; undefined for another row. */
export function headingOf(row: CsvRecord): string | undefined {
  const filled = row.cells.filter((cell) => cell.trim() !== '');
  const [only] = filled;
  return filled.length === 1 && only !== undefined && /\p{L}/u.test(only) ? only.trim() : undefined;
}

/** True for a heading that by itself begins another section, without a header of its own: `Delivered`. */
export const isDirection = (heading: string): boolean => directionWord.test(heading);

interface Section {
  readonly name: string;
  /** Name of its column of values, by which tables are told apart that have a header each. */
  readonly values: string;
  readonly line: number;
  /** True for a table that goes on where the one before it ends, as long as its times do not say otherwise. */
  readonly continues?: boolean;
}

const plain = (name: string): string => name.replace(/\s+/g, ' ').trim().toLowerCase();

/** The tables of a file that has several, one below the other, and which of them is read. One a file: it is state. */
export class Sections {
  readonly #wanted: string | undefined;
  readonly #found: Section[] = [];

  /** `wanted` is `select.section`, a number or a heading, where the file has no column of that name. */
  constructor(header: readonly string[], select: { readonly [column: string]: string } | undefined) {
    const isColumn = columnNamed(header, 'section') !== undefined;
    this.#wanted = isColumn ? undefined : select?.section?.trim();
  }

  get wanted(): string | undefined {
    return this.#wanted;
  }

  /** Begins a section, whose header names its values so. True when its rows are to be read. */
  open(heading: string | undefined, line: number, values: string): boolean {
    const section = { name: heading ?? '', line, values };
    this.#found.push(section);
    return this.#wanted === undefined ? this.#found.length === 1 : this.#fits(section, this.#found.length);
  }

  #fits({ name, values }: Section, number: number): boolean {
    const wanted = this.#wanted ?? '';
    if (/^\d+$/.test(wanted)) return Number(wanted) === number;
    const fits = selection(plain(wanted));
    return fits(plain(name)) || fits(plain(values));
  }

  /** A header that came again without a heading of its own: its rows belong to the same series. */
  goOn(heading: string | undefined, line: number, values: string): void {
    this.#found.push({ name: heading ?? '', line, values, continues: true });
  }

  /** Names the first section, whose heading came below its header. */
  rename(heading: string): boolean {
    const { line = 0, values = '' } = this.#found[0] ?? {};
    this.#found.length = 0;
    return this.open(heading, line, values);
  }

  /** Stops where the choice is still open, or fits none. Says which section is read. */
  settle(problems: ProblemList): readonly string[] {
    const list = this.#list();
    if (this.#wanted === undefined) {
      const second = this.#found.find(({ continues }, at) => at > 0 && continues !== true);
      if (second !== undefined) return this.refuse(second.line, problems);
      return this.#found.length < 2 ? [] : [`${String(this.#found.length)} tables one after the other in time`];
    }
    if (!this.#found.some((section, at) => this.#fits(section, at + 1))) {
      const message = `select.section is "${this.#wanted}", and the file's sections are ${list}; choose one of them`;
      return problems.stop('meter.section-not-found', message, { line: this.#found[0]?.line ?? 1 });
    }
    return [`section "${this.#wanted}" of ${String(this.#found.length)}`];
  }

  /** Stops: which of the tables is the meter's is open; `line` is that of the second. */
  refuse(line: number, problems: ProblemList): never {
    const message = `the file has ${String(this.#found.length)} tables one below the other: ${this.#list()}; choose one with select: { section: ... }, its ${this.#kinds.length > 0 ? 'name' : 'number or heading'}`;
    return problems.stop('meter.several-sections', message, { line });
  }

  /** The names of the columns of values, each once, where they tell tables apart whose headings differ by a date at most. */
  get #kinds(): readonly string[] {
    const kinds = [...new Set(this.#found.map(({ values }) => values))];
    const headings = new Set(this.#found.map(({ name }) => name.replace(/\d+/g, '#')));
    return headings.size < kinds.length && kinds.length < this.#found.length ? kinds : [];
  }

  #list(): string {
    const kinds = this.#kinds;
    // A day of each by turns: what tells the days apart is not asked.
    if (kinds.length > 0) {
      const lines = (kind: string): string => {
        const all = this.#found.filter(({ values }) => values === kind).map(({ line }) => String(line));
        return `${all.length === 1 ? 'line' : 'lines'} ${all.slice(0, 3).join(', ')}${all.length > 3 ? ' and more' : ''}`;
      };
      return kinds.map((kind) => `"${kind}" (${lines(kind)})`).join(', ');
    }
    return this.#found
      .slice(0, 10)
      .map(({ name, line }, at) => `${String(at + 1)}${name === '' ? '' : ` "${name}"`} (line ${String(line)})`)
      .join(', ');
  }
}
