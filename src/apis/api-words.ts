import { isObject } from './json-object.ts';

/** Where an API puts its own words, in the order to read them (watttime contract, "Endpoints"). */
const places = ['message', 'msg', 'error', 'detail'] as const;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * The API's own words in an answer's body: JSON by `message`, `msg`, `error`, `detail` (a text, or FastAPI's list of
 * `{loc, msg, type}`), HTML reduced to its text, any other text as it is. Undefined when the body says nothing.
 */
export function readApiWords(body: string): string | undefined {
  const text = body.trim();
  if (text === '') return undefined;
  const parsed = parseJson(text);
  const words = parsed === undefined ? textOf(text) : (wordsOf(parsed) ?? text);
  const tidy = words.replaceAll(/\s+/g, ' ').trim();
  return tidy === '' ? undefined : tidy;
}

/** The text cut to `most` characters, with an ellipsis where something was cut. */
export function shorten(text: string, most = 300): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}

function parseJson(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch {
    return undefined;
  }
}

function wordsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : textOf(value);
  if (Array.isArray(value)) {
    const all = value.map((item) => complaintOf(item)).filter((item) => item !== undefined);
    return all.length === 0 ? undefined : all.join('; ');
  }
  if (!isObject(value)) return undefined;
  for (const place of places) {
    const words = wordsOf(value[place]);
    if (words !== undefined) return words;
  }
  return undefined;
}

/** One entry of FastAPI's `detail` list: `body.customId: field required`. */
function complaintOf(item: unknown): string | undefined {
  const words = wordsOf(item);
  if (words === undefined || !isObject(item) || !Array.isArray(item['loc'])) return words;
  const place = item['loc'].filter((part) => typeof part === 'string' || typeof part === 'number').join('.');
  return place === '' ? words : `${place}: ${words}`;
}

function textOf(text: string): string {
  if (!/<(?:!doctype|html|head|body|h1|title|p|div|center)\b/i.test(text)) return text;
  return text
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<!--[\s\S]*?-->/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
    });
}
