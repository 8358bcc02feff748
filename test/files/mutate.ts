/** One damaged copy of a file. */
export interface Mutation {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What kind of damage it is: it decides what may follow. */
  readonly kind: 'cut' | 'byte' | 'swap' | 'double' | 'rewrite';
}

/** A small repeatable noise from 0 to 1: the same seed damages the same places. */
export function noiseOf(seed: string): () => number {
  let state = 2_166_136_261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0; // oxlint-disable-line no-bitwise -- a hash
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // oxlint-disable-line no-bitwise -- 32-bit arithmetic
    return (state >>> 8) / 2 ** 24; // oxlint-disable-line no-bitwise -- the low bits are poor
  };
}

const writtenBytes = '0123456789abcxyzTZ .,:;-/"+\n\t\u0000';

/** The text of a fixture's bytes, its encoding found by its mark or by failing to be UTF-8. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Lines of a text as bytes, each with its end; a CR alone ends a line where there is no LF. */
function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const end = bytes.includes(10) ? 10 : 13;
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== end || (wide && (at % 2 === 1 || bytes[at + 1] !== 0))) continue;
    const until = at + (wide ? 2 : 1);
    lines.push(bytes.subarray(from, until));
    from = until;
  }
  if (from < bytes.length) lines.push(bytes.subarray(from));
  return lines;
}

const joined = (lines: readonly Uint8Array[]): Uint8Array => Buffer.concat(lines);

function* damaged(bytes: Uint8Array, noise: () => number, times: number): Generator<Mutation> {
  const pick = (least: number, most: number): number =>
    Math.min(most - 1, least + Math.floor(noise() * (most - least)));
  for (const share of [0.25, 0.6, 0.93]) {
    const at = pick(Math.floor(bytes.length * share), Math.floor(bytes.length * (share + 0.06)));
    yield { kind: 'cut', name: `cut at byte ${String(at)}`, bytes: bytes.subarray(0, at) };
  }
  for (let time = 0; time < times; time += 1) {
    const at = pick(0, bytes.length);
    const byte = noise() < 0.1 ? pick(128, 256) : (writtenBytes.codePointAt(pick(0, writtenBytes.length)) ?? 48);
    const copy = Uint8Array.from(bytes);
    copy[at] = byte;
    const name = `byte ${String(at)} from ${JSON.stringify(String.fromCodePoint(bytes[at] ?? 0))} to ${JSON.stringify(String.fromCodePoint(byte))}`;
    yield { kind: 'byte', name, bytes: copy };
  }
}

function* rearranged(bytes: Uint8Array, noise: () => number): Generator<Mutation> {
  const lines = linesOf(bytes);
  const pick = (): number => Math.min(lines.length - 1, Math.floor((0.3 + 0.65 * noise()) * lines.length));
  for (const [a, b] of [[pick(), pick()], ...[pick()].map((at) => [at, at - 1])]) {
    if (a === undefined || b === undefined || a === b || Math.max(a, b) === lines.length - 1) continue;
    const swapped = lines.map((line, at) => lines[at === a ? b : at === b ? a : at] ?? line);
    yield { kind: 'swap', name: `lines ${String(a + 1)} and ${String(b + 1)} swapped`, bytes: joined(swapped) };
  }
  const at = Math.min(pick(), lines.length - 2);
  const doubled = lines.flatMap((line, index) => (index === at ? [line, line] : [line]));
  yield { kind: 'double', name: `line ${String(at + 1)} doubled`, bytes: joined(doubled) };
}

function* rewritten(bytes: Uint8Array): Generator<Mutation> {
  const text = textOf(bytes).replace(/^\uFEFF/, '');
  const as = (name: string, next: Uint8Array): Mutation => ({ kind: 'rewrite', name, bytes: next });
  yield as('as UTF-16 LE', Buffer.from(`\uFEFF${text}`, 'utf16le'));
  yield as('as UTF-16 BE', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16());
  yield as('as UTF-8 with a mark', Buffer.from(`\uFEFF${text}`));
  if (/^[\0-\u00ff]*$/.test(text)) yield as('as Windows-1252', Buffer.from(text, 'latin1')); // oxlint-disable-line no-control-regex -- all of Latin-1
  const lineEnd = text.includes('\r\n') ? '\n' : '\r\n';
  yield as(`lines ended by ${JSON.stringify(lineEnd)}`, Buffer.from(text.replaceAll(/\r\n|\n|\r/g, lineEnd)));
  for (const [from, to] of [
    [',', ';'],
    [',', '\t'],
    [';', '\t'],
    ['\t', ','],
  ] as const) {
    const clean = text.includes(from) && !text.includes(to) && !text.includes('"') && !/^sep=/m.test(text);
    // A decimal comma is not a delimiter, and is left out.
    if (!clean || (from === ',' && text.includes(';')) || (to === ',' && text.includes(','))) continue;
    yield as(`${JSON.stringify(from)} become ${JSON.stringify(to)}`, Buffer.from(text.replaceAll(from, to)));
  }
}

/** Damaged and rewritten copies of a file, the same ones for the same name. */
export function* mutationsOf(file: string, bytes: Uint8Array, bytesChanged: number): Generator<Mutation> {
  const noise = noiseOf(file);
  yield* damaged(bytes, noise, bytesChanged);
  yield* rearranged(bytes, noise);
  yield* rewritten(bytes);
}
