import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Position, Problem } from '../domain/problem.ts';
import { explainYaml } from './yaml-faults.ts';

/** One step into a value: a key of a mapping or a 0-based place in a list. */
export type PathKey = string | number;

/** A parsed YAML file that still knows where everything was written. */
export interface ManifestDocument {
  /** The file as the operator typed it. */
  readonly file: string;
  /** The content as plain values. */
  readonly value: unknown;
  /** Where the value at `path` is, or its key; the nearest parent when it is absent. */
  where(path: readonly PathKey[], part?: 'key' | 'value'): Position;
  /** Numbers below `path` whose text is not what the number prints as (`01002`, `1e5`), with that text. */
  rewrittenNumbers(path: readonly PathKey[]): readonly { readonly path: readonly PathKey[]; readonly source: string }[];
}

/** YAML text with its problems; the document is absent when nothing in it can be trusted. */
export interface ParsedDocument {
  readonly document?: ManifestDocument;
  readonly problems: readonly Problem[];
}

// A manifest that repeats a block for each of a few thousand sites is real; one that grows exponentially is not.
const maxAliasCount = 10_000;

function checkAliases(doc: Document.Parsed, file: string, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(doc, {
    Alias(_key, alias, ancestors) {
      const source = alias.resolve(doc);
      if (source !== undefined && !ancestors.includes(source)) return;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      const fault = source === undefined ? 'stands for nothing that was named before it' : 'contains itself';
      problems.push({
        severity: 'error',
        code: 'manifest.alias',
        message: `the alias "*${alias.source}" ${fault}; write the value out, or put a text that begins with * in quotes`,
        file,
        line,
        column: col,
      });
    },
  });
  return problems;
}

function nodeAt(doc: Document.Parsed, path: readonly PathKey[]): Node | undefined {
  const found: unknown = path.length === 0 ? doc.contents : doc.getIn(path, true);
  return isNode(found) ? found : undefined;
}

function keyNode(doc: Document.Parsed, path: readonly PathKey[]): Node | undefined {
  const parent = nodeAt(doc, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const wanted = String(path.at(-1));
  const key = parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === wanted)?.key;
  return isNode(key) ? key : undefined;
}

/** Reads YAML and reports what is wrong with it as YAML: syntax, doubled keys, aliases, an empty file. */
export function parseManifestText(text: string, file: string): ParsedDocument {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: 'error' });
  const problems = explainYaml([...doc.errors, ...doc.warnings], text, file, lines);
  if (problems.some((problem) => problem.code === 'manifest.syntax')) return { problems };

  const top = { severity: 'error', file, line: 1, column: 1 } as const;
  const broken = checkAliases(doc, file, lines);
  if (broken.length > 0) return { problems: [...problems, ...broken] };

  let value: unknown;
  try {
    value = doc.toJS({ maxAliasCount });
  } catch {
    const message = `its aliases unfold to more than ${String(maxAliasCount)} values; write the values out`;
    return { problems: [...problems, { ...top, code: 'manifest.alias', message }] };
  }
  if (value === null || value === undefined) {
    const message = 'the manifest is empty; it needs at least "version: 1" and "sites" or "portfolio"';
    return { problems: [{ ...top, code: 'manifest.empty', message }] };
  }
  if (!isMap(doc.contents)) {
    const message = 'a manifest is a mapping of keys like "version" and "sites", not a list or a single value';
    return { problems: [{ ...top, code: 'manifest.not-mapping', message }] };
  }

  const positionOf = (node: Node): Position => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    return { file, line, column: col };
  };
  return {
    problems,
    document: {
      file,
      value,
      where(path, part = 'value') {
        const key = part === 'key' ? keyNode(doc, path) : undefined;
        if (key?.range) return positionOf(key);
        for (let length = path.length; length >= 0; length -= 1) {
          const node = nodeAt(doc, path.slice(0, length));
          if (node?.range) return positionOf(node);
        }
        return { file, line: 1, column: 1 };
      },
      rewrittenNumbers(path) {
        const root = nodeAt(doc, path);
        if (root === undefined) return [];
        const found: { path: readonly PathKey[]; source: string }[] = [];
        collectRewrittenNumbers(root, [], found);
        return found;
      },
    },
  };
}

function collectRewrittenNumbers(
  node: unknown,
  path: readonly PathKey[],
  found: { path: readonly PathKey[]; source: string }[],
): void {
  if (isAlias(node)) return;
  if (isScalar(node)) {
    const { source } = node;
    if (typeof node.value === 'number' && source !== undefined && source !== String(node.value))
      found.push({ path, source });
  } else if (isMap(node)) {
    for (const pair of node.items) {
      if (isScalar(pair.key)) collectRewrittenNumbers(pair.value, [...path, String(pair.key.value)], found);
    }
  } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
    for (const [index, item] of node.items.entries()) collectRewrittenNumbers(item, [...path, index], found);
  }
}
