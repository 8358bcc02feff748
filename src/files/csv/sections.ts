import { columnNamed } from './choose-columns.ts';
import type { CsvRecord } from './csv-records.ts';
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
  readonly line: number;
  /** True for a table that goes on where the one before it ends, as long as its times do not say otherwise. */
  readonly continues?: boolean;
}

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

  /** Begins a section. True when its rows are to be read. */
  open(heading: string | undefined, line: number): boolean {
    this.#found.push({ name: heading ?? '', line });
    if (this.#wanted === undefined) return this.#found.length === 1;
    if (/^\d+$/.test(this.#wanted)) return Number(this.#wanted) === this.#found.length;
    return (heading ?? '').toLowerCase() === this.#wanted.toLowerCase();
  }

  /** A header that came again without a heading of its own: its rows belong to the same series. */
  goOn(heading: string | undefined, line: number): void {
    this.#found.push({ name: heading ?? '', line, continues: true });
  }

  /** Names the first section, whose heading came below its header. */
  rename(heading: string): boolean {
    const line = this.#found[0]?.line ?? 0;
    this.#found.length = 0;
    return this.open(heading, line);
  }

  /** Stops where the choice is still open, or fits none. Says which section is read. */
  settle(problems: ProblemList): readonly string[] {
    const list = this.#list();
    if (this.#wanted === undefined) {
      const second = this.#found.find(({ continues }, at) => at > 0 && continues !== true);
      if (second !== undefined) return this.refuse(second.line, problems);
      return this.#found.length < 2 ? [] : [`${String(this.#found.length)} tables one after the other in time`];
    }
    const wanted = this.#wanted.toLowerCase();
    const fits = this.#found.some(({ name }, at) => String(at + 1) === wanted || name.toLowerCase() === wanted);
    if (!fits) {
      const message = `select.section is "${this.#wanted}", and the file's sections are ${list}; choose one of them`;
      return problems.stop('meter.section-not-found', message, { line: this.#found[0]?.line ?? 1 });
    }
    return [`section "${this.#wanted}" of ${String(this.#found.length)}`];
  }

  /** Stops: which of the tables is the meter's is open; `line` is that of the second. */
  refuse(line: number, problems: ProblemList): never {
    const message = `the file has ${String(this.#found.length)} tables one below the other: ${this.#list()}; choose one with select: { section: ... }, its number or heading`;
    return problems.stop('meter.several-sections', message, { line });
  }

  #list(): string {
    return this.#found
      .slice(0, 10)
      .map(({ name, line }, at) => `${String(at + 1)}${name === '' ? '' : ` "${name}"`} (line ${String(line)})`)
      .join(', ');
  }
}
