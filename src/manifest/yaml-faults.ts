import type { LineCounter, YAMLError } from 'yaml';
import type { Problem } from '../domain/problem.ts';

/** The parser's sentences, and what they mean to somebody who does not know YAML's grammar. The first that fits is said. */
const translations: readonly (readonly [said: RegExp, meant: string])[] = [
  [/^Tabs are not allowed/, 'a tab indents this line; YAML takes spaces only'],
  [/^Block collections are not allowed within flow/, 'a colon inside a text: put the value in quotes'],
  [
    /^Flow (?:map|sequence) in block collection must be/,
    'a { or [ is not closed before this line; close it, or indent what belongs inside it',
  ],
  [/^Missing closing ["']/, 'a quote is opened above and never closed; close it'],
  [/^Missing , or : between flow/, 'a comma is missing between two entries here'],
  [/^Unexpected (?:flow-map-end|flow-seq-end) token/, 'a } or ] closes what nothing opened; remove it'],
  [/^Unexpected scalar at node end/, 'text follows the end of a value; put the whole value in quotes'],
  [/^Plain value cannot start with .* character [^ ]+$/, 'a value cannot begin with this character; put it in quotes'],
  [/^Block scalar header includes|^Not a YAML token/, 'a value cannot begin with | or > here; put it in quotes'],
  [/^Comments must be separated/, 'a # follows a value without a space; put a space before it, or the value in quotes'],
  [
    /^Sequence item without - indicator|^All (?:mapping|sequence) items must start|^A block sequence may not be used/,
    'this line is indented unlike its neighbours; start the keys of a mapping, and the dashes of a list, in one column',
  ],
  [
    /^Implicit keys need to be on a single line|^Implicit map keys need/,
    'this line has no ": " after its key; write it as key: value',
  ],
  [/^Unresolved tag/, 'a value cannot begin with !; put it in quotes'],
  [/^Source contains multiple documents/, 'a second document starts here; a manifest is one document'],
];

/** What `${NAME}` without quotes inside braces was meant to be. YAML reads its brace as a mapping of its own. */
function referenceFault(text: string, at: number): string | undefined {
  if (text[at] !== '{' || text[at - 1] !== '$') return undefined;
  const before = /(?:(?<key>[\w.-]+):[ \t]+)?(?<start>[^\s{}[\],"']*)\$$/.exec(text.slice(Math.max(0, at - 500), at));
  const { key, start = '' } = before?.groups ?? {};
  const rest = /^\{[^{}\s]*\}[^\s{}[\],"']*/.exec(text.slice(at, at + 500))?.[0];
  const rule = `a value that ${start === '' ? 'begins with' : 'contains'} \${ inside ${key === undefined ? '{ } or [ ]' : '{ }'} needs quotes`;
  // What stands before it may be half of an address with a password.
  if (rest === undefined || `${start}${rest}`.includes('@')) return rule;
  return `${rule}: ${key === undefined ? '' : `${key}: `}"${start}$${rest}"`;
}

function translate(error: YAMLError, text: string): string {
  const [at] = error.pos;
  const [said = ''] = error.message.split('\n');
  const sentence = said.replace(/ at line \d+, column \d+:?$/, '').replace(/:$/, '');
  const reference = referenceFault(text, at);
  if (reference !== undefined) return reference;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  if (/^ *\t/.test(text.slice(lineStart, at + 1))) return 'a tab indents this line; YAML takes spaces only';
  if (error.code === 'BAD_DQ_ESCAPE') {
    return `"${text.slice(at, at + 2)}" inside double quotes means another character; write / between folders, or use single quotes`;
  }
  if (sentence.startsWith('Nested mappings are not allowed')) return nestedFault(text.slice(at));
  return translations.find(([said]) => said.test(sentence))?.[1] ?? `this is not YAML: ${sentence}`;
}

/** A second `: ` on one line is a colon in a text; on the next line it is a wrong indent. */
function nestedFault(rest: string): string {
  const [line = ''] = rest.split(/\r?\n/, 1);
  return /:(?:[ \t]|$)/.test(line)
    ? 'a colon inside a text: put the value in quotes'
    : 'the line after this one is indented as if it belonged to this value; start both keys in one column';
}

/**
 * What a YAML parser found wrong, as problems: keys that stand twice, each; else the first fault of the syntax alone, since
 * what the parser says after it are echoes. No value of the file is repeated but the name of a key or a variable.
 */
export function explainYaml(
  errors: readonly YAMLError[],
  text: string,
  file: string,
  lines: LineCounter,
): readonly Problem[] {
  const at = (error: YAMLError) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { severity: 'error', file, line, column: col } as const;
  };
  const [first] = errors.filter(({ code }) => code !== 'DUPLICATE_KEY').toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) return [{ ...at(first), code: 'manifest.syntax', message: translate(first, text) }];
  return errors.map((error) => {
    const key = /^[^:\r\n]*/.exec(text.slice(error.pos[0]))?.[0].trim() ?? '';
    const message = `"${key}" stands twice in one mapping; keep one of them`;
    return { ...at(error), code: 'manifest.key-duplicate', message };
  });
}
