import type { CsvRecord } from './csv-records.ts';
import { isBlank, isRemark } from './csv-header.ts';
import { decideDateOrder } from '../time/date-order.ts';
import type { MeterTable } from '../series/meter-table.ts';

const dateInText = /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{8}/;

/** A row as text; the numbers of one that names a date may be others in the next block: `Data for period starting: 2025-01-02`. */
function textOf({ cells }: CsvRecord): string {
  const text = cells
    .map((cell) => cell.trim())
    .join('\n')
    .trim();
  return dateInText.test(text) ? text.replace(/\d+/g, '#') : text;
}

/**
 * The blocks of a series whose header comes again: exports put one behind the other, a day or a month each. One a file: it is
 * state. `preamble` holds the rows above the first header.
 */
export class ContinuedBlocks {
  readonly #preamble: ReadonlySet<string>;
  readonly #lines: number[] = [];

  constructor(preamble: readonly CsvRecord[]) {
    this.#preamble = new Set(preamble.map(textOf));
  }

  /** True where nothing between the blocks says that another series begins: no rows, or those of the first preamble. */
  mayContinue(between: readonly CsvRecord[]): boolean {
    return between.every((row) => isBlank(row.cells) || isRemark(row.cells) || this.#preamble.has(textOf(row)));
  }

  /** Begins a block with the header on this line. */
  open(line: number): void {
    this.#lines.push(line);
  }

  /** The line of the first block that covers time of an earlier one, and so is no continuation. */
  overlapping(table: MeterTable): number | undefined {
    if (this.#lines.length === 0) return undefined;
    const ordered = decideDateOrder(table.starts, table.ends);
    const order = typeof ordered === 'object' ? 'mdy' : ordered;
    const blocks = [0, ...this.#lines].map((line) => ({
      line,
      least: Number.POSITIVE_INFINITY,
      most: Number.NEGATIVE_INFINITY,
    }));
    let at = 0;
    for (let row = 0; row < table.length; row += 1) {
      while ((blocks[at + 1]?.line ?? Number.POSITIVE_INFINITY) <= table.lines.at(row)) at += 1;
      const wall = table.starts.wall(row, order) - (table.starts.offsetMs(row) ?? 0);
      const block = blocks[at];
      if (block === undefined || Number.isNaN(wall)) continue;
      block.least = Math.min(block.least, wall);
      block.most = Math.max(block.most, wall);
    }
    const byTime = blocks.filter(({ least, most }) => least <= most).toSorted((a, b) => a.least - b.least);
    const overlaps = byTime.flatMap((block, index) => {
      const before = byTime[index - 1];
      const overlap = before !== undefined && (before.most > block.least || before.most === block.most);
      return overlap ? [Math.max(before.line, block.line)] : [];
    });
    return overlaps.length === 0 ? undefined : Math.min(...overlaps);
  }
}
