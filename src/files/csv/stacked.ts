import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { CsvRecord } from './csv-records.ts';
import { columnNamed } from './given-columns.ts';
import { decideDateOrder } from '../time/date-order.ts';
import type { Header } from './csv-header.ts';
import type { MeterTable } from '../series/meter-table.ts';
import type { ProblemList } from '../problem-list.ts';
import { flowOf } from './rival-columns.ts';

/** How a meter's rows are to be read, with what it measures. */
export type TableOptions = ReadingOptions & { readonly type?: 'electricity' | 'gas' | undefined };

const telling =
  /(?:^|[^\p{L}])(?:commodity|fuel|service|utility|energy[ _]?type|sparte|medium|type|typ|direction|flow|richtung|channel|kanal|register|obis|stream|kind)(?=$|[^\p{L}])/iu;
const notTelling = /address|account|id\b|number|name|read|quality|meter|date|time|[$€£]/i;
/** Names that tell series apart whatever else they speak of: `CON/GEN`, `CONSUMPTION_SURPLUSGENERATION`, `RegisterCode`. */
const surelyTelling =
  /con\W?gen(?![a-z])|consumption[\W_]*(?:surplus)?[\W_]*generation|(?:rate|read(?:ing)?)[\W_]*type|register[\W_]*code/i;
const commodityName = /commodity|fuel|service|utility|energy[ _]?type|sparte|medium|^\s*typ/i;
const electric = /electric|elektri|strom|électri|eléctri|elettri/i;
const other = /(?:^|[^\p{L}])(?:natural )?(?:gas|erdgas|gaz|water|wasser|eau|agua|steam|heat|wärme)(?=$|[^\p{L}])/iu;
const gas = /(?:^|[^\p{L}])(?:gas|erdgas|gaz)(?=$|[^\p{L}])/iu;

/** What one column says, row by row, as runs: a value and the line it begins on. */
interface Watched {
  readonly column: number;
  readonly name: string;
  readonly lines: number[];
  readonly values: string[];
  last: string | undefined;
}

/** Notices several series in one table, told apart by a column: commodities, directions, registers. One a file: it is state. */
export class Stacked {
  readonly #watched: readonly Watched[];
  readonly #commodity: Watched | undefined;
  readonly #type: 'electricity' | 'gas' | undefined;
  /** A column of qualities by its name that may tell directions apart: `Read Type` with an import and an export. */
  readonly #quality: number | undefined;
  readonly #taken = new Set<string>();
  readonly #left = new Map<string, number>();

  constructor({ cells, columns }: Header, options: TableOptions) {
    const quality = surelyTelling.test(cells[columns.quality ?? -1] ?? '') ? columns.quality : undefined;
    this.#quality = quality;
    const used = new Set([
      columns.start,
      columns.time,
      columns.end,
      columns.endTime,
      columns.value,
      ...columns.added,
      columns.unit,
      quality === undefined ? columns.quality : undefined,
      columns.meter,
    ]);
    const selected = new Set(Object.keys(options.select ?? {}).map((name) => columnNamed(cells, name)));
    this.#watched = [...cells.entries()]
      .filter(
        ([column, name]) =>
          !used.has(column) &&
          !selected.has(column) &&
          (surelyTelling.test(name) || (telling.test(name) && !notTelling.test(name))),
      )
      .map(([column, name]) => ({ column, name: name.trim(), lines: [], values: [], last: undefined }));
    this.#type = options.type;
    this.#commodity = this.#watched.find(({ name }) => commodityName.test(name));
  }

  /** True where a row's cells have to be looked at. */
  get watches(): boolean {
    return this.#watched.length > 0;
  }

  /** Notes a row. False for one of another commodity than the meter's, which is left out. */
  note({ cells, line }: CsvRecord): boolean {
    for (const watched of this.#watched) {
      const cell = cells[watched.column] ?? '';
      if (cell === watched.last) continue;
      watched.last = cell;
      watched.lines.push(line);
      watched.values.push(cell.trim());
    }
    const commodity = this.#commodity?.last?.trim();
    if (commodity === undefined || this.#type === undefined) return true;
    const isOther =
      this.#type === 'gas'
        ? electric.test(commodity) || (other.test(commodity) && !gas.test(commodity))
        : other.test(commodity) && !electric.test(commodity);
    if (!isOther) {
      if (this.#taken.size < 5 && commodity !== '') this.#taken.add(commodity);
      return true;
    }
    if (this.#left.size < 20 || this.#left.has(commodity))
      this.#left.set(commodity, (this.#left.get(commodity) ?? 0) + 1);
    return false;
  }

  /** Stops where the same times come under several values of a column. Gives what was left out, in words. */
  settle(table: MeterTable, zone: Zone | undefined, problems: ProblemList): readonly string[] {
    const name = this.#commodity?.name ?? '';
    const left = [...this.#left].map(([value, rows]) => `${String(rows)} of "${value}"`).join(' and ');
    if (this.#left.size > 0 && table.length === 0) {
      const message = `every row is of another commodity than type: ${this.#type ?? ''}: ${left} in column "${name}"; correct type, or select`;
      return problems.stop('meter.commodity-absent', message);
    }
    const ordered = decideDateOrder(table.starts, table.ends);
    const order = typeof ordered === 'object' ? 'mdy' : ordered;
    for (const watched of this.#watched) {
      const values = [...new Set(watched.values)].filter((value) => !this.#left.has(value));
      if (values.length < 2) continue;
      if (watched.column === this.#quality && new Set(values.map((value) => flowOf(value))).size < 2) continue;
      const line = firstCollision(watched, table, order, zone);
      if (line === undefined) continue;
      const list = values
        .slice(0, 6)
        .map((value) => `"${value}"`)
        .join(' and ');
      const several = sharedBeginning(values);
      const joined =
        several === undefined
          ? ''
          : `, or several, with * for any text: { "${watched.name}": "${several}*" }, where they are parts of one`;
      const message = `the same times come under ${list} in column "${watched.name}"; choose one with select: { "${watched.name}": ... }${joined}`;
      problems.stop('meter.several-series', message, { line });
    }
    if (this.#left.size === 0) return [];
    return [
      `rows of ${[...this.#taken].map((value) => `"${value}"`).join(' and ')} in "${name}" (type: ${this.#type ?? ''}), ${left} left out`,
    ];
  }
}

/** The word that some of the values begin with, and others do not: tariffs of one direction (`Afname Dag`, `Afname Nacht`). */
function sharedBeginning(values: readonly string[]): string | undefined {
  const words = values.map((value) => /^\p{L}+(?=\s)/u.exec(value)?.[0]);
  return words.find(
    (word, at) => word !== undefined && words.indexOf(word, at + 1) !== -1 && words.some((other) => other !== word),
  );
}

/** The line of the first row whose time has come before under another value; autumn's doubled hour does not count. */
function firstCollision(
  watched: Watched,
  table: MeterTable,
  order: 'dmy' | 'mdy',
  zone: Zone | undefined,
): number | undefined {
  const seen = new Map<number, string>();
  let run = 0;
  for (let at = 0; at < table.length; at += 1) {
    const line = table.lines.at(at) ?? 0;
    while (run + 1 < watched.lines.length && (watched.lines[run + 1] ?? 0) <= line) run += 1;
    const value = watched.values[run] ?? '';
    const offset = table.starts.offsetMs(at);
    const wall = table.starts.wall(at, order);
    const key = wall - (offset ?? 0);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, value);
    else if (before !== value && (offset !== undefined || zone === undefined || zone.instantsOf(wall).length === 1))
      return line;
  }
  return undefined;
}
