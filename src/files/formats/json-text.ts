import type { ProblemList } from '../problem-list.ts';

/** A JSON value with the line it begins on, where it is one that can hold others. */
export type JsonNode = string | number | boolean | null | JsonList | JsonTable;

export interface JsonList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly JsonNode[];
}

export interface JsonTable {
  readonly kind: 'table';
  readonly line: number;
  readonly members: ReadonlyMap<string, JsonNode>;
}

/** Deeper than any export nests. */
const deepest = 100;

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- JSON takes no control characters inside a text
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
// oxlint-disable-next-line no-control-regex -- the same
const plainString = /"[^"\\\u0000-\u001f]*"/y;
const words: ReadonlyMap<string, JsonNode> = new Map<string, JsonNode>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', null],
]);

/** Reads a JSON text and keeps the line of everything in it. Ends the reading, with line and column, where it is none. */
export function readJson(text: string, problems: ProblemList): JsonNode {
  let at = 0;
  let line = 1;
  let lineStart = 0;

  function fail(what: string): never {
    return problems.stop('meter.json-malformed', `${what}; the file may be cut off or edited: export it again`, {
      line,
      column: at - lineStart + 1,
    });
  }

  function skipSpace(): void {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 10) [line, lineStart] = [line + 1, at + 1];
      else if (code !== 32 && code !== 13 && code !== 9) return;
    }
  }

  function expect(mark: string): void {
    skipSpace();
    if (text[at] !== mark) {
      fail(
        at >= text.length
          ? `the JSON ends where "${mark}" must follow`
          : `"${text[at] ?? ''}" stands where "${mark}" must`,
      );
    }
    at += 1;
  }

  function readString(): string {
    plainString.lastIndex = at;
    const plain = plainString.exec(text)?.[0];
    if (plain !== undefined) {
      at += plain.length;
      return plain.slice(1, -1);
    }
    string.lastIndex = at;
    const found = string.exec(text)?.[0];
    if (found === undefined) return fail('a text here is not closed, or has a character that JSON does not take');
    at += found.length;
    const value: unknown = JSON.parse(found);
    return typeof value === 'string' ? value : '';
  }

  function readList(depth: number): JsonList {
    const list = { kind: 'list' as const, line, items: [] as JsonNode[] };
    at += 1;
    skipSpace();
    if (text[at] === ']') {
      at += 1;
      return list;
    }
    for (;;) {
      list.items.push(readValue(depth + 1));
      skipSpace();
      if (text[at] !== ',') break;
      at += 1;
    }
    expect(']');
    return list;
  }

  function readTable(depth: number): JsonTable {
    const members = new Map<string, JsonNode>();
    const table = { kind: 'table' as const, line, members };
    at += 1;
    skipSpace();
    if (text[at] === '}') {
      at += 1;
      return table;
    }
    for (;;) {
      skipSpace();
      if (text[at] !== '"') fail('a name in quotes must stand here');
      const name = readString();
      if (members.has(name)) fail(`"${name.slice(0, 40)}" stands twice in one object`);
      expect(':');
      members.set(name, readValue(depth + 1));
      skipSpace();
      if (text[at] !== ',') break;
      at += 1;
    }
    expect('}');
    return table;
  }

  function readValue(depth: number): JsonNode {
    if (depth > deepest) fail(`values are nested more than ${String(deepest)} deep here`);
    skipSpace();
    const mark = text[at];
    if (mark === '{') return readTable(depth);
    if (mark === '[') return readList(depth);
    if (mark === '"') return readString();
    number.lastIndex = at;
    const digits = number.exec(text)?.[0];
    if (digits !== undefined) {
      at += digits.length;
      return Number(digits);
    }
    for (const [word, value] of words) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    }
    return fail(mark === undefined ? 'the JSON ends where a value must follow' : `"${mark}" begins no JSON value`);
  }

  const value = readValue(0);
  skipSpace();
  if (at < text.length) fail('there is more after the end of the JSON');
  return value;
}
