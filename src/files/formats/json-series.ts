import type { ReadingOptions } from '../../domain/site.ts';
import { chooseColumns, type Columns, type NoColumns } from '../csv/choose-columns.ts';
import { recogniseColumn } from '../csv/header-names.ts';
import { columnsByNumber } from '../csv/units-row.ts';
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

/** The same of a key that names a whole list: `timestamps` is `timestamp`, `values` is `value`. */
function headerOfList(key: string): string {
  const one = /[^s]s$/i.test(key) ? key.slice(0, -1) : key;
  const [asIs, singular] = [headerOf(key), headerOf(one)];
  return recogniseColumn(asIs).role === undefined ? singular : asIs;
}

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

/** A member of an object by its key, or by a path of keys: `total.solar`. */
export function memberOf(table: JsonTable, path: string): JsonNode | undefined {
  const own = table.members.get(path);
  const dot = path.indexOf('.');
  if (own !== undefined || dot === -1) return own;
  const inner = table.members.get(path.slice(0, dot));
  const isTable = inner !== null && typeof inner === 'object' && inner.kind === 'table';
  return isTable ? memberOf(inner, path.slice(dot + 1)) : undefined;
}

/** The keys of a list of objects, with the paths that the manifest names; undefined where it is none. */
function keysOf(list: JsonList, { columns = {} }: ReadingOptions): readonly string[] | undefined {
  const sample = list.items.slice(0, sampledItems);
  if (sample.length === 0) return undefined;
  const keys = new Set<string>();
  let width = 0;
  for (const item of sample) {
    if (item === null || typeof item !== 'object') return undefined;
    if (item.kind === 'table') {
      for (const [key, value] of item.members) if (value === null || typeof value !== 'object') keys.add(key);
      for (const path of Object.values(columns).flat())
        if (typeof path === 'string' && memberOf(item, path) !== undefined) keys.add(path);
    } else width = Math.max(width, item.items.length);
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

/** What stands in the way of reading a list. */
interface NoSeries {
  readonly code: string;
  readonly message: string;
}

const isPlainList = (node: JsonNode): node is JsonList =>
  node !== null &&
  typeof node === 'object' &&
  node.kind === 'list' &&
  node.items.length > 0 &&
  node.items.every((item) => item === null || typeof item !== 'object');

/** Lists side by side as one: `{ "timestamps": [...], "values": [...] }`. Says why where they are not of one length. */
function besideLists(
  table: JsonTable,
  options: ReadingOptions,
): Omit<JsonSeries, 'path' | 'above'> | { readonly why: NoSeries | undefined } {
  const all = [...table.members].flatMap(([key, value]) => (isPlainList(value) ? [{ key, value }] : []));
  const longest = Math.max(0, ...all.map(({ value }) => value.items.length));
  const columnsOf = (lists: typeof all): Columns | NoColumns => {
    const keys = lists.map(({ key }) => key);
    return chooseColumns(
      keys.map((key) => headerOfList(key)),
      columnsByNumber(keys, options),
    );
  };
  if (all.length < 2) return { why: undefined };
  // Short lists beside the readings are labels and the like, unless the readings cannot be without them.
  const long = all.filter(({ value }) => value.items.length === longest);
  const lists = 'found' in columnsOf(long) ? all : long;
  const columns = columnsOf(lists);
  if ('found' in columns) return { why: columns.found ? columns : undefined };
  const keys = lists.map(({ key }) => key);
  const header = keys.map((key) => headerOfList(key));
  const used = [columns.start, columns.value, columns.end, columns.time].filter((column) => column !== undefined);
  const lengths = used.map((column) => lists[column]?.value.items.length ?? 0);
  const [length = 0] = lengths;
  if (lengths.some((other) => other !== length)) {
    const counts = used.map((column, at) => `"${keys[column] ?? ''}" has ${String(lengths[at] ?? 0)}`).join(', ');
    const message = `lists that stand beside each other must be of one length, but ${counts}; export the file again`;
    return { why: { code: 'meter.json-no-readings', message } };
  }
  const { line } = table;
  const items = Array.from({ length }, (_, at): JsonList => {
    return { kind: 'list', line, items: lists.map(({ value }) => value.items[at] ?? null) };
  });
  return { list: { kind: 'list', line, items }, keys, header, columns };
}

/** Every list in the file that can be read as a table of readings, and what stands in the way of the others. */
export function findSeries(
  root: JsonNode,
  options: ReadingOptions,
): { readonly series: readonly JsonSeries[]; readonly why: NoSeries | undefined } {
  const series: JsonSeries[] = [];
  let why: NoSeries | undefined;
  const given = columnsAsWords(options);
  const note = ({ code, message }: NoSeries, where: string): void => {
    why ??= { code, message: `${where}: ${message}` };
  };

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
    const beside = besideLists(table, options);
    if (!('why' in beside)) {
      series.push({ ...beside, path, above: own });
      return;
    }
    if (beside.why !== undefined) note(beside.why, path === '' ? 'the file' : path);
    for (const [key, value] of table.members) visit(value, path === '' ? key : `${path}.${key}`, own);
  }

  function visitList(list: JsonList, path: string, above: ReadonlyMap<string, string>): void {
    const keys = keysOf(list, options);
    if (keys !== undefined) {
      const header = keys.map(headerOf);
      const columns = chooseColumns(header, given);
      if (!('found' in columns)) {
        series.push({ path, list, keys, header, columns, above });
        return;
      }
      if (columns.found) note(columns, path === '' ? 'the list' : path);
    }
    for (const [at, item] of list.items.slice(0, 10_000).entries()) visit(item, `${path}[${String(at)}]`, above);
  }

  visit(root, '', new Map());
  return { series, why };
}
