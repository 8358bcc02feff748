import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';

/** One record of a CSV, cells trimmed, with where it starts. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** The record's text as it stands in the file. */
  readonly raw: string;
  /** 1-based physical line it starts on. */
  readonly line: number;
  /** 1-based record number, header and empty rows counted, as a spreadsheet counts its rows. */
  readonly record: number;
}

/** Why a CSV could not be read on, and the line of the record where that was. */
export interface CsvStop {
  readonly stop: string;
  readonly line: number;
}

/** A file of rows, and how its cells are parted. */
export interface CsvFile {
  readonly delimiter: string;
  readonly rows: AsyncIterable<CsvRow | CsvStop>;
}

// A row of a portfolio is a few hundred characters; a quote that is never closed would swallow the rest of the file.
const maxRecordBytes = 65_536;

const stops: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is opened in this row and never closed'],
  ['CSV_MAX_RECORD_SIZE', 'a quote is opened in this row and not closed within 64 kB'],
  ['CSV_INVALID_CLOSING_QUOTE', 'a quote closes before its cell ends; write a quote inside a cell as two, ""'],
  [
    'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE',
    'a quote closes before its cell ends; write a quote inside a cell as two, ""',
  ],
  [
    'INVALID_OPENING_QUOTE',
    'a quote stands inside a cell that has none around it; put the cell in quotes and write the quote as two, ""',
  ],
]);

/** How many lines end within a text; `\r\n` ends one. */
function countLineEnds(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

/** The delimiter of the first line that says something: the one of `,` `;` and tab that stands most often outside quotes. */
export function detectDelimiter(start: string): { readonly delimiter: string; readonly hintLine: boolean } {
  const lines = start.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const hint = /^"?sep=(?<mark>[,;\t])"?$/i.exec(first.trimEnd())?.groups?.['mark'];
  if (hint !== undefined) return { delimiter: hint, hintLine: true };
  const bare = first.replaceAll(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: bare.split(mark).length - 1 }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return { delimiter: best.mark, hintLine: false };
}

/** Opens a CSV and streams its records. Throws what the file system throws when it cannot be opened. */
export async function openCsv(path: string): Promise<CsvFile> {
  const handle = await open(path);
  let start: string;
  try {
    const buffer = Buffer.alloc(maxRecordBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    start = buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
  const { delimiter, hintLine } = detectDelimiter(start);
  return { delimiter, rows: readRows(path, delimiter, hintLine) };
}

interface RawRecord {
  readonly record: readonly string[];
  readonly raw: string;
}

/** With `raw`, the parser gives a record with its text, which its types do not say. */
function isRawRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && 'raw' in value && 'record' in value;
}

async function* readRows(path: string, delimiter: string, hintLine: boolean): AsyncGenerator<CsvRow | CsvStop> {
  let read: RawRecord[] = [];
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: maxRecordBytes,
    raw: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    trim: true,
    // Taken here and not from the stream, which forgets the rows before a fault when it is destroyed by it.
    on_record: (record: unknown) => {
      if (isRawRecord(record)) read.push(record);
      return null;
    },
  });
  let fault: Error | undefined;
  parser.on('error', (error) => {
    fault = error;
  });
  parser.resume();
  const pass = async (chunk?: Buffer) => {
    if (chunk !== undefined)
      await new Promise<void>((resolve) => {
        parser.write(chunk, () => {
          resolve();
        });
      });
    else await new Promise<void>((resolve) => parser.on('close', resolve).end());
  };

  let line = 1;
  let count = 0;
  const take = function* (): Generator<CsvRow> {
    const rows = read;
    read = [];
    for (const { record, raw } of rows) {
      count += 1;
      if (!(hintLine && count === 1)) yield { cells: record.map((cell) => cell.trim()), raw, line, record: count };
      line += countLineEnds(raw);
    }
  };
  const source: AsyncIterable<Buffer> = createReadStream(path);
  for await (const chunk of source) {
    await pass(chunk);
    yield* take();
    if (fault !== undefined) break;
  }
  if (fault === undefined) {
    await pass();
    yield* take();
  }
  if (fault === undefined) return;
  if (!(fault instanceof CsvError)) throw fault;
  yield { stop: stops.get(fault.code) ?? fault.message, line };
}

/** Where a cell starts within a record: physical lines after the record's first, and the 1-based column. */
export function locateCell(
  raw: string,
  index: number,
  delimiter: string,
): { readonly linesDown: number; readonly column: number } {
  let cell = 0;
  let quoted = false;
  let linesDown = 0;
  let lineStart = 0;
  let at = raw.startsWith('\uFEFF') ? 1 : 0;
  lineStart = at;
  for (; at < raw.length && cell < index; at += 1) {
    const char = raw[at];
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === delimiter) cell += 1;
    if (char === '\n' || (char === '\r' && raw[at + 1] !== '\n')) {
      linesDown += 1;
      lineStart = at + 1;
    }
  }
  return { linesDown, column: at - lineStart + 1 };
}
