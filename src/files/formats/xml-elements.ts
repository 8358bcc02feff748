import sax from 'sax';
import type { ProblemList } from '../problem-list.ts';

/** An element as it begins: its name without the prefix. Lines are 1-based. */
export interface XmlStart {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly line: number;
}

/** What reads the elements. `text` is what stands directly in the element, trimmed. */
export interface XmlHandler {
  start(element: XmlStart): void;
  end(name: string, text: string): void;
}

/** Deeper than any export nests. */
const deepest = 200;

/** Text of one element beyond this is no reading. */
const longestText = 100_000;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Runs through an XML text of any length, a piece at a time. Only the five entities of XML itself are known: a document
 * type, which could define more, is refused. Ends the reading where the text is not well-formed, with line and column.
 */
export async function readElements(
  chunks: AsyncIterable<string>,
  handler: XmlHandler,
  problems: ProblemList,
): Promise<void> {
  // The package's types do not know strictEntities yet.
  const options: sax.SAXOptions & { readonly strictEntities: true } = { strictEntities: true, position: true };
  const parser = sax.parser(true, options);
  const place = () => ({ line: parser.line + 1, column: parser.column + 1 });
  const texts: string[] = [];
  let failure: (() => never) | undefined;
  const fail = (code: string, message: string): void => {
    const at = place();
    failure ??= () => problems.stop(code, message, at);
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a sax parser has no such method
  parser.onerror = (error) => {
    const [what = 'not XML'] = error.message.split('\n');
    fail(
      'meter.xml-malformed',
      `the XML is broken here: ${what.replace(/\.$/, '')}; the file may be cut off or edited: export it again`,
    );
    // The parser refuses to go on while it holds an error; the failure is told after this piece.
    Reflect.set(parser, 'error', null);
  };
  parser.ondoctype = () => {
    fail(
      'meter.xml-doctype',
      'the file has a document type (DOCTYPE), which no meter export needs and which can be made to exhaust memory; remove it, or export the file again',
    );
  };
  parser.onopentag = (tag) => {
    if (failure !== undefined) return;
    texts.push('');
    if (texts.length > deepest)
      fail('meter.xml-malformed', `elements are nested more than ${String(deepest)} deep here; export the file again`);
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(tag.attributes)) {
      if (typeof value === 'string') attributes[localName(name)] = value;
    }
    handler.start({ name: localName(tag.name), attributes, line: parser.line + 1 });
  };
  const addText = (text: string): void => {
    const last = texts.length - 1;
    const before = texts[last];
    if (before === undefined || failure !== undefined) return;
    if (before.length + text.length > longestText) {
      fail(
        'meter.xml-malformed',
        `one element holds more than ${String(longestText)} characters; export the file again`,
      );
      return;
    }
    texts[last] = before + text;
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a sax parser has no such method
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = (name) => {
    if (failure !== undefined) return;
    handler.end(localName(name), (texts.pop() ?? '').trim());
  };
  for await (const piece of chunks) {
    parser.write(piece);
    failure?.();
  }
  parser.close();
  failure?.();
}
