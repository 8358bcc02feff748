import { isUtf8 } from 'node:buffer';
import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Columns } from './choose-columns.ts';
import type { Header } from './csv-header.ts';
import type { OpenText } from '../open-text.ts';
import type { TableBuilder } from '../series/meter-table.ts';
import { PlainRows } from './plain-rows.ts';
import { readStamp } from '../time/stamp.ts';

/** Bytes read at once. */
const blockBytes = 262_144;
/** A line with more bytes is not plain. */
const longestLine = 65_536;

const newline = 0x0a;
const quote = 0x22;
const byteOrderMark: readonly number[] = [0xef, 0xbb, 0xbf];

/** The columns this lane knows. A header that means more is read by the other lane. */
const knownColumns: ReadonlySet<string> = new Set<keyof Columns>([
  'start',
  'time',
  'end',
  'endTime',
  'value',
  'unit',
  'quality',
  'meter',
  'stampSays',
  'unitInName',
  'refusedUnit',
  'register',
]);

/** Where in a file its rows begin. */
export interface PlainStart {
  readonly header: Header;
  /** 1-based line of the header, or of the first row where there is no header. */
  readonly line: number;
  readonly delimiter: string;
}

function isPlain({ header, delimiter }: PlainStart, options: ReadingOptions): boolean {
  const columns: { readonly [key: string]: unknown } = { ...header.columns };
  const used = Object.entries(columns).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return (
    /^[ -!#-~\t]$/.test(delimiter) &&
    options.select === undefined &&
    used.every(
      ([key, value]) => knownColumns.has(key) && !(typeof value === 'number' && value >= header.cells.length),
    ) &&
    readStamp(header.cells[header.columns.start] ?? '', options.dateOrder) === undefined
  );
}

/** The place after `lines` lines from `from`; -1 where there are not so many before `until`. */
function afterLines(bytes: Buffer, from: number, until: number, lines: number): number {
  let at = from;
  for (let left = lines; left > 0; left -= 1) {
    const end = bytes.subarray(0, until).indexOf(newline, at);
    if (end === -1) return -1;
    at = end + 1;
  }
  return at;
}

/** True when the bytes are text without a quote: a quote may hold a delimiter or a line end. */
function isPlainText(bytes: Buffer): boolean {
  return !bytes.includes(quote) && !bytes.includes(0) && isUtf8(bytes);
}

/** Room for some bytes of the file, and before them for the line that the bytes before them left unfinished. */
interface Block {
  readonly bytes: Buffer;
  readonly view: DataView;
}

function newBlock(size: number): Block {
  const bytes = Buffer.allocUnsafeSlow(longestLine + size + 1);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

async function scan(text: OpenText, begin: PlainStart, options: ReadingOptions, zone: Zone | undefined) {
  const delimiter = begin.delimiter.charCodeAt(0);
  const rows = new PlainRows(begin.header, delimiter, options, zone);
  const read = async ({ bytes }: Block, position: number): Promise<number> =>
    text.read(bytes, longestLine, bytes.length - longestLine - 1, position);
  // A small file leaves nothing for a second block but to see that it has ended.
  let block = newBlock(Math.min(blockBytes, text.size));
  let next = newBlock(Math.min(blockBytes, Math.max(longestLine, text.size - blockBytes)));
  let reading = read(block, 0);
  let position = 0;
  let kept = 0;
  let line = 1;
  let ended = false;
  while (!ended) {
    const bytesRead = await reading;
    const { bytes, view } = block;
    ended = bytesRead === 0;
    const isFirst = position === 0;
    position += bytesRead;
    if (!ended) {
      // The disk reads on while these bytes are looked at. What it has to say is heard when they are asked for.
      reading = read(next, position);
      reading.catch(() => undefined);
    }
    let from = longestLine - kept;
    let filled = longestLine + bytesRead;
    if (ended) {
      if (kept === 0) break;
      // The last line without a line end: a lone carriage return there belongs to its cell.
      if (bytes[filled - 1] === 0x0d) return undefined;
      bytes[filled] = newline;
      filled += 1;
    }
    const until = from + bytes.subarray(from, filled).lastIndexOf(newline) + 1;
    kept = filled - until;
    if (kept > longestLine) return undefined;
    if (until > from) {
      if (!isPlainText(bytes.subarray(from, until))) return undefined;
      if (isFirst && byteOrderMark.every((byte, at) => bytes[from + at] === byte)) from += 3;
      if (line === 1) {
        const rowsAt = rowsFrom(bytes, from, until, begin);
        if (rowsAt === undefined) return undefined;
        from = rowsAt;
        line = begin.header.line === undefined ? begin.line : begin.line + 1;
      }
      const after = rows.read(bytes, view, from, until, line);
      if (after === undefined) return undefined;
      line = after;
    }
    bytes.copy(next.bytes, longestLine - kept, until, filled);
    [block, next] = [next, block];
  }
  return rows.table;
}

/** Where the first row begins; undefined where the header is not in these bytes, or not as it was seen. */
function rowsFrom(bytes: Buffer, from: number, until: number, { header, line, delimiter }: PlainStart) {
  const headerAt = afterLines(bytes, from, until, line - 1);
  const rowsAt = headerAt === -1 ? -1 : afterLines(bytes, headerAt, until, 1);
  if (rowsAt === -1) return undefined;
  const cells = bytes
    .toString('utf8', headerAt, rowsAt)
    .replace(/\r?\n$/, '')
    .split(delimiter);
  if (header.line === undefined) return cells.length === header.cells.length ? headerAt : undefined;
  return isSame(cells, header.cells) ? rowsAt : undefined;
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((cell, at) => cell === others[at]);

/**
 * The fast lane: reads a plain file (UTF-8, one delimiter, no quote, every row as its header has it) from its bytes, without
 * a string a row. Gives its rows exactly as the other lane does, or undefined at the first thing that it does not know for
 * certain: the file is then read from its start by csv-parse, and every problem comes from there.
 */
export async function readPlainRows(
  text: OpenText,
  begin: PlainStart,
  options: ReadingOptions,
  zone: Zone | undefined,
): Promise<TableBuilder | undefined> {
  return text.encoding === 'utf-8' && isPlain(begin, options) ? await scan(text, begin, options, zone) : undefined;
}
