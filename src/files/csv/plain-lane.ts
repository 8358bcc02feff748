import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ReadingOptions } from '../../domain/site.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Columns } from './choose-columns.ts';
import type { Header } from './csv-header.ts';
import type { TableBuilder } from '../series/meter-table.ts';
import { PlainRows } from './plain-rows.ts';
import { readStamp } from '../time/stamp.ts';

/** Bytes read at once; a line that is longer is not plain. */
const blockBytes = 262_144;

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
  readonly encoding: string;
}

function isPlain({ header, delimiter, encoding }: PlainStart, options: ReadingOptions): boolean {
  const columns: { readonly [key: string]: unknown } = { ...header.columns };
  const used = Object.entries(columns).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return (
    encoding === 'utf-8' &&
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

async function scan(handle: FileHandle, begin: PlainStart, options: ReadingOptions, zone: Zone | undefined) {
  const delimiter = begin.delimiter.charCodeAt(0);
  const rows = new PlainRows(begin.header, delimiter, options, zone);
  const buffer = Buffer.allocUnsafe(blockBytes + 1);
  let position = 0;
  let kept = 0;
  let line = 1;
  let ended = false;
  while (!ended) {
    const { bytesRead } = await handle.read(buffer, kept, blockBytes - kept, position);
    position += bytesRead;
    let filled = kept + bytesRead;
    ended = bytesRead === 0;
    if (ended) {
      if (filled === 0) break;
      // The last line without a line end: a lone carriage return there belongs to its cell.
      if (buffer[filled - 1] === 0x0d) return undefined;
      buffer[filled] = newline;
      filled += 1;
    }
    const until = buffer.subarray(0, filled).lastIndexOf(newline) + 1;
    if (until === 0) {
      if (filled >= blockBytes) return undefined;
      kept = filled;
      continue;
    }
    if (!isPlainText(buffer.subarray(0, until))) return undefined;
    let from = position === filled && byteOrderMark.every((byte, at) => buffer[at] === byte) ? 3 : 0;
    if (line === 1) {
      const headerAt = afterLines(buffer, from, until, begin.line - 1);
      const rowsAt = headerAt === -1 ? -1 : afterLines(buffer, headerAt, until, 1);
      if (rowsAt === -1) return undefined;
      const cells = buffer
        .toString('utf8', headerAt, rowsAt)
        .replace(/\r?\n$/, '')
        .split(begin.delimiter);
      const { header } = begin;
      const asSeen = header.line === undefined ? cells.length === header.cells.length : isSame(cells, header.cells);
      if (!asSeen) return undefined;
      from = header.line === undefined ? headerAt : rowsAt;
      line = header.line === undefined ? begin.line : begin.line + 1;
    }
    const next = rows.read(buffer, from, until, line);
    if (next === undefined) return undefined;
    line = next;
    buffer.copyWithin(0, until, filled);
    kept = filled - until;
  }
  return rows.table;
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((cell, at) => cell === others[at]);

/**
 * The fast lane: reads a plain file (UTF-8, one delimiter, no quote, every row as its header has it) from its bytes, without
 * a string a row. Gives its rows exactly as the other lane does, or undefined at the first thing that it does not know for
 * certain: the file is then read from its start by csv-parse, and every problem comes from there.
 */
export async function readPlainRows(
  path: string,
  begin: PlainStart,
  options: ReadingOptions,
  zone: Zone | undefined,
): Promise<TableBuilder | undefined> {
  if (!isPlain(begin, options)) return undefined;
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    return await scan(handle, begin, options, zone);
  } catch (error) {
    // What the disk has to say is said when the other lane meets it.
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
}
