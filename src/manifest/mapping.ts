import type { Problem } from '../domain/problem.ts';
import { fieldFault } from './asset-fields.ts';
import type { ManifestDocument, PathKey } from './document.ts';
import { keysAt, readingOf, type Shape, shapesAt } from './schema-path.ts';
import type { WrittenPortfolio } from './schema.ts';
import { didYouMean, listWords } from './suggest.ts';

type Reading = 'text' | 'number' | 'boolean' | 'number-or-boolean';

/** Where one value of a site comes from in every row. */
export interface Target {
  readonly path: readonly PathKey[];
  readonly reading: Reading;
  readonly from:
    | { readonly kind: 'column'; readonly column: number }
    | { readonly kind: 'constant'; readonly value: string | number | boolean }
    /** Text and 0-based columns in turn. */
    | { readonly kind: 'template'; readonly parts: readonly (string | number)[]; readonly first: number };
}

/** A portfolio's `columns` and `set`, matched with the header of its file. */
export interface Mapping {
  readonly targets: readonly Target[];
  readonly problems: readonly Problem[];
}

/** A dotted path of the portfolio as keys: `meters.0.id`. */
export function splitPath(dotted: string): readonly PathKey[] {
  return dotted.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The same, where keys may have dots in them: `quality.meter.gap.reason` goes through the key `meter.gap`. */
function splitPathIn(shape: Shape, dotted: string): readonly PathKey[] {
  const parts = splitPath(dotted);
  const path: PathKey[] = [];
  for (let at = 0; at < parts.length; at += 1) {
    const known = keysAt(shape, path).filter((key) => key.includes('.'));
    const lengths = new Set(known.map((key) => key.split('.').length));
    const joined = [...lengths].map((length) => parts.slice(at, at + length));
    // One that is not known stays whole, for the suggestion.
    const taken = joined.find((keys) => known.includes(keys.join('.'))) ?? joined[0];
    path.push(taken === undefined ? (parts[at] ?? '') : taken.join('.'));
    if (taken !== undefined) at += taken.length - 1;
  }
  return path;
}

function pathFault(
  shape: Shape,
  path: readonly PathKey[],
  dotted: string,
): { readonly reading: Reading } | { readonly fault: string } {
  for (const [index, key] of path.entries()) {
    if (shapesAt(shape, path.slice(0, index + 1)).length > 0) continue;
    const known = keysAt(shape, path.slice(0, index));
    const inList = shapesAt(shape, path.slice(0, index)).some((found) => found.items !== undefined);
    const wanted = inList
      ? '; entries of a list go by number, from 0'
      : known.length > 0
        ? `; known here: ${known.join(', ')}`
        : '';
    const hint = typeof key === 'string' ? didYouMean(key, known, wanted) : wanted;
    return { fault: `"${dotted}" leads nowhere: "${String(key)}" is not a key that is known there${hint}` };
  }
  const reading = readingOf(shapesAt(shape, path));
  if (reading !== undefined) return { reading };
  const inner = keysAt(shape, path);
  const example = inner[0] === undefined ? `${dotted}.0` : `${dotted}.${inner[0]}`;
  return { fault: `"${dotted}" is not a single value; go on to one inside it, like "${example}"` };
}

/** Matches the portfolio's paths with the schema and its column names with the header; all problems at once. */
export function compileMapping(
  portfolio: WrittenPortfolio,
  header: readonly string[],
  headerAt: (column: number) => Pick<Problem, 'file' | 'line' | 'column' | 'record'>,
  document: ManifestDocument,
  shape: Shape,
): Mapping {
  const targets: Target[] = [];
  const problems: Problem[] = [];
  const error = (code: string, message: string, path: readonly PathKey[], part: 'key' | 'value' = 'value') => {
    problems.push({ severity: 'error', code, message, ...document.where(path, part) });
  };
  const doubled = new Set<number>();
  const columnOf = (name: string, path: readonly PathKey[]): number => {
    const column = header.indexOf(name.trim());
    if (column < 0) {
      const named = new Set(header.filter((cell) => cell !== ''));
      error(
        'portfolio.column-unknown',
        `"${name}" is not a column of the portfolio${didYouMean(name, named, `; it has ${listWords(named)}`)}`,
        path,
      );
    }
    const again = header.indexOf(name.trim(), column + 1);
    if (column >= 0 && again >= 0 && !doubled.has(again)) {
      doubled.add(again);
      const message = `"${name.trim()}" is the name of two columns, so it is not clear which is meant; rename one`;
      problems.push({ severity: 'error', code: 'portfolio.column-doubled', message, ...headerAt(again) });
    }
    return column;
  };
  const add = (section: 'columns' | 'set', dotted: string, from: Target['from']) => {
    const path = splitPathIn(shape, dotted);
    const found = pathFault(shape, path, dotted);
    if ('reading' in found) {
      targets.push({ path, reading: found.reading, from });
      const [part, field] = path;
      const message = part === 'asset' && typeof field === 'string' ? fieldFault(field) : undefined;
      const at = document.where(['portfolio', section, dotted], 'key');
      if (message !== undefined) problems.push({ severity: 'warning', code: 'asset.field-unknown', message, ...at });
    } else error('portfolio.path-unknown', found.fault, ['portfolio', section, dotted], 'key');
  };

  for (const [dotted, name] of Object.entries(portfolio.columns)) {
    const column = columnOf(name, ['portfolio', 'columns', dotted]);
    add('columns', dotted, { kind: 'column', column });
  }
  for (const [dotted, value] of Object.entries(portfolio.set)) {
    const path = ['portfolio', 'set', dotted];
    const pieces = typeof value === 'string' ? value.split(/\{([^{}]+)\}/) : [];
    const parts = pieces.map((piece, index) => (index % 2 === 1 ? columnOf(piece, path) : piece));
    const first = parts.find((part) => typeof part === 'number');
    add('set', dotted, first === undefined ? { kind: 'constant', value } : { kind: 'template', parts, first });
    if (dotted in portfolio.columns)
      error('portfolio.path-conflict', `"${dotted}" stands in "columns" too; keep one`, path, 'key');
  }
  const written = [...Object.keys(portfolio.columns), ...Object.keys(portfolio.set)];
  for (const dotted of written) {
    const inner = written.find((other) => other.startsWith(`${dotted}.`));
    if (inner === undefined) continue;
    const section = dotted in portfolio.columns ? 'columns' : 'set';
    error(
      'portfolio.path-conflict',
      `"${dotted}" is set as a whole, and "${inner}" inside it; keep one`,
      ['portfolio', section, dotted],
      'key',
    );
  }
  if (!written.includes('id')) {
    const message = 'no column gives the sites their "id"; add "id: <name of a column>" to "columns"';
    error('portfolio.id-unmapped', message, ['portfolio', 'columns'], 'key');
  }
  return { targets, problems };
}
