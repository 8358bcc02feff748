import type { ReadingOptions } from '../../domain/site.ts';
import { chooseColumns } from './choose-columns.ts';
import { readNumber } from '../values/number-cell.ts';
import { readStamp } from '../time/stamp.ts';
import { holdsDate, splitRange } from './stamp-forms.ts';

/** Lines looked at when a file is opened: more than any preamble seen, with enough data after it. */
const sampledLines = 60;

const candidates = [',', ';', '\t', '|'] as const;

/** Splits one line at a delimiter outside quotes; enough for a look, the reading itself is csv-parse's. */
function splitLine(line: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      cells.push(line.slice(from, at));
      from = at + 1;
    }
  }
  cells.push(line.slice(from));
  return cells.map((cell) => cell.replace(/^\s*"(.*)"\s*$/, '$1').replaceAll('""', '"'));
}

/** True when a row can be a header: it names columns, and none of its cells is a date or a number. */
export function isHeader(cells: readonly string[]): boolean {
  return (
    cells.filter((cell) => cell.trim() !== '').length >= 2 &&
    cells.every((cell) => {
      if (readStamp(cell, undefined) !== undefined) return false;
      const number = readNumber(cell);
      return number === undefined || (Number.isNaN(number.point) && Number.isNaN(number.comma));
    })
  );
}

/** How well a delimiter explains these lines: rows after its header that hold a stamp and a number where the header says. */
function score(lines: readonly string[], delimiter: string, options: ReadingOptions): number {
  let columns: ReturnType<typeof chooseColumns> | undefined;
  let width = 0;
  let found = 0;
  let faulty = 0;
  for (const [at, line] of lines.entries()) {
    const cells = splitLine(line, delimiter);
    if (columns === undefined) {
      const header =
        options.header === undefined ? isHeader(cells) : options.header === false || options.header === at + 1;
      if (!header) continue;
      const chosen = chooseColumns(options.header === false ? cells.map(() => '') : cells, options);
      if ('found' in chosen) {
        faulty = Math.max(faulty, chosen.found ? 0.5 : 0);
        continue;
      }
      columns = chosen;
      width = cells.length;
      if (options.header !== false) continue;
    }
    if ('found' in columns) continue;
    const stamp = readStamp(cells[columns.start] ?? '', options.dateOrder);
    const number = readNumber(cells[columns.value] ?? '');
    const numeric = number === undefined || !Number.isNaN(number.point) || !Number.isNaN(number.comma);
    if (cells.length >= width && stamp !== undefined && numeric) found += 1;
  }
  // Columns that no row fits explain less than a header with a fault: a row cut in two by its decimal comma has words, too.
  return columns === undefined ? faulty : found === 0 ? 0.25 : 1 + found;
}

/** True for cells of which one holds a date and another a number. */
function isReading(cells: readonly string[], options: ReadingOptions): boolean {
  return (
    cells.some((cell) => holdsDate(cell, options.dateOrder) || splitRange(cell, options.dateOrder) !== undefined) &&
    cells.some((cell) => {
      const number = readNumber(cell);
      return number !== undefined && !(Number.isNaN(number.point) && Number.isNaN(number.comma));
    })
  );
}

/** The delimiter of a file: the one given, that of a `sep=` line, or the one under which its beginning reads as a table. */
export function detectDelimiter(head: string, options: ReadingOptions): string {
  if (options.delimiter !== undefined) return options.delimiter === '\\t' ? '\t' : options.delimiter;
  const lines = head.split(/\r\n|\n|\r/, sampledLines);
  const told = /^"?sep=(.)"?$/i.exec(lines[0] ?? '')?.[1];
  if (told !== undefined) return told;
  const scores = candidates.map((delimiter) =>
    // Without it, no row has two cells, as a header must have unless the manifest says where it is.
    options.header !== undefined || head.includes(delimiter) ? score(lines, delimiter, options) : 0,
  );
  const best = Math.max(...scores);
  if (best === 0) {
    // No header by its names: the delimiter under which most lines hold a date and a number.
    // A comma in `31.01.2024, 13:00` or `0,5` parts cells as well: of equals, the one under which the line above has as many.
    const counts = candidates.map((delimiter) => {
      const rows = lines.map((line) => splitLine(line, delimiter));
      const first = rows.findIndex((cells) => isReading(cells, options));
      const fits = first > 0 && rows[first - 1]?.length === rows[first]?.length;
      return rows.filter((cells) => isReading(cells, options)).length + (fits ? 0.5 : 0);
    });
    return candidates[counts.indexOf(Math.max(...counts))] ?? ',';
  }
  return candidates[scores.indexOf(best)] ?? ',';
}
