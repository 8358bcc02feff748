import type { PathKey } from './document.ts';
import type { Target } from './mapping.ts';

/** A value of one row and the target it came from; `path` counts only list entries the row has. */
export interface PlacedValue {
  readonly path: readonly PathKey[];
  readonly value: string | number | boolean;
  readonly target: Target;
}

function readText(text: string, reading: Target['reading']): string | number | boolean {
  if (reading !== 'text') {
    if (reading !== 'boolean' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
    if (reading !== 'number' && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  }
  // What does not read as the schema wants stays text, and the schema says so.
  return text;
}

function targetValue(target: Target, cells: readonly string[]): string | number | boolean | undefined {
  const { from, reading } = target;
  switch (from.kind) {
    case 'column': {
      const text = cells[from.column] ?? '';
      return text === '' ? undefined : readText(text, reading);
    }
    case 'constant':
      return typeof from.value === 'string' ? readText(from.value, reading) : from.value;
    case 'template': {
      const texts = from.parts.map((part) => (typeof part === 'number' ? (cells[part] ?? '') : part));
      const lacking = from.parts.some((part, index) => typeof part === 'number' && texts[index] === '');
      return lacking ? undefined : readText(texts.join(''), reading);
    }
  }
}

/** The list entries a path goes through, `meters.0.id` through `meters.0`; what `quality` says of a code is one as well. */
function entriesOf(path: readonly PathKey[]): readonly string[] {
  const isEntry = (key: PathKey, index: number): boolean =>
    typeof key === 'number' || (index === 1 && path[0] === 'quality');
  return path.flatMap((key, index) => (isEntry(key, index) ? [path.slice(0, index + 1).join('.')] : []));
}

/**
 * The values a row gives. An empty cell is absent, so is a template with an empty cell in it, and a list entry
 * whose columns are all empty is absent with its constants: a site without a meter has no meter of a constant type.
 */
export function placeValues(targets: readonly Target[], cells: readonly string[]): readonly PlacedValue[] {
  const filled = targets.flatMap((target) => {
    const value = targetValue(target, cells);
    return value === undefined ? [] : [{ target, value }];
  });
  const hasColumns = new Set(targets.flatMap(({ path, from }) => (from.kind === 'column' ? entriesOf(path) : [])));
  const hasValues = new Set(
    filled.flatMap(({ target: { path, from } }) => (from.kind === 'column' ? entriesOf(path) : [])),
  );
  const present = filled.filter(({ target }) =>
    entriesOf(target.path).every((entry) => !hasColumns.has(entry) || hasValues.has(entry)),
  );
  const numbers = new Map<string, number[]>();
  for (const { target } of present) {
    for (const [index, key] of target.path.entries()) {
      if (typeof key !== 'number') continue;
      const list = target.path.slice(0, index).join('.');
      const seen = numbers.get(list) ?? [];
      if (!seen.includes(key))
        numbers.set(
          list,
          [...seen, key].toSorted((a, b) => a - b),
        );
    }
  }
  const renumber = (path: readonly PathKey[]) =>
    path.map((key, index) =>
      typeof key === 'number' ? (numbers.get(path.slice(0, index).join('.')) ?? []).indexOf(key) : key,
    );
  return present.map(({ target, value }) => ({ path: renumber(target.path), value, target }));
}

/** The values put together as a site is written in the manifest. */
export function assembleSite(values: readonly PlacedValue[]): unknown {
  return assembleAt(values.map(({ path, value }) => ({ path, value })));
}

function assembleAt(values: readonly { readonly path: readonly PathKey[]; readonly value: unknown }[]): unknown {
  const [only] = values;
  if (only !== undefined && only.path.length === 0) return only.value;
  const groups = new Map<PathKey, { path: readonly PathKey[]; value: unknown }[]>();
  for (const { path, value } of values) {
    const [key = '', ...rest] = path;
    const group = groups.get(key) ?? [];
    group.push({ path: rest, value });
    groups.set(key, group);
  }
  const entries = [...groups].map(([key, group]): [PathKey, unknown] => [key, assembleAt(group)]);
  if (entries.length > 0 && entries.every(([key]) => typeof key === 'number')) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
  }
  return Object.fromEntries(entries);
}
