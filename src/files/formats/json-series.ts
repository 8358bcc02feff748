import type { ReadingOptions } from '../../domain/site.ts';
import { chooseColumns, type Columns } from '../csv/choose-columns.ts';
import type { JsonList, JsonNode, JsonTable } from './json-text.ts';

/** A list of readings in a JSON file, as a table: a row an item, a column a key. */
export interface JsonSeries {
  /** Where it is: `energy.values`, `meters[0].values`; empty for the file itself. */
  readonly path: string;
  readonly list: JsonList;
  /** Keys as the file writes them, and as columns are recognised by: `endAt` as `end At`. */
  readonly keys: readonly string[];
  readonly header: readonly string[];
  readonly columns: Columns;
  /** Plain values that stand above the list, nearest last: unit, meter, kind. */
  readonly above: ReadonlyMap<string, string>;
}

/** Items looked at for their keys. */
const sampledItems = 50;

const units = /(?:^|[^A-Za-z]|[a-z])(kWh|MWh|GWh|Wh|kW|MW)$/;
const gluedUnits = /^(en|energy|prod|production|cons|consumption|use|usage|import|export|gen)(kwh|mwh|wh)$/;

/** A key as words: `endAt` is `end At`, `energyWh` is `energy (Wh)`, `enwh` is `en (wh)`. */
export function wordsOfKey(key: string): string {
  const glued = gluedUnits.exec(key);
  if (glued !== null) return `energy ${glued[1] ?? ''} (${glued[2] ?? ''})`;
  const unit = units.exec(key)?.[1] ?? '';
  const name = unit === '' ? key : key.slice(0, -unit.length);
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1 $2');
  return unit === '' ? words : `${words} (${unit})`;
}

/** Short names of times, which only stand for one in JSON. */
const timeKeys: ReadonlyMap<string, string> = new Map([
  ['ts', 'timestamp'],
  ['t', 'timestamp'],
  ['datetime', 'timestamp'],
  ['dt', 'timestamp'],
]);

const headerOf = (key: string): string => timeKeys.get(key.toLowerCase()) ?? wordsOfKey(key);

/** The options with columns named as the header has them. */
function columnsAsWords(options: ReadingOptions): ReadingOptions {
  const { columns } = options;
  if (columns === undefined) return options;
  const renamed = Object.entries(columns).map(([role, name]) => [
    role,
    typeof name === 'string' ? headerOf(name) : name,
  ]);
  return { ...options, columns: Object.fromEntries(renamed) };
}

function keysOf(list: JsonList): readonly string[] | undefined {
  const sample = list.items.slice(0, sampledItems);
  if (sample.length === 0) return undefined;
  const keys = new Set<string>();
  let width = 0;
  for (const item of sample) {
    if (item === null || typeof item !== 'object') return undefined;
    if (item.kind === 'table') for (const key of item.members.keys()) keys.add(key);
    else width = Math.max(width, item.items.length);
  }
  if (keys.size > 0) return width === 0 ? [...keys] : undefined;
  // Pairs of a moment and a value have no keys: `[[1704067200000, 12.5], ...]`.
  return width === 2 && sample.every(isPair) ? ['timestamp', 'value'] : undefined;
}

function isPair(item: JsonNode): boolean {
  if (item === null || typeof item !== 'object' || item.kind !== 'list' || item.items.length !== 2) return false;
  const [moment, value] = item.items;
  return (typeof moment === 'number' || typeof moment === 'string') && (value === null || typeof value !== 'object');
}

const textOf = (node: JsonNode): string | undefined =>
  node === null || typeof node === 'object' ? undefined : String(node);

/** Every list in the file that can be read as a table of readings, and what stands in the way of the others. */
export function findSeries(
  root: JsonNode,
  options: ReadingOptions,
): { readonly series: readonly JsonSeries[]; readonly why: string | undefined } {
  const series: JsonSeries[] = [];
  let why: string | undefined;
  const given = columnsAsWords(options);

  function visit(node: JsonNode, path: string, above: ReadonlyMap<string, string>): void {
    if (node === null || typeof node !== 'object') return;
    if (node.kind === 'list') visitList(node, path, above);
    else visitTable(node, path, above);
  }

  function visitTable(table: JsonTable, path: string, above: ReadonlyMap<string, string>): void {
    const own = new Map(above);
    for (const [key, value] of table.members) {
      const text = textOf(value);
      if (text !== undefined) own.set(key, text);
    }
    for (const [key, value] of table.members) visit(value, path === '' ? key : `${path}.${key}`, own);
  }

  function visitList(list: JsonList, path: string, above: ReadonlyMap<string, string>): void {
    const keys = keysOf(list);
    if (keys !== undefined) {
      const header = keys.map(headerOf);
      const columns = chooseColumns(header, given);
      if (!('found' in columns)) {
        series.push({ path, list, keys, header, columns, above });
        return;
      }
      if (columns.found) why ??= `${path === '' ? 'the list' : path}: ${columns.message}`;
    }
    for (const [at, item] of list.items.slice(0, 10_000).entries()) visit(item, `${path}[${String(at)}]`, above);
  }

  visit(root, '', new Map());
  return { series, why };
}
